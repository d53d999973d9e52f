// Management: the factors a user has enrolled, as administrators set them. The e-mail address that counts as a factor by
// itself is not among them. Source: mfa-wire reference, section 4.4.
import { z } from 'zod';
import { maskEmail, maskPhone } from '#runtime/factors/mask.ts';
import type { AuthenticatorRecord, SessionEnd } from '#storage/records.ts';
import { type Answer, answer, created, empty, invalidBody, NOT_FOUND, refuse } from './answer.ts';
import { bareNumber, email, iso, optional, text } from './fields.ts';
import { findUser } from './find-user.ts';
import { list, pageQuery, slice } from './paging.ts';
import { type Incoming, type Route, route } from './route.ts';

const name = text(20).optional();
const preference = z.enum(['voice', 'sms']);

const method = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('phone'),
    phone_number: z.string().min(2).max(30),
    preferred_authentication_method: preference.optional(),
    name,
  }),
  z.strictObject({ type: z.literal('email'), email, name }),
  z.strictObject({ type: z.literal('totp'), totp_secret: z.string().regex(/^[A-Z2-7]{16,128}$/), name }),
]);
type MethodInput = z.output<typeof method>;

const BASE = '/users/:id/authentication-methods';
const ALREADY_EXISTS = refuse(409, 'Authentication method already exists.');
const LIMIT_PER_TYPE = 20;
const LIMIT_REACHED = refuse(403, 'You reached the limit of entities of this type for this user.');

export const authenticationMethodRoutes: Route[] = [
  route({
    method: 'GET',
    path: BASE,
    scopes: ['read:authentication_methods'],
    query: z.strictObject(pageQuery),
    async handle({ deps, tenant, param, query }) {
      if (!(await findUser(deps.store, tenant.id, param('id')))) return NOT_FOUND.user;
      const records = await deps.store.authenticators.ofUser(tenant.id, param('id'));
      const result = await list(query, {
        plural: 'authenticators',
        read: async (page) => slice(records, page),
        show: (record) => show(record, { masked: !isOpen(tenant.settings) }),
      });
      // An empty list has no total, unlike every other family's.
      if (!result.ok || records.length > 0 || query.include_totals !== true) return result;
      const { total: _none, ...rest } = result.body as Record<string, unknown>;
      return answer(rest);
    },
  }),

  route({
    method: 'POST',
    path: BASE,
    scopes: ['create:authentication_methods'],
    body: method,
    async handle(call) {
      const { deps, tenant, param, body } = call;
      if (!(await findUser(deps.store, tenant.id, param('id')))) return NOT_FOUND.user;
      const present = await deps.store.authenticators.ofUser(tenant.id, param('id'));
      if (present.filter(({ type }) => type === body.type).length >= LIMIT_PER_TYPE) return LIMIT_REACHED;
      const record = newMethod(call, body);
      if (present.some((other) => isSame(other, record))) return ALREADY_EXISTS;
      await deps.store.authenticators.insert(record);
      const { confirmed: _implied, ...shown } = show(record, { masked: record.type === 'email' });
      return created(shown);
    },
  }),

  route({
    method: 'PUT',
    path: BASE,
    scopes: ['update:authentication_methods'],
    body: z.array(method).max(LIMIT_PER_TYPE),
    async handle(call) {
      const { deps, tenant, param, body } = call;
      if (!(await findUser(deps.store, tenant.id, param('id')))) return NOT_FOUND.user;
      const records = body.map((input) => newMethod(call, input));
      if (records.some((record, index) => records.slice(0, index).some((other) => isSame(other, record)))) {
        return ALREADY_EXISTS;
      }
      await removeAll(call);
      for (const record of records) await deps.store.authenticators.insert(record);
      return answer(records.map((record) => show(record, { masked: false })));
    },
  }),

  route({
    method: 'DELETE',
    path: BASE,
    scopes: ['delete:authentication_methods'],
    async handle(call) {
      if (!(await findUser(call.deps.store, call.tenant.id, call.param('id')))) return NOT_FOUND.user;
      await removeAll(call);
      return empty();
    },
  }),

  route({
    method: 'GET',
    path: `${BASE}/:method`,
    scopes: ['read:authentication_methods'],
    async handle(call) {
      const found = await find(call);
      return found.ok ? answer(show(found.record, { masked: !isOpen(call.tenant.settings) })) : found.refusal;
    },
  }),

  route({
    method: 'PATCH',
    path: `${BASE}/:method`,
    scopes: ['update:authentication_methods'],
    body: z.strictObject({ name, preferred_authentication_method: preference.optional() }),
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
      const { confirmed: _implied, ...shown } = show(updated, { masked: !isOpen(tenant.settings) });
      return answer(shown);
    },
  }),

  route({
    method: 'DELETE',
    path: `${BASE}/:method`,
    scopes: ['delete:authentication_methods'],
    async handle(call) {
      const found = await find(call);
      if (!found.ok) return found.refusal;
      const { deps, tenant } = call;
      await deps.store.authenticators.remove(tenant.id, found.record.id);
      await deps.store.users.endLogins(tenant.id, found.record.userId, becauseOf([found.record]));
      return empty();
    },
  }),
];

type Found = { ok: true; record: AuthenticatorRecord } | { ok: false; refusal: Answer };

/** By `totp|dev_…`, of this user only; a phone answers to `sms|dev_…` and `voice|dev_…` too. */
async function find({ deps, tenant, param }: Incoming): Promise<Found> {
  const user = await findUser(deps.store, tenant.id, param('id'));
  if (!user) return { ok: false, refusal: NOT_FOUND.user };
  const [kind, id] = param('method').split('|');
  const record = id === undefined ? undefined : await deps.store.authenticators.find(tenant.id, id);
  const type = kind === 'sms' || kind === 'voice' ? 'phone' : kind;
  if (record?.userId !== user.id || record.type !== type) return { ok: false, refusal: NOT_FOUND.method };
  return { ok: true, record };
}

/** Other open logins of this user may rest at a challenge of what is now gone. */
async function removeAll({ deps, tenant, param }: Incoming): Promise<void> {
  const gone = await deps.store.authenticators.ofUser(tenant.id, param('id'));
  for (const { id } of gone) await deps.store.authenticators.remove(tenant.id, id);
  await deps.store.users.endLogins(tenant.id, param('id'), becauseOf(gone));
}

/** The wire has a name of its own for phones alone. */
const becauseOf = (gone: AuthenticatorRecord[]): SessionEnd =>
  gone.some(({ type }) => type === 'phone') ? 'mfa-phone-unenrolled' : 'session-revoked';

function newMethod({ ports, tenant, param }: Incoming, input: MethodInput): AuthenticatorRecord {
  const now = ports.now();
  return {
    tenantId: tenant.id,
    id: `dev_${ports.random.letters(16)}`,
    userId: param('id'),
    type: input.type,
    confirmed: true,
    ...optional('name', input.name),
    ...(input.type === 'totp' ? { secret: input.totp_secret } : {}),
    ...(input.type === 'email' ? { email: input.email } : {}),
    ...(input.type === 'phone'
      ? {
          phoneNumber: e164(input.phone_number),
          preferredMethod: input.preferred_authentication_method ?? 'sms',
        }
      : {}),
    createdAt: now,
    enrolledAt: now,
  };
}

/** E.164 where the number is written internationally, otherwise as it was given. */
function e164(number: string): string {
  const bare = bareNumber(number);
  return /^\+[0-9]{1,15}$/.test(bare) ? bare : number;
}

function isSame(one: AuthenticatorRecord, other: AuthenticatorRecord): boolean {
  if (one.type !== other.type) return false;
  if (one.type === 'phone') return one.phoneNumber === other.phoneNumber;
  if (one.type === 'email') return one.email === other.email;
  return one.type === 'totp' && one.secret === other.secret;
}

/** Tenants may ask for numbers and addresses in clear. */
function isOpen(settings: Incoming['tenant']['settings']): boolean {
  const { flags } = settings;
  if (typeof flags !== 'object' || flags === null || Array.isArray(flags)) return false;
  return flags.disable_management_api_sms_obfuscation === true;
}

/** The TOTP key never leaves. */
function show(record: AuthenticatorRecord, { masked }: { masked: boolean }): Record<string, unknown> {
  const { phoneNumber, email: address } = record;
  return {
    id: `${record.type}|${record.id}`,
    type: record.type,
    confirmed: record.confirmed,
    ...optional('name', record.name),
    ...(phoneNumber === undefined
      ? {}
      : {
          phone_number: masked ? maskPhone(phoneNumber) : phoneNumber,
          preferred_authentication_method: record.preferredMethod ?? 'sms',
          authentication_methods: [
            { type: record.preferredMethod ?? 'sms', id: `${record.preferredMethod ?? 'sms'}|${record.id}` },
          ],
        }),
    ...(address === undefined ? {} : { email: masked ? maskEmail(address) : address }),
    created_at: iso(record.createdAt),
    ...(record.enrolledAt === undefined ? {} : { enrolled_at: iso(record.enrolledAt) }),
    ...(record.lastAuthAt === undefined ? {} : { last_auth_at: iso(record.lastAuthAt) }),
  };
}
