// Server, MFA API: what a person could show as a second factor, and how one is taken away. Both halves of a login may look:
// whoever holds its `mfa_token` has to choose; only a person who has shown a factor may remove one.
import type { Context } from 'hono';
import { tenantLog } from '#runtime/tenant-log.ts';
import type { Deps, Env } from '../deps.ts';
import { refusal } from '../oauth/token-answer.ts';
import { type Bearer, hasShownFactor, readBearer, refuseBy } from './bearer.ts';
import { type Listed, listAuthenticators, showEnrollment, type WireAuthenticator } from './wire-authenticators.ts';

/** `GET /mfa/authenticators` */
export async function showAuthenticators(c: Context<Env>, deps: Deps): Promise<Response> {
  const bearer = await readBearer(c, deps, 'read:authenticators');
  if (!bearer.ok) return refuseBy(c, bearer);
  const listed = await listOf(c, deps, bearer);
  if (bearer.by === 'access-token') return c.json(listed.map(({ wire }) => wire));
  const { state } = bearer.login;
  // Where a script asked, clients match what there is with what it named.
  const isCommanded = state.ask.kind !== 'challenge-or-enroll';
  const pending = state.name === 'enrolling' ? showEnrollment(state.enrollment) : undefined;
  const wire = listed.map(
    ({ wire: shown, factor }): WireAuthenticator => (isCommanded ? { ...shown, type: factor } : shown),
  );
  return c.json(pending ? [...wire, pending] : wire);
}

/** `DELETE /mfa/authenticators/{id}` */
export async function removeAuthenticator(c: Context<Env>, deps: Deps): Promise<Response> {
  const bearer = await readBearer(c, deps, 'remove:authenticators');
  if (!bearer.ok) return refuseBy(c, bearer);
  if (bearer.by === 'mfa-token') {
    return refuseBy(
      c,
      refusal(403, 'insufficient_scope', 'An access token with the scope remove:authenticators is needed'),
    );
  }
  const { tenant, caller } = c.var;
  const { user, claims } = bearer;
  const id = c.req.param('id');
  const authenticators = await deps.store.authenticators.ofUser(tenant.id, user.id);
  const authenticator = listAuthenticators({ tenant, user, authenticators }).find(({ wire }) => wire.id === id);
  if (!authenticator) return refuseBy(c, refusal(404, 'not_found', 'The authenticator does not exist'));
  const { recordId, factor } = authenticator;
  if (recordId === undefined) {
    const text = 'The verified email address of the user cannot be removed as an authenticator';
    return refuseBy(c, refusal(400, 'invalid_request', text));
  }
  if (!hasShownFactor(bearer, authenticators)) {
    return refuseBy(c, refusal(403, 'access_denied', 'The access token was issued before a factor was shown'));
  }
  if (!(await deps.store.authenticators.remove(tenant.id, recordId))) {
    return refuseBy(c, refusal(404, 'not_found', 'The authenticator does not exist'));
  }
  const details = { authenticator: { id: recordId, type: factor } };
  const log = tenantLog(
    { type: 'gd_unenroll', description: 'Second factor removed', details },
    {
      tenantId: tenant.id,
      now: deps.clock.now(),
      random: deps.random,
      clientId: claims.azp,
      userId: user.id,
      ...(user.email === undefined ? {} : { userName: user.email }),
      ip: caller.ip,
      hostname: new URL(tenant.baseUrl).host,
    },
  );
  await deps.store.commit([{ kind: 'log.insert', log }]);
  return c.body(null, 204);
}

async function listOf(c: Context<Env>, deps: Deps, { user }: Pick<Bearer, 'user'>): Promise<Listed[]> {
  const { tenant } = c.var;
  const authenticators = await deps.store.authenticators.ofUser(tenant.id, user.id);
  return listAuthenticators({ tenant, user, authenticators });
}
