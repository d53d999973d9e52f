// Policies: what conditions can see of a login, under the wire's names: how often each interaction was called and how that
// ended, and of the person an allow-list, never anything secret. Source: idp-server reference, §3.2.
import type { Json, JsonObject, UserRecord } from '#storage/records.ts';
import type { InteractionCount, InteractionCounts } from '../authentication-policy.ts';
import type { LoginTransaction } from '../transaction/transaction.ts';
import type { CounterDocument } from './policy.ts';

/** What an interaction's counts are called by conditions and by scripts. */
export type CountOnTheWire = {
  operation_type: InteractionCount['operation'];
  method: string;
  call_count: number;
  success_count: number;
  failure_count: number;
  /** ISO 8601, of the last call. */
  interaction_time: string;
};

/** The name under which accounts of ours have their provider, where no upstream vouches for them. */
const OWN_PROVIDER = 'idp-server';

/**
 * @param user the person, once known; the draft of one who is new.
 * @param roles names of theirs.
 */
export function documentOf(
  { interactions, draft }: Pick<LoginTransaction, 'interactions' | 'draft'>,
  user?: UserRecord,
  roles: readonly string[] = [],
): CounterDocument {
  const person = user && { user: personOf(user, roles, draft !== undefined) };
  // Last: no interaction passes itself off as the person.
  return { ...(countsOf(interactions) as JsonObject), ...person };
}

export function countsOf(interactions: InteractionCounts): Record<string, CountOnTheWire> {
  return Object.fromEntries(
    Object.entries(interactions).map(([name, { operation, method, calls, successes, failures, at }]) => [
      name,
      {
        operation_type: operation,
        method,
        call_count: calls,
        success_count: successes,
        failure_count: failures,
        interaction_time: new Date(at).toISOString(),
      },
    ]),
  );
}

function personOf(user: UserRecord, roles: readonly string[], isDraft: boolean): Json {
  const [own] = user.identities;
  return {
    sub: user.id,
    status: isDraft ? 'INITIALIZED' : user.blocked ? 'LOCKED' : 'REGISTERED',
    provider_id: own === undefined || own.provider === 'auth0' ? OWN_PROVIDER : own.provider,
    has_password: user.passwordHash !== undefined,
    email_verified: user.emailVerified,
    phone_number_verified: user.phoneVerified,
    roles: [...roles],
    custom_properties: user.appMetadata,
  };
}
