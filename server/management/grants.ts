// Management: what people allowed applications that are not the tenant's own. Whoever takes such a grant back takes with it
// the refresh tokens that rest on it. Source of the shapes: Auth0's client libraries.
import { z } from 'zod';
import type { ConsentRecord } from '#storage/records.ts';
import { empty } from './answer.ts';
import { text } from './fields.ts';
import { list, pageQuery } from './paging.ts';
import { type Route, route } from './route.ts';

export const grantRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/grants',
    scopes: ['read:grants'],
    query: z.strictObject({
      ...pageQuery,
      user_id: text(1000).optional(),
      client_id: text(200).optional(),
      audience: z.string().max(600).optional(),
    }),
    async handle({ deps, tenant, query }) {
      const { user_id: userId, client_id: clientId, audience } = query;
      const of = {
        ...(userId === undefined ? {} : { userId }),
        ...(clientId === undefined ? {} : { clientId }),
        ...(audience === undefined ? {} : { audience }),
      };
      const read = (page: { offset: number; limit: number }) => deps.store.consents.list(tenant.id, { ...of, page });
      return list(query, { plural: 'grants', read, show: showGrant });
    },
  }),

  route({
    method: 'DELETE',
    path: '/grants',
    scopes: ['delete:grants'],
    // Required: nobody means to take back what everybody allowed.
    query: z.strictObject({ user_id: text(1000) }),
    async handle({ deps, tenant, query }) {
      await deps.store.consents.removeOfUser(tenant.id, query.user_id);
      return empty();
    },
  }),

  route({
    method: 'DELETE',
    path: '/grants/:id',
    scopes: ['delete:grants'],
    async handle({ deps, tenant, param }) {
      await deps.store.consents.remove(tenant.id, param('id'));
      return empty();
    },
  }),
];

function showGrant({ id, clientId, userId, audience, scope }: ConsentRecord): Record<string, unknown> {
  return { id, clientID: clientId, user_id: userId, ...(audience === '' ? {} : { audience }), scope };
}
