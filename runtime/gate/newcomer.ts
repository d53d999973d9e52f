// The account of somebody whom nobody knows: made by a registration, or by a code where the policy lets it. Nothing is written
// before the login completes: who leaves in the middle leaves nothing.
import type { ConnectionRecord, UserRecord } from '#storage/records.ts';
import type { Notice } from '../codes.ts';
import { connectionFor } from '../factors/password.ts';
import { newUser } from '../lifecycle/user.ts';
import { placeOf } from '../pipeline/log-place.ts';
import { throttleAddress } from '../protection/throttle.ts';
import { type Applicant, askScripts, judgeRan, shape } from '../register.ts';
import type { LogDraft } from '../transaction/input.ts';
import type { PasswordlessStrategy, Registration, Subject } from '../transaction/transaction.ts';
import { type InteractionCall, type Refused, refuse, tooMany } from './call.ts';

export type Newcomer = {
  ok: true;
  user: UserRecord;
  draft: UserRecord;
  subject: Extract<Subject, { kind: 'user' }>;
  logs: LogDraft[];
};

const CONFLICT = 'user is conflict with username and password';

/** Of a person of whom an address is all that is known, and proved. */
export async function newcomer(
  call: InteractionCall,
  channel: PasswordlessStrategy,
  address: string,
): Promise<Newcomer | Refused> {
  const { ports, stage, tx, world, caller } = call;
  const { tenant, client } = world;
  const connection = client && (await connectionFor(ports.store, tenant, client, tx.request.connection));
  if (!connection || connection.options.disable_signup === true) {
    return refuse('invalid_request', 'Registration is not open.');
  }
  const throttled = await throttleAddress(ports, tenant, 'pre-user-registration', caller.ip);
  if (!throttled.ok) return tooMany('Too many registrations. Please try again later.', { logs: throttled.logs });
  const own = channel === 'sms' ? { phoneNumber: address } : { email: address };
  const registration: Registration = { ...own, password: '', profile: {}, userMetadata: {}, extra: {} };
  const ran = await askScripts(ports, stage, applicantOf(call), connection, registration);
  const judged = judgeRan(ran);
  if (!judged.ok) {
    const { refusal, text } = judged;
    const shown =
      refusal.kind === 'denied' ? refusal.userMessage : refusal.kind === 'validation' ? refusal.message : '';
    return refusedByScript(shown, text);
  }
  const proved = channel === 'sms' ? { phoneVerified: true } : { emailVerified: true };
  const user = newUser(ports, connection, { ...own, ...proved, ...shape(registration, judged.commands) });
  if (await ports.store.users.find(tenant.id, user.id)) return conflict();
  return { ok: true, user, draft: user, subject: subjectIn(connection, user.id), logs: [] };
}

export function applicantOf({ ports, tx, world, caller }: InteractionCall): Applicant {
  const { tenant, client } = world;
  if (!client) throw new Error('somebody registers without a client');
  const { connection } = tx.request;
  return {
    tenant,
    client,
    caller,
    tx,
    place: placeOf(ports, tx, world, caller),
    ...(connection === undefined ? {} : { connectionName: connection }),
  };
}

export function subjectIn({ id, name, strategy }: ConnectionRecord, userId: string): Newcomer['subject'] {
  return { kind: 'user', userId, connectionId: id, connection: name, strategy };
}

export function conflict(): Refused {
  return refuse('invalid_request', CONFLICT, { because: 'conflict', notice: { key: 'user-exists' } });
}

/** @param shown empty where the script has no words for the person; what went wrong inside it is for the tenant alone. */
export function refusedByScript(shown: string, reason: string): Refused {
  const notice: Notice = shown === '' ? { key: 'authenticator-error' } : { key: 'sign-up-refused', text: shown };
  return refuse('access_denied', shown === '' ? 'The registration was refused.' : shown, { reason, notice });
}
