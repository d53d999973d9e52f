// Management: which applications hold refresh tokens of a person. One can be looked at, given metadata and revoked.
// Source: mfa-wire reference, section 4.3; limits of metadata: actions-api reference, section 2.
import { z } from 'zod';
import { isLive } from '#runtime/sessions/refresh-token.ts';
import { tenantLog } from '#runtime/tenant-log.ts';
import type { RefreshTokenRecord } from '#storage/records.ts';
import type { Page } from '#storage/store.ts';
import { accepted, answer, empty, NOT_FOUND } from './answer.ts';
import { findUser } from './find-user.ts';
import { keptMetadata, metadataOfTokens } from './metadata.ts';
import { checkpointQuery, list, slice } from './paging.ts';
import { type Incoming, type Route, route } from './route.ts';
import { showRefreshToken } from './show-refresh-token.ts';

/** More than anybody has: a person's list is read whole, so that dead rows in it do not shorten its pages. */
const TOKENS_READ = 1000;

const pages = { from: checkpointQuery.from, take: checkpointQuery.take };

export const refreshTokenRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/refresh-tokens',
    scopes: ['read:refresh_tokens'],
    query: z.strictObject({
      ...pages,
      user_id: z.string().min(1).max(1000),
      client_id: z.string().max(200).optional(),
    }),
    async handle(call) {
      const { deps, tenant, query } = call;
      if (!(await findUser(deps.store, tenant.id, query.user_id))) return NOT_FOUND.user;
      const clientId = query.client_id;
      const live = await readTokens(call, query.user_id, clientId === undefined ? {} : { clientId });
      return list(
        { ...query, take: query.take ?? 50 },
        { plural: 'refresh_tokens', read: async (page) => slice(live, page), show: showRefreshToken },
      );
    },
  }),

  route({
    method: 'GET',
    path: '/refresh-tokens/:id',
    scopes: ['read:refresh_tokens'],
    async handle(call) {
      const token = await findToken(call);
      return token ? answer(showRefreshToken(token)) : NOT_FOUND.refreshToken;
    },
  }),

  route({
    method: 'PATCH',
    path: '/refresh-tokens/:id',
    scopes: ['update:refresh_tokens'],
    body: z.strictObject({ refresh_token_metadata: metadataOfTokens.nullable().optional() }),
    async handle(call) {
      const { deps, tenant, body } = call;
      const token = await findToken(call);
      if (!token) return NOT_FOUND.refreshToken;
      if (body.refresh_token_metadata === undefined) return answer(showRefreshToken(token));
      const metadata = keptMetadata(body.refresh_token_metadata);
      const edited = await deps.store.refreshTokens.update(tenant.id, token.id, (now) => ({ ...now, metadata }));
      return edited === 'missing' ? NOT_FOUND.refreshToken : answer(showRefreshToken(edited));
    },
  }),

  route({
    method: 'DELETE',
    path: '/refresh-tokens/:id',
    scopes: ['delete:refresh_tokens'],
    async handle(call) {
      const token = await findToken(call);
      if (token) {
        await call.deps.store.refreshTokens.remove(call.tenant.id, token.id);
        await logRevoked(call, [token]);
      }
      return empty();
    },
  }),

  route({
    method: 'GET',
    path: '/users/:id/refresh-tokens',
    scopes: ['read:refresh_tokens'],
    query: z.strictObject(checkpointQuery),
    async handle(call) {
      const { deps, tenant, param, query } = call;
      if (!(await findUser(deps.store, tenant.id, param('id')))) return NOT_FOUND.user;
      const live = await readTokens(call, param('id'));
      const show = { plural: 'tokens', read: async (page: Page) => slice(live, page), show: showRefreshToken };
      const isByPage = query.take === undefined && query.from === undefined && query.include_totals === true;
      return list(isByPage ? query : { ...query, take: query.take ?? 50 }, show);
    },
  }),

  route({
    method: 'DELETE',
    path: '/users/:id/refresh-tokens',
    scopes: ['delete:refresh_tokens'],
    async handle(call) {
      const { deps, tenant, param } = call;
      if (!(await findUser(deps.store, tenant.id, param('id')))) return NOT_FOUND.user;
      const ended = await readTokens(call, param('id'));
      await deps.store.refreshTokens.removeOfUser(tenant.id, param('id'));
      await logRevoked(call, ended);
      return accepted();
    },
  }),
];

async function readTokens(
  { deps, tenant }: Pick<Incoming, 'deps' | 'tenant'>,
  userId: string,
  of: { clientId?: string } = {},
): Promise<RefreshTokenRecord[]> {
  const page = { offset: 0, limit: TOKENS_READ };
  const { records } = await deps.store.refreshTokens.ofUser(tenant.id, userId, { page, ...of });
  return records.filter((token) => isLive(token, deps.clock.now()));
}

/** One that has run out may be waiting for the sweep: it is over all the same. */
async function findToken({ deps, tenant, param }: Incoming): Promise<RefreshTokenRecord | undefined> {
  const token = await deps.store.refreshTokens.find(tenant.id, param('id'));
  return token && isLive(token, deps.clock.now()) ? token : undefined;
}

async function logRevoked({ deps, tenant, operator }: Incoming, tokens: RefreshTokenRecord[]): Promise<void> {
  const place = { tenantId: tenant.id, now: deps.clock.now(), random: deps.random, clientId: operator.clientId };
  const logs = tokens.map(({ id, userId }) =>
    tenantLog({ type: 'srrt', description: 'Refresh token revoked', userId, details: { refresh_token_id: id } }, place),
  );
  if (logs.length > 0) await deps.store.commit(logs.map((log) => ({ kind: 'log.insert', log })));
}
