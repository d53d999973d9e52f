// Management: profiles of token exchanges: which Action says whose a token of a certain type is. The type is all that a
// client sends, so it names one profile of the tenant; the Action of a profile stays the same for life.
import { z } from 'zod';
import { isReservedTokenType, isTokenType } from '#runtime/lifecycle/token-types.ts';
import type { TokenExchangeProfileRecord } from '#storage/records.ts';
import { type Answer, answer, created, empty, invalidBody, NOT_FOUND, refuse } from './answer.ts';
import { iso, optional, text } from './fields.ts';
import { listing } from './listing.ts';
import { checkpointQuery } from './paging.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';

const PROFILES = 100;
const TYPE = 'custom_authentication';
const TYPE_TAKEN = refuse(409, 'A token exchange profile with this subject_token_type already exists.');

const name = z.string().min(3).max(50);
const tokenType = z
  .string()
  .min(8)
  .max(100)
  .superRefine((value, context) => {
    if (!isTokenType(value)) context.addIssue({ code: 'invalid_format', format: 'url', input: value });
    else if (isReservedTokenType(value)) {
      context.addIssue({ code: 'custom', message: `The namespace of this type is reserved: ${value}` });
    }
  });

const creation = z.strictObject({
  name,
  subject_token_type: tokenType,
  action_id: text(36),
  type: z.enum([TYPE]),
});

const change = z.strictObject({ name: name.optional(), subject_token_type: tokenType.optional() });

const profileShape = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    subject_token_type: z.string(),
    action_id: z.string(),
    type: z.enum([TYPE]),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'TokenExchangeProfile' });

const LIST = listing('token_exchange_profiles', profileShape, { paging: 'checkpoint' });

function showProfile(profile: TokenExchangeProfileRecord): Record<string, unknown> {
  return {
    id: profile.id,
    name: profile.name,
    subject_token_type: profile.subjectTokenType,
    action_id: profile.actionId,
    type: TYPE,
    created_at: iso(profile.createdAt),
    updated_at: iso(profile.updatedAt),
  };
}

export const tokenExchangeProfileRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/token-exchange-profiles',
    scopes: ['read:token_exchange_profiles'],
    summary: 'List token exchange profiles',
    answers: LIST.answers,
    query: z.strictObject({ from: checkpointQuery.from, take: checkpointQuery.take }),
    async handle({ deps, tenant, query }) {
      return LIST.answer(
        // There is no other style of this list than by checkpoint.
        { ...query, take: query.take ?? 50 },
        { read: (page) => deps.store.tokenExchangeProfiles.list(tenant.id, { page }), show: showProfile },
      );
    },
  }),

  route({
    method: 'POST',
    path: '/token-exchange-profiles',
    scopes: ['create:token_exchange_profiles'],
    summary: 'Create a token exchange profile',
    answers: { 201: profileShape },
    body: creation,
    handle: create,
  }),

  route({
    method: 'GET',
    path: '/token-exchange-profiles/:id',
    scopes: ['read:token_exchange_profiles'],
    summary: 'Get a token exchange profile',
    answers: { 200: profileShape },
    async handle({ deps, tenant, param }) {
      const profile = await deps.store.tokenExchangeProfiles.find(tenant.id, param('id'));
      return profile ? answer(showProfile(profile)) : NOT_FOUND.tokenExchangeProfile;
    },
  }),

  route({
    method: 'PATCH',
    path: '/token-exchange-profiles/:id',
    scopes: ['update:token_exchange_profiles'],
    summary: 'Update a token exchange profile',
    answers: { 204: NOTHING },
    body: change,
    async handle({ deps, tenant, param, body }) {
      const updated = await deps.store.tokenExchangeProfiles.update(tenant.id, param('id'), (current) => ({
        ...current,
        ...optional('name', body.name),
        ...optional('subjectTokenType', body.subject_token_type),
        updatedAt: deps.clock.now(),
      }));
      if (updated === 'missing') return NOT_FOUND.tokenExchangeProfile;
      return updated === 'conflict' ? TYPE_TAKEN : empty();
    },
  }),

  route({
    method: 'DELETE',
    path: '/token-exchange-profiles/:id',
    scopes: ['delete:token_exchange_profiles'],
    summary: 'Delete a token exchange profile',
    answers: { 204: NOTHING },
    async handle({ deps, tenant, param }) {
      const removed = await deps.store.tokenExchangeProfiles.remove(tenant.id, param('id'));
      return removed ? empty() : NOT_FOUND.tokenExchangeProfile;
    },
  }),
];

async function create({ deps, ports, tenant, body }: Incoming & { body: z.output<typeof creation> }): Promise<Answer> {
  const { store } = deps;
  const action = await store.actions.find(tenant.id, body.action_id);
  if (!action) return invalidBody(`The action "${body.action_id}" does not exist.`);
  if (action.trigger.id !== 'custom-token-exchange') {
    return invalidBody('The action of a token exchange profile must use the custom-token-exchange trigger.');
  }
  const { total } = await store.tokenExchangeProfiles.list(tenant.id, { page: { offset: 0, limit: 1 } });
  if (total >= PROFILES) {
    return refuse(
      403,
      `This tenant has reached the limit of ${PROFILES} token exchange profiles.`,
      'too_many_token_exchange_profiles',
    );
  }
  const now = ports.now();
  const profile: TokenExchangeProfileRecord = {
    tenantId: tenant.id,
    id: `tep_${ports.random.letters(16)}`,
    name: body.name,
    subjectTokenType: body.subject_token_type,
    actionId: action.id,
    createdAt: now,
    updatedAt: now,
  };
  return (await store.tokenExchangeProfiles.insert(profile)) === 'conflict'
    ? TYPE_TAKEN
    : created(showProfile(profile));
}
