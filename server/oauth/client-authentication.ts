// Server, protocol: which client calls the token endpoint (RFC 6749 §2.3). One way of proving it at a time; a secret is
// compared in constant time; an unknown client and a wrong secret are told apart nowhere.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { ClientRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import { type Parameters, readBasic } from '../request.ts';
import { missing, refusal, type TokenRefusal, unauthorized } from './token-answer.ts';

export type Authenticated = { ok: true; client: ClientRecord } | TokenRefusal;

export async function authenticateClient(
  store: Pick<Store, 'clients'>,
  tenantId: string,
  authorization: string | undefined,
  parameters: Parameters,
): Promise<Authenticated> {
  const basic = readBasic(authorization);
  if (basic === 'malformed') return refusal(400, 'invalid_request', 'The Authorization header cannot be read');
  if (basic === 'absent' && authorization !== undefined && !/^bearer /i.test(authorization)) return unauthorized();
  const { client_id: id, client_secret: secret } = parameters;
  if (parameters.client_assertion !== undefined || parameters.client_assertion_type !== undefined) {
    return refusal(401, 'invalid_client', 'Client assertions are not supported');
  }
  if (basic !== 'absent') {
    if (secret !== undefined) return refusal(400, 'invalid_request', 'The client authenticates in two ways at once');
    if (id !== undefined && id !== basic.id)
      return refusal(400, 'invalid_request', 'client_id differs from the Authorization header');
    return check(await store.clients.find(tenantId, basic.id), basic.secret);
  }
  if (id === undefined) return missing('client_id');
  return check(await store.clients.find(tenantId, id), secret);
}

/** Either way of sending a secret will do for a client that has one; a public client sends none. */
function check(client: ClientRecord | undefined, secret: string | undefined): Authenticated {
  const expected = client?.authMethod === 'none' ? undefined : client?.secret;
  if (client?.authMethod === 'none' && !secret) return { ok: true, client };
  const right = sameText(secret ?? '', expected ?? '');
  return client && expected !== undefined && secret !== undefined && right ? { ok: true, client } : unauthorized();
}

function sameText(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
