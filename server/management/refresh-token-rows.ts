// Management: the refresh tokens of a person as every family finds and ends them. One that has run out may be waiting for
// the sweep: it is over all the same.
import { isLive } from '#runtime/sessions/refresh-token.ts';
import { tenantLog } from '#runtime/tenant-log.ts';
import type { RefreshTokenRecord } from '#storage/records.ts';
import type { Incoming } from './route.ts';

/** More than anybody has: a person's list is read whole, so that dead rows in it do not shorten its pages. */
const TOKENS_READ = 1000;

type Desk = Pick<Incoming, 'deps' | 'tenant' | 'operator'>;

/** Newest first. */
export async function readTokens(
  { deps, tenant }: Pick<Desk, 'deps' | 'tenant'>,
  userId: string,
  of: { clientId?: string } = {},
): Promise<RefreshTokenRecord[]> {
  const page = { offset: 0, limit: TOKENS_READ };
  const { records } = await deps.store.refreshTokens.ofUser(tenant.id, userId, { page, ...of });
  return records.filter((token) => isLive(token, deps.clock.now()));
}

export async function findToken(
  { deps, tenant }: Pick<Desk, 'deps' | 'tenant'>,
  id: string,
): Promise<RefreshTokenRecord | undefined> {
  const token = await deps.store.refreshTokens.find(tenant.id, id);
  return token && isLive(token, deps.clock.now()) ? token : undefined;
}

export async function endToken(desk: Desk, token: RefreshTokenRecord): Promise<void> {
  await desk.deps.store.refreshTokens.remove(desk.tenant.id, token.id);
  await logRevoked(desk, [token]);
}

/** All of a person's, or those that are all of what is named. */
export async function endTokens(
  desk: Desk,
  userId: string,
  of: { clientId?: string; sessionId?: string; audience?: string } = {},
): Promise<void> {
  const { deps, tenant } = desk;
  const ended = (await readTokens(desk, userId)).filter(
    (token) =>
      (of.clientId === undefined || token.clientId === of.clientId) &&
      (of.sessionId === undefined || token.sessionId === of.sessionId) &&
      (of.audience === undefined || (token.audience ?? '') === of.audience),
  );
  await deps.store.refreshTokens.removeOfUser(tenant.id, userId, of);
  await logRevoked(desk, ended);
}

async function logRevoked({ deps, tenant, operator }: Desk, tokens: RefreshTokenRecord[]): Promise<void> {
  const place = { tenantId: tenant.id, now: deps.clock.now(), random: deps.random, clientId: operator.clientId };
  const logs = tokens.map(({ id, userId }) =>
    tenantLog({ type: 'srrt', description: 'Refresh token revoked', userId, details: { refresh_token_id: id } }, place),
  );
  if (logs.length > 0) await deps.store.commit(logs.map((log) => ({ kind: 'log.insert', log })));
}
