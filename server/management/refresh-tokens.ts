// Management: which applications hold refresh tokens of a person. One can be looked at, given metadata and revoked.
// Source: mfa-wire reference, section 4.3; limits of metadata: actions-api reference, section 2.
import { z } from 'zod';
import { accepted, answer, empty, invalidBody, NOT_FOUND } from './answer.ts';
import { idList, text } from './fields.ts';
import { findUser } from './find-user.ts';
import { listing } from './listing.ts';
import { keptMetadata, metadataOfTokens } from './metadata.ts';
import { slice } from './paging.ts';
import { endToken, endTokens, findToken, readTokens } from './refresh-token-rows.ts';
import { NOTHING, type Route, route } from './route.ts';
import { refreshTokenShape, showRefreshToken } from './show-refresh-token.ts';

const TOKENS = listing('refresh_tokens', refreshTokenShape, { paging: 'take', fields: true });
const OF_USER = listing('tokens', refreshTokenShape, { paging: 'checkpoint' });

/** What a bulk revocation may be told by. */
const NAMED = 'Name the tokens by ids, or by user_id, with client_id, and with client_id and audience.';

export const refreshTokenRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/refresh-tokens',
    scopes: ['read:refresh_tokens'],
    summary: "List a user's refresh tokens",
    query: z.strictObject({
      ...TOKENS.query,
      user_id: z.string().min(1).max(1000),
      client_id: z.string().max(200).optional(),
    }),
    answers: TOKENS.answers,
    async handle(call) {
      const { deps, tenant, query } = call;
      if (!(await findUser(deps.store, tenant.id, query.user_id))) return NOT_FOUND.user;
      const clientId = query.client_id;
      const live = await readTokens(call, query.user_id, clientId === undefined ? {} : { clientId });
      return TOKENS.answer(query, { read: async (page) => slice(live, page), show: showRefreshToken });
    },
  }),

  route({
    method: 'GET',
    path: '/refresh-tokens/:id',
    scopes: ['read:refresh_tokens'],
    summary: 'Get a refresh token',
    answers: { 200: refreshTokenShape },
    async handle(call) {
      const token = await findToken(call, call.param('id'));
      return token ? answer(showRefreshToken(token)) : NOT_FOUND.refreshToken;
    },
  }),

  route({
    method: 'PATCH',
    path: '/refresh-tokens/:id',
    scopes: ['update:refresh_tokens'],
    summary: 'Update the metadata of a refresh token',
    answers: { 200: refreshTokenShape },
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
    summary: 'Revoke a refresh token',
    answers: { 204: NOTHING },
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
    summary: 'Revoke refresh tokens',
    answers: { 202: NOTHING },
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
    summary: 'List the refresh tokens of a user',
    query: z.strictObject(OF_USER.query),
    answers: OF_USER.answers,
    async handle(call) {
      const { deps, tenant, param, query } = call;
      if (!(await findUser(deps.store, tenant.id, param('id')))) return NOT_FOUND.user;
      const live = await readTokens(call, param('id'));
      const isByPage = query.take === undefined && query.from === undefined && query.include_totals === true;
      return OF_USER.answer(isByPage ? query : { ...query, take: query.take ?? 50 }, {
        read: async (page) => slice(live, page),
        show: showRefreshToken,
      });
    },
  }),

  route({
    method: 'DELETE',
    path: '/users/:id/refresh-tokens',
    scopes: ['delete:refresh_tokens'],
    summary: 'Revoke all refresh tokens of a user',
    answers: { 202: NOTHING },
    async handle(call) {
      const { deps, tenant, param } = call;
      if (!(await findUser(deps.store, tenant.id, param('id')))) return NOT_FOUND.user;
      await endTokens(call, param('id'));
      return accepted();
    },
  }),
];
