// Server, protocol: which client calls (RFC 6749 §2.3). One way of proving it at a time, and the one that is the client's
// own; a secret is compared in constant time; an unknown client and a wrong secret are told apart nowhere.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { ClientRecord, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { type Parameters, readBasic } from '../request.ts';
import type { Authenticated } from './authenticated.ts';
import { authenticateByAssertion } from './client-assertion.ts';
import { missing, refusal, unauthorized } from './token-answer.ts';

/** @param authorization the request's header, @param parameters its body. */
export async function authenticateClient(
  deps: Pick<Deps, 'store' | 'clock' | 'egress'>,
  tenant: TenantRecord,
  authorization: string | undefined,
  parameters: Parameters,
): Promise<Authenticated> {
  const basic = readBasic(authorization);
  if (basic === 'malformed') return refusal(400, 'invalid_request', 'The Authorization header cannot be read');
  if (basic === 'absent' && authorization !== undefined && !/^bearer /i.test(authorization)) return unauthorized();
  const { client_id: id, client_secret: secret } = parameters;
  const asserts = parameters.client_assertion !== undefined || parameters.client_assertion_type !== undefined;
  if ([basic !== 'absent', secret !== undefined, asserts].filter(Boolean).length > 1) {
    return refusal(400, 'invalid_request', 'The client authenticates in two ways at once');
  }
  if (asserts) return authenticateByAssertion(deps, tenant, parameters);
  if (basic !== 'absent') {
    if (id !== undefined && id !== basic.id)
      return refusal(400, 'invalid_request', 'client_id differs from the Authorization header');
    return check(await deps.store.clients.find(tenant.id, basic.id), basic.secret);
  }
  if (id === undefined) return missing('client_id');
  return check(await deps.store.clients.find(tenant.id, id), secret);
}

/** Either way of sending a secret will do for a client that has one; a public client sends none. */
function check(client: ClientRecord | undefined, secret: string | undefined): Authenticated {
  if (client?.authMethod === 'none' && !secret) return { ok: true, client };
  // A secret from before the client had a key is worth nothing any more.
  const takesSecret = client?.authMethod !== 'none' && client?.authMethod !== 'private_key_jwt';
  const expected = takesSecret ? client?.secret : undefined;
  const right = sameText(secret ?? '', expected ?? '');
  return client && expected !== undefined && secret !== undefined && right ? { ok: true, client } : unauthorized();
}

function sameText(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
