// Management: which applications hold refresh tokens of a person. One can be looked at, given metadata and revoked.
// Source: mfa-wire reference, section 4.3; limits of metadata: actions-api reference, section 2.
import { z } from 'zod';
import type { Page } from '#storage/store.ts';
import { accepted, answer, empty, invalidBody, NOT_FOUND } from './answer.ts';
import { idList, text } from './fields.ts';
import { findUser } from './find-user.ts';
import { keptMetadata, metadataOfTokens } from './metadata.ts';
import { checkpointQuery, fieldsQuery, list, project, slice } from './paging.ts';
import { endToken, endTokens, findToken, readTokens } from './refresh-token-rows.ts';
import { type Route, route } from './route.ts';
import { showRefreshToken } from './show-refresh-token.ts';

const pages = { from: checkpointQuery.from, take: checkpointQuery.take };

/** What a bulk revocation may be told by. */
const NAMED = 'Name the tokens by ids, or by user_id, with client_id, and with client_id and audience.';

export const refreshTokenRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/refresh-tokens',
    scopes: ['read:refresh_tokens'],
    query: z.strictObject({
      ...pages,
      ...fieldsQuery,
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
        {
          plural: 'refresh_tokens',
          read: async (page) => slice(live, page),
          show: (token) => project(showRefreshToken(token), query),
        },
      );
    },
  }),

  route({
    method: 'GET',
    path: '/refresh-tokens/:id',
    scopes: ['read:refresh_tokens'],
    async handle(call) {
      const token = await findToken(call, call.param('id'));
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
      const token = await findToken(call, call.param('id'));
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
      const token = await findToken(call, call.param('id'));
      if (token) await endToken(call, token);
      return empty();
    },
  }),

  route({
    method: 'POST',
    path: '/refresh-tokens/revoke',
    scopes: ['delete:refresh_tokens'],
    body: z.strictObject({
      ids: idList.optional(),
      user_id: text(1000).optional(),
      client_id: text(200).optional(),
      audience: text(600).optional(),
    }),
    async handle(call) {
      const { ids, user_id: userId, client_id: clientId, audience } = call.body;
      if ((ids === undefined) === (userId === undefined)) return invalidBody(NAMED);
      if (userId === undefined && (clientId !== undefined || audience !== undefined)) return invalidBody(NAMED);
      if (audience !== undefined && clientId === undefined) return invalidBody(NAMED);
      for (const id of new Set(ids)) {
        const token = await findToken(call, id);
        if (token) await endToken(call, token);
      }
      if (userId !== undefined) {
        await endTokens(call, userId, {
          ...(clientId === undefined ? {} : { clientId }),
          ...(audience === undefined ? {} : { audience }),
        });
      }
      return accepted();
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
      await endTokens(call, param('id'));
      return accepted();
    },
  }),
];
