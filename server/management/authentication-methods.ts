// Management: the factors a user has enrolled, as administrators set them. The e-mail address that counts as a factor by
// itself is not among them. Source: mfa-wire reference, section 4.4.
import { z } from 'zod';
import type { AuthenticatorRecord, AuthenticatorType, UserRecord } from '#storage/records.ts';
import { type Answer, answer, created, empty, invalidBody, NOT_FOUND, refuse } from './answer.ts';
import { optional } from './fields.ts';
import { findUser } from './find-user.ts';
import { refuseLiftedPerson } from './lifted-people.ts';
import { listing } from './listing.ts';
import {
  isSameMethod,
  methodInput,
  methodListInput,
  methodName,
  newMethod,
  ownIdentity,
  phonePreference,
} from './method-input.ts';
import { slice } from './paging.ts';
import { removeMethods } from './remove-methods.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';
import { handedInShape, isOpen, methodShape, showMethod } from './show-method.ts';
import { invalid } from './validation.ts';

const BASE = '/users/:id/authentication-methods';
const METHODS = listing('authenticators', methodShape, { paging: 'page' });
/** An empty list has no total, unlike every other family's. */
const NONE = z.strictObject({ start: z.int(), limit: z.int(), authenticators: z.tuple([]) });
const ALREADY_EXISTS = refuse(409, 'Authentication method already exists.');
const LIMIT_PER_TYPE = 20;
const LIMIT_REACHED = refuse(403, 'You reached the limit of entities of this type for this user.');
/** Passkeys stand in a password's place: taken away with the factors beside it, nothing might be left to sign in with. */
const HAS_PASSKEY = refuse(403, 'The authentication methods of a user with a passkey are removed one by one.');

export const authenticationMethodRoutes: Route[] = [
  route({
    method: 'GET',
    path: BASE,
    scopes: ['read:authentication_methods'],
    summary: 'List the authentication methods of a user',
    query: z.strictObject(METHODS.query),
    answers: { 200: z.union([METHODS.answers[200], NONE]) },
    async handle({ deps, tenant, param, query }) {
      const user = await findUser(deps.store, tenant.id, param('id'));
      if (!user) return NOT_FOUND.user;
      const records = await deps.store.authenticators.ofUser(tenant.id, user.id);
      const result = await METHODS.answer(query, {
        read: async (page) => slice(records, page),
        show: (record) => showMethod(record, { tenant, user, masked: !isOpen(tenant) }),
      });
      if (!result.ok || records.length > 0 || query.include_totals !== true) return result;
      const { total: _none, ...rest } = result.body as Record<string, unknown>;
      return answer(rest);
    },
  }),

  route({
    method: 'POST',
    path: BASE,
    scopes: ['create:authentication_methods'],
    summary: 'Create an authentication method of a user',
    answers: { 201: handedInShape },
    body: methodInput,
    async handle(call) {
      const { deps, tenant, param, body } = call;
      const user = await findUser(deps.store, tenant.id, param('id'));
      if (!user) return NOT_FOUND.user;
      if (body.type === 'passkey' && (body.identity_user_id ?? ownIdentity(user)) !== ownIdentity(user)) {
        return invalid('payload', `No enum match for: ${JSON.stringify(body.identity_user_id)}`, 'identity_user_id');
      }
      // A passkey alone signs its holder in; the others stand behind a password.
      const lifted = body.type === 'passkey' ? await refuseLiftedPerson(call, user.id) : undefined;
      if (lifted) return lifted;
      const present = await deps.store.authenticators.ofUser(tenant.id, user.id);
      if (present.filter(({ type }) => type === body.type).length >= LIMIT_PER_TYPE) return LIMIT_REACHED;
      const record = newMethod(call, user, body);
      if (present.some((other) => isSameMethod(other, record))) return ALREADY_EXISTS;
      // A key that somebody has already, this person or another.
      if ((await deps.store.authenticators.insert(record)) === 'conflict') return ALREADY_EXISTS;
      const { confirmed: _implied, ...shown } = showMethod(record, { tenant, user, masked: record.type === 'email' });
      return created(shown);
    },
  }),

  route({
    method: 'PUT',
    path: BASE,
    scopes: ['update:authentication_methods'],
    summary: 'Replace the authentication methods of a user',
    answers: { 200: z.array(methodShape) },
    body: z.array(methodListInput).max(LIMIT_PER_TYPE),
    async handle(call) {
      const { deps, tenant, param, body } = call;
      const user = await findUser(deps.store, tenant.id, param('id'));
      if (!user) return NOT_FOUND.user;
      const records = body.map((input) => newMethod(call, user, input));
      if (records.some((record, index) => records.slice(0, index).some((other) => isSameMethod(other, record)))) {
        return ALREADY_EXISTS;
      }
      const gone = await removable(call, user);
      if (!gone) return HAS_PASSKEY;
      // Those that take their place come first: cut off in between, the user is not left without a second factor.
      for (const record of records) await deps.store.authenticators.insert(record);
      await removeMethods(call, gone);
      return answer(records.map((record) => showMethod(record, { tenant, user, masked: false })));
    },
  }),

  route({
    method: 'DELETE',
    path: BASE,
    scopes: ['delete:authentication_methods'],
    summary: 'Remove all authentication methods of a user',
    answers: { 204: NOTHING },
    async handle(call) {
      const user = await findUser(call.deps.store, call.tenant.id, call.param('id'));
      if (!user) return NOT_FOUND.user;
      const gone = await removable(call, user);
      if (!gone) return HAS_PASSKEY;
      await removeMethods(call, gone);
      return empty();
    },
  }),

  route({
    method: 'GET',
    path: `${BASE}/:method`,
    scopes: ['read:authentication_methods'],
    summary: 'Get an authentication method of a user',
    answers: { 200: methodShape },
    async handle(call) {
      const found = await find(call);
      if (!found.ok) return found.refusal;
      const { tenant } = call;
      return answer(showMethod(found.record, { tenant, user: found.user, masked: !isOpen(tenant) }));
    },
  }),

  route({
    method: 'PATCH',
    path: `${BASE}/:method`,
    scopes: ['update:authentication_methods'],
    summary: 'Update an authentication method of a user',
    answers: { 200: handedInShape },
    body: z.strictObject({ name: methodName, preferred_authentication_method: phonePreference }),
    async handle(call) {
      const found = await find(call);
      if (!found.ok) return found.refusal;
      const { deps, tenant, body } = call;
      const preferred = body.preferred_authentication_method;
      if (preferred !== undefined && found.record.type !== 'phone') {
        return invalidBody('Only phones have a preferred authentication method.');
      }
      const updated = await deps.store.authenticators.update(tenant.id, found.record.id, (current) => ({
        ...current,
        ...optional('name', body.name),
        ...optional('preferredMethod', preferred),
      }));
      if (updated === 'missing') return NOT_FOUND.method;
      const view = { tenant, user: found.user, masked: !isOpen(tenant) };
      const { confirmed: _implied, ...shown } = showMethod(updated, view);
      return answer(shown);
    },
  }),

  route({
    method: 'DELETE',
    path: `${BASE}/:method`,
    scopes: ['delete:authentication_methods'],
    summary: 'Remove an authentication method of a user',
    answers: { 204: NOTHING },
    async handle(call) {
      const found = await find(call);
      if (!found.ok) return found.refusal;
      await removeMethods(call, [found.record]);
      return empty();
    },
  }),
];

type Found = { ok: true; record: AuthenticatorRecord; user: UserRecord } | { ok: false; refusal: Answer };

/** Kinds in front of an id that stand for one way to use a method, beside its own type. */
const WAYS: Readonly<Record<string, AuthenticatorType>> = { sms: 'phone', voice: 'phone', guardian: 'push' };

/** By `totp|dev_…`, of this user only; a phone answers to `sms|dev_…` and `voice|dev_…` too, a device to its codes' id. */
async function find({ deps, tenant, param }: Incoming): Promise<Found> {
  const user = await findUser(deps.store, tenant.id, param('id'));
  if (!user) return { ok: false, refusal: NOT_FOUND.user };
  const [kind = '', id] = param('method').split('|');
  const record = id === undefined ? undefined : await deps.store.authenticators.find(tenant.id, id);
  if (record?.userId !== user.id) return { ok: false, refusal: NOT_FOUND.method };
  const isNamed = record.type === kind || record.type === WAYS[kind] || (record.type === 'push' && kind === 'totp');
  return isNamed ? { ok: true, record, user } : { ok: false, refusal: NOT_FOUND.method };
}

/** All that a user has; undefined when there is a passkey among them. */
async function removable({ deps, tenant }: Incoming, { id }: UserRecord): Promise<AuthenticatorRecord[] | undefined> {
  const all = await deps.store.authenticators.ofUser(tenant.id, id);
  return all.some(({ type }) => type === 'passkey') ? undefined : all;
}
