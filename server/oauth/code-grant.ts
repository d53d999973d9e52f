// Server, protocol: an authorization code becomes tokens. The code is spent by the commit that logs the exchange, whoever
// sent it and whatever is wrong with the rest: a code that somebody tried is worth nothing any more.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { RestedLogin } from '#runtime/runtime.ts';
import { findApi } from './apis.ts';
import type { Granted, GrantRequest } from './grant.ts';
import { mintLoginTokens } from './login-tokens.ts';
import { badCode, missing, refusal, type TokenRefusal } from './token-answer.ts';

export async function exchangeCode(request: GrantRequest): Promise<Granted> {
  const { code } = request.parameters;
  if (code === undefined) return { answer: missing('code') };
  const redeemed = await request.deps.runtime.redeem(request.tenant, code);
  if (!redeemed) return { answer: badCode() };
  return { ...(await exchange(request, redeemed.login)), spend: redeemed.spend };
}

async function exchange({ deps, tenant, client, parameters }: GrantRequest, login: RestedLogin): Promise<Granted> {
  if (login.subject.kind !== 'user') return { answer: badCode() };
  const { subject, request } = login;
  const about = { userId: subject.userId, connection: subject.connection, connectionId: subject.connectionId };
  if (request.clientId !== client.id) return { answer: badCode() };
  const wrong =
    checkCallback(login, parameters.redirect_uri) ?? checkVerifier(request.codeChallenge, parameters.code_verifier);
  if (wrong) return { answer: wrong, about };

  const user = await deps.store.users.find(tenant.id, subject.userId);
  if (!user || user.blocked) return { answer: badCode(), about };
  const { audience, organizationId } = request;
  const api = audience === undefined ? undefined : await findApi(deps.store, tenant, audience);
  if (audience !== undefined && !api) return { answer: badCode(), about };
  const organization =
    organizationId === undefined ? undefined : await deps.store.organizations.find(tenant.id, organizationId);
  if (organizationId !== undefined) {
    // Between login and exchange the membership may have ended.
    const member = organization && (await deps.store.assignments.isMember(tenant.id, organizationId, user.id));
    if (!member) return { answer: badCode(), about };
  }
  const { body, accessTokenId } = await mintLoginTokens(deps, {
    tenant,
    login,
    user,
    ...(api ? { api } : {}),
    ...(organization ? { organization } : {}),
  });
  return {
    answer: { ok: true, body },
    about: {
      ...about,
      ...(user.email === undefined ? {} : { userName: user.email }),
      ...(audience === undefined ? {} : { audience }),
      ...(organization ? { organizationId: organization.id, organizationName: organization.name } : {}),
      scope: body.scope ?? request.scope.join(' '),
    },
    details: { access_token_jti: accessTokenId },
  };
}

/** RFC 6749 §4.1.3: required, and the same text, where the authorization request named one. */
function checkCallback({ request }: RestedLogin, sent: string | undefined): TokenRefusal | undefined {
  if (sent === undefined) return request.query.redirect_uri === undefined ? undefined : missing('redirect_uri');
  if (sent === request.redirectUri) return undefined;
  const text = `The redirect URI is wrong. You sent ${printable(sent)}, and we expected ${request.redirectUri}`;
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
