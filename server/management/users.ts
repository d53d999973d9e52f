// Management: users. Their roles, organizations, logs and authentication methods have files of their own.
import { z } from 'zod';
import { answer, created, empty, NOT_FOUND, refuse } from './answer.ts';
import { createUser, editUser } from './edit-user.ts';
import { text } from './fields.ts';
import { findUser } from './find-user.ts';
import { opensWayIn, refuseLiftedPerson } from './lifted-people.ts';
import { listing } from './listing.ts';
import { fieldsQuery, pageOf, project } from './paging.ts';
import { NOTHING, type Route, route } from './route.ts';
import { SEARCH_LENGTH } from './search-language.ts';
import { showUser, userShape } from './show-user.ts';
import { userChange, userCreation } from './user-schema.ts';
import { readUserSearch } from './user-search.ts';

/** The address space of pages ends here, as the reference has it: beyond it a search is the wrong tool. */
const PAGED_RECORDS = 1000;
const BEYOND = `You can only page through the first ${PAGED_RECORDS} records. Narrow it down with q, or export users with a job.`;
const TOO_SLOW = refuse(503, 'The query exceeded the timeout. Narrow it down, for example by a user_id or an email.');

const USERS = listing('users', userShape, { paging: 'page', fields: true, withLength: true });

export const userRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/users',
    scopes: ['read:users'],
    summary: 'List or search users',
    query: z.strictObject({
      ...USERS.query,
      q: z.string().max(SEARCH_LENGTH).optional(),
      search_engine: z.enum(['v3']).optional(),
      connection: text(128).optional(),
      sort: z.string().max(100).optional(),
      primary_order: z.string().max(10).optional(),
    }),
    answers: USERS.answers,
    async handle({ deps, tenant, query }) {
      const page = pageOf(query);
      if (page.offset + page.limit > PAGED_RECORDS) return refuse(400, BEYOND, 'invalid_paging');
      const search = readUserSearch(query);
      if (!search.ok) return search;
      const { where, order } = search.value;
      const found =
        where || order
          ? await deps.store.users.search(tenant.id, { ...search.value, page, totals: query.include_totals === true })
          : await deps.store.users.list(tenant.id, { page });
      if (found === 'too-slow') return TOO_SLOW;
      return USERS.answer(query, { read: async () => found, show: showUser });
    },
  }),

  route({
    method: 'GET',
    path: '/users-by-email',
    scopes: ['read:users'],
    summary: 'Find users by e-mail address',
    answers: { 200: z.array(userShape.partial()) },
    query: z.strictObject({ email: text(254), ...fieldsQuery }),
    async handle({ deps, tenant, query }) {
      const { records } = await deps.store.users.list(tenant.id, { email: query.email });
      return answer(records.map((user) => project(showUser(user), query)));
    },
  }),

  route({
    method: 'POST',
    path: '/users',
    scopes: ['create:users'],
    summary: 'Create a user',
    answers: { 201: userShape },
    body: userCreation,
    async handle(call) {
      const user = await createUser(call, call.body);
      return 'ok' in user ? user : created(showUser(user));
    },
  }),

  route({
    method: 'GET',
    path: '/users/:id',
    scopes: ['read:users'],
    summary: 'Get a user',
    answers: { 200: userShape.partial() },
    query: z.strictObject(fieldsQuery),
    async handle({ deps, tenant, param, query }) {
      const user = await findUser(deps.store, tenant.id, param('id'));
      return user ? answer(project(showUser(user), query)) : NOT_FOUND.user;
    },
  }),

  route({
    method: 'PATCH',
    path: '/users/:id',
    scopes: ['update:users', 'update:users_app_metadata'],
    summary: 'Update a user',
    answers: { 200: userShape },
    body: userChange,
    async handle(call) {
      // The second scope opens one property only.
      const others = Object.keys(call.body).some((key) => key !== 'app_metadata');
      if (others && !call.operator.scopes.has('update:users')) {
        return refuse(403, 'Insufficient scope, expected any of: update:users', 'insufficient_scope');
      }
      const lifted = opensWayIn(call.body) ? await refuseLiftedPerson(call, call.param('id')) : undefined;
      if (lifted) return lifted;
      const user = await editUser(call, call.param('id'), call.body);
      return 'ok' in user ? user : answer(showUser(user));
    },
  }),

  route({
    method: 'DELETE',
    path: '/users/:id',
    scopes: ['delete:users'],
    summary: 'Delete a user',
    answers: { 204: NOTHING },
    async handle({ deps, tenant, param }) {
      const user = await findUser(deps.store, tenant.id, param('id'));
      if (user) await deps.store.users.remove(tenant.id, user.id);
      return empty();
    },
  }),
];
