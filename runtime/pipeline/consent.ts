// What an application that is not the tenant's own may do for a person, and what it still has to ask for.
import type { ClientRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Ports } from '../ports.ts';
import type { LoginTransaction } from '../transaction/transaction.ts';
import type { World } from './world.ts';

/** Not the tenant's own: people are asked before it acts for them. */
export function isThirdParty({ settings }: ClientRecord): boolean {
  return settings.is_first_party === false;
}

/**
 * @param offered scopes that somebody has. What nobody offers yet is shown to nobody, so that nobody's word on it could hold
 * once somebody does.
 * @returns the scopes that need the person's word now (none: the login may end), and what is written down of a word given.
 */
export function consentOf(
  { random, now }: Pick<Ports, 'random' | 'now'>,
  tx: LoginTransaction,
  { client, consent }: World,
  offered: ReadonlySet<string>,
): { scope: string[]; changes: Change[] } {
  const { subject, request, tenantId } = tx;
  const { reply, audience = '', prompt } = request;
  const isAsked = reply.by === 'redirect' || reply.by === 'device';
  if (!client || subject.kind !== 'user' || !isAsked || !isThirdParty(client)) return { scope: [], changes: [] };
  const wanted = [...new Set(request.scope)].filter((scope) => offered.has(scope));
  if (tx.consented) {
    const at = now();
    const granted = { id: `cgr_${random.letters(16)}`, userId: subject.userId, clientId: client.id };
    const record = { ...granted, tenantId, audience, scope: wanted, createdAt: at, updatedAt: at };
    return { scope: [], changes: [{ kind: 'consent.grant', consent: record }] };
  }
  const known = new Set(consent?.scope ?? []);
  const missing = wanted.filter((scope) => !known.has(scope));
  // OpenID Connect Core §3.1.2.1: asked for anew, whatever was allowed before.
  if (prompt.includes('consent') || !consent) return { scope: wanted.length > 0 ? wanted : ['openid'], changes: [] };
  return { scope: missing, changes: [] };
}
