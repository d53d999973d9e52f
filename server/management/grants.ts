// Management: what people allowed applications that are not the tenant's own. Whoever takes such a grant back takes with it
// the refresh tokens that rest on it. Source of the shapes: Auth0's client libraries.
import { z } from 'zod';
import type { ConsentRecord } from '#storage/records.ts';
import { empty } from './answer.ts';
import { text } from './fields.ts';
import { listing } from './listing.ts';
import { NOTHING, type Route, route } from './route.ts';

const grantShape = z
  .strictObject({
    id: z.string(),
    clientID: z.string(),
    user_id: z.string(),
    audience: z.string().optional(),
    scope: z.array(z.string()),
  })
  .meta({ id: 'Grant' });

const GRANTS = listing('grants', grantShape, { paging: 'page' });

export const grantRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/grants',
    scopes: ['read:grants'],
    summary: 'List what people allowed applications',
    query: z.strictObject({
      ...GRANTS.query,
      user_id: text(1000).optional(),
      client_id: text(200).optional(),
      audience: z.string().max(600).optional(),
    }),
    answers: GRANTS.answers,
    async handle({ deps, tenant, query }) {
      const { user_id: userId, client_id: clientId, audience } = query;
      const of = {
        ...(userId === undefined ? {} : { userId }),
        ...(clientId === undefined ? {} : { clientId }),
        ...(audience === undefined ? {} : { audience }),
      };
      const read = (page: { offset: number; limit: number }) => deps.store.consents.list(tenant.id, { ...of, page });
      return GRANTS.answer(query, { read, show: showGrant });
    },
  }),

  route({
    method: 'DELETE',
    path: '/grants',
    scopes: ['delete:grants'],
    summary: 'Take back all that a user allowed',
    answers: { 204: NOTHING },
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
    summary: 'Take back what a user allowed an application',
    answers: { 204: NOTHING },
    async handle({ deps, tenant, param }) {
      await deps.store.consents.remove(tenant.id, param('id'));
      return empty();
    },
  }),
];

function showGrant({ id, clientId, userId, audience, scope }: ConsentRecord): Record<string, unknown> {
  return { id, clientID: clientId, user_id: userId, ...(audience === '' ? {} : { audience }), scope };
}
