// Server, protocol: an authorization code becomes tokens. The code is spent by the commit that logs the exchange, whoever
// sent it and whatever is wrong with the rest: a code that somebody tried is worth nothing any more.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { RestedLogin } from '#runtime/runtime.ts';
import type { Change } from '#storage/store.ts';
import { refuseOtherKey } from './dpop.ts';
import type { Granted, GrantRequest } from './grant.ts';
import { issueTokens } from './issue-tokens.ts';
import { badCode, missing, refusal, type TokenRefusal } from './token-answer.ts';

export async function exchangeCode(request: GrantRequest): Promise<Granted> {
  const { code } = request.parameters;
  if (code === undefined) return { answer: missing('code') };
  const redeemed = await request.deps.runtime.redeem(request.tenant, code);
  if (!redeemed) return refuseSpent(request, code);
  const granted = await exchange(request, redeemed.login);
  // Spent whoever sent it and whatever is wrong with the rest.
  const writes = [redeemed.spend, ...(granted.writes ?? []), ...remembered(request, code, granted)];
  return { ...granted, writes, lost: badCode() };
}

const SPENT_CODE_LIFETIME_MS = 24 * 60 * 60_000;

/** Which refresh token came of the code, for the day that somebody brings the code again. */
function remembered({ deps, tenant }: GrantRequest, key: string, { writes = [] }: Granted): Change[] {
  return writes.flatMap((write): Change[] => {
    if (write.kind !== 'refresh-token.insert') return [];
    const expiresAt = deps.clock.now() + SPENT_CODE_LIFETIME_MS;
    const handle = {
      tenantId: tenant.id,
      kind: 'spent-code',
      key,
      targetId: write.token.id,
      ask: 0,
      expiresAt,
    } as const;
    return [{ kind: 'handle.insert', handle }];
  });
}

/** RFC 6749 §4.1.2: a code that comes twice was stolen, or its exchange was; what came of it is revoked. */
async function refuseSpent({ deps, tenant }: GrantRequest, code: string): Promise<Granted> {
  const spent = await deps.store.handles.find(tenant.id, 'spent-code', code);
  if (!spent) return { answer: badCode() };
  return {
    answer: badCode(),
    details: { refresh_token_id: spent.targetId },
    writes: [{ kind: 'refresh-token.remove', tenantId: tenant.id, id: spent.targetId }],
  };
}

async function exchange(grant: GrantRequest, login: RestedLogin): Promise<Granted> {
  const { client, parameters, keyThumbprint } = grant;
  if (login.subject.kind !== 'user') return { answer: badCode() };
  const { subject, request } = login;
  const about = { userId: subject.userId, connection: subject.connection, connectionId: subject.connectionId };
  if (request.clientId !== client.id) return { answer: badCode() };
  const wrong =
    checkCallback(login, parameters.redirect_uri) ??
    checkVerifier(request.codeChallenge, parameters.code_verifier) ??
    // RFC 9449 §10
    refuseOtherKey(request.keyThumbprint, keyThumbprint);
  if (wrong) return { answer: wrong, about };

  return issueTokens(grant, { login, gone: badCode() });
}

/** RFC 6749 §4.1.3: required, and the same text, where the authorization request named one. */
function checkCallback({ request }: RestedLogin, sent: string | undefined): TokenRefusal | undefined {
  if (sent === undefined) return request.query.redirect_uri === undefined ? undefined : missing('redirect_uri');
  const expected = request.reply.by === 'redirect' ? request.reply.redirectUri : '';
  if (sent === expected) return undefined;
  const text = `The redirect URI is wrong. You sent ${printable(sent)}, and we expected ${expected}`;
  return refusal(403, 'unauthorized_client', text);
}

/** RFC 7636 §4.6. A verifier without a challenge is a downgrade (RFC 9700 §4.8.2) and refused alike. */
function checkVerifier(challenge: string | undefined, verifier: string | undefined): TokenRefusal | undefined {
  if (challenge === undefined && verifier === undefined) return undefined;
  const made = createHash('sha256')
    .update(verifier ?? '')
    .digest('base64url');
  const good =
    challenge !== undefined &&
    /^[A-Za-z0-9._~-]{43,128}$/.test(verifier ?? '') &&
    timingSafeEqual(Buffer.from(made), Buffer.from(challenge));
  return good ? undefined : refusal(403, 'invalid_grant', 'Failed to verify code verifier');
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 500);
}
