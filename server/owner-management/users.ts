// Owner management: a tenant's people, under the claims of OpenID Connect (Core §5.1) and the original's names beside
// them. What is done to them is done by the same functions as in the other management API.
import { z } from 'zod';
import { FIRST_CONNECTION } from '#runtime/lifecycle/client.ts';
import type { JsonObject, UserRecord } from '#storage/records.ts';
import type { UserText } from '#storage/user-filter.ts';
import { diffOf } from '../management/diff.ts';
import { createUser, editUser } from '../management/edit-user.ts';
import { email, iso, jsonObject, optional, text } from '../management/fields.ts';
import { findUser } from '../management/find-user.ts';
import { opensWayIn, refuseLiftedPerson } from '../management/lifted-people.ts';
import { refusePassword } from '../management/user-password.ts';
import { phoneNumber } from '../management/user-schema.ts';
import { opensEverything } from './owner-access.ts';
import {
  conflicting,
  gone,
  invalidRequest,
  made,
  notThere,
  type OwnerRefusal,
  shown,
  translated,
} from './owner-answer.ts';
import { pageOf } from './owner-body.ts';
import type { TenantCall, TenantRoute } from './owner-route.ts';
import { readBody, unknownNames } from './owner-schema.ts';

const STATUSES = ['REGISTERED', 'IDENTITY_VERIFIED', 'LOCKED', 'DISABLED', 'SUSPENDED', 'DEACTIVATED'] as const;
const BLOCKED: readonly string[] = ['LOCKED', 'DISABLED', 'SUSPENDED', 'DEACTIVATED'];

const given = z.object({
  sub: z
    .string()
    .regex(/^(auth0\|)?[a-zA-Z0-9@._+-]{1,240}$/)
    .exactOptional(),
  email: email.exactOptional(),
  email_verified: z.boolean().exactOptional(),
  phone_number: phoneNumber.exactOptional(),
  phone_number_verified: z.boolean().exactOptional(),
  preferred_username: text(254).exactOptional(),
  name: text(300).exactOptional(),
  nickname: text(300).exactOptional(),
  given_name: text(150).exactOptional(),
  family_name: text(150).exactOptional(),
  picture: z.string().max(2048).exactOptional(),
  status: z.enum(STATUSES).exactOptional(),
  raw_password: text(1024).exactOptional(),
  custom_properties: jsonObject.exactOptional(),
});
type Given = z.output<typeof given>;
/** `provider_id`: everybody who is made here is one of ours. */
const KNOWN = [...Object.keys(given.shape), 'provider_id'];

const PATH = '/users';
const ONE = '/users/:id';
const TAKEN = conflicting('The user already exists.');
const missing = (id: string) => notThere(`User not found: ${id.slice(0, 255)}`);

export const userRoutes: TenantRoute[] = [
  {
    method: 'GET',
    path: PATH,
    scopes: ['read:users'],
    async handle({ deps, tenant, query }) {
      const page = pageOf(query);
      if ('ok' in page) return page;
      const { sub, email: address, preferred_username: username, phone_number: phone } = query;
      const asked: readonly (readonly [UserText, string | undefined])[] = [
        ['id', sub],
        ['email', address],
        ['username', username],
        ['phone_number', phone],
      ];
      const of = asked.flatMap(([field, is]) => (is === undefined ? [] : [{ kind: 'text', of: field, is } as const]));
      const found =
        of.length === 0
          ? await deps.store.users.list(tenant.id, { page })
          : await deps.store.users.search(tenant.id, { where: { kind: 'all', of }, page, totals: true });
      // Each of these is found by an index.
      if (found === 'too-slow') throw new Error('a look-up of users was too slow');
      const { records, total } = found;
      return shown({ list: records.map(showUser), total_count: total, ...page });
    },
  },

  {
    method: 'POST',
    path: PATH,
    scopes: ['create:users'],
    takesBody: true,
    async handle(call) {
      const { dryRun, body } = call;
      const read = readBody(given, body);
      if (!read.ok) return read;
      const refused = refuseNobody(read.value);
      if (refused) return refused;
      const warnings = unknownNames(body, KNOWN);
      if (dryRun) {
        const simulated = await simulateCreation(call, read.value);
        return simulated.ok ? made(true, simulated.result, warnings) : simulated;
      }
      const { sub } = read.value;
      const user = await createUser(call, {
        ...columnsOf(read.value),
        connection: connectionOf(call),
        ...optional('user_id', sub?.slice(sub.indexOf('|') + 1)),
      });
      return 'ok' in user ? translated(user) : made(false, showUser(user), warnings);
    },
  },

  {
    method: 'GET',
    path: ONE,
    scopes: ['read:users'],
    async handle(call) {
      const user = await userOf(call);
      return user ? shown(showUser(user)) : missing(call.param('id'));
    },
  },

  {
    // What is not given stays as it is.
    method: 'PUT',
    path: ONE,
    scopes: ['update:users'],
    takesBody: true,
    async handle(call) {
      const { deps, tenant, operator, dryRun, body } = call;
      const former = await userOf(call);
      if (!former) return missing(call.param('id'));
      const read = readBody(given, body);
      if (!read.ok) return read;
      const isOpen = opensEverything(operator) || !opensWayIn(read.value);
      const lifted = isOpen ? undefined : await refuseLiftedPerson(call, former.id);
      if (lifted) return translated(lifted);
      const { sub, raw_password: password } = read.value;
      if (sub !== undefined && sub !== former.id) return invalidRequest('sub must be that of the path');
      const warnings = unknownNames(body, KNOWN);
      if (dryRun) {
        const connection = await deps.store.connections.findByKey(tenant.id, former.connection);
        const flaw = await refusePassword(deps, connection, password, former);
        if (flaw) return translated(flaw);
        const shownNow = showUser(former);
        const after = { ...shownNow, ...shownOf(read.value) };
        return shown({ dry_run: true, result: after, diff: diffOf(shownNow, after), warnings });
      }
      const updated = await editUser(call, former.id, columnsOf(read.value));
      if ('ok' in updated) return translated(updated);
      const [before, after] = [showUser(former), showUser(updated)];
      return shown({ dry_run: false, result: after, diff: diffOf(before, after), warnings });
    },
  },

  {
    method: 'DELETE',
    path: ONE,
    scopes: ['delete:users'],
    async handle(call) {
      const { deps, tenant, dryRun } = call;
      const user = await userOf(call);
      if (!user) return missing(call.param('id'));
      if (!dryRun) await deps.store.users.remove(tenant.id, user.id);
      return gone(dryRun, user.id);
    },
  },
];

/** By the whole `sub`, or by what stands behind the provider in it. */
async function userOf({ deps, tenant, param }: TenantCall): Promise<UserRecord | undefined> {
  const id = param('id');
  return (await findUser(deps.store, tenant.id, id)) ?? findUser(deps.store, tenant.id, `auth0|${id}`);
}

const connectionOf = ({ tenant }: TenantCall): string => tenant.defaultDirectory ?? FIRST_CONNECTION;

function refuseNobody({ email: address, phone_number: phone, preferred_username: username, raw_password }: Given) {
  const isNamed = address !== undefined || phone !== undefined || username !== undefined;
  const messages = [
    ...(isNamed ? [] : ['email, phone_number or preferred_username is missing']),
    ...(raw_password === undefined ? ['raw_password is missing'] : []),
  ];
  return messages.length === 0 ? undefined : invalidRequest('The request is invalid.', messages);
}

/** Under the names of the other management API. */
function columnsOf({ status, raw_password, custom_properties, preferred_username: username, ...rest }: Given) {
  const { sub: _id, phone_number_verified, ...plain } = rest;
  // The original derives it from the address; as a username of its own it would stand beside it.
  const isAddress = username?.includes('@') ?? true;
  return {
    ...plain,
    ...optional('phone_verified', phone_number_verified),
    ...(isAddress ? {} : optional('username', username)),
    ...optional('password', raw_password),
    ...(status === undefined ? {} : { blocked: BLOCKED.includes(status) }),
    ...optional('app_metadata', custom_properties),
  };
}

/** What a change would show. */
function shownOf({ sub: _id, raw_password: _secret, status, ...rest }: Given): JsonObject {
  return { ...rest, ...(status === undefined ? {} : { status: BLOCKED.includes(status) ? 'LOCKED' : 'REGISTERED' }) };
}

/** What a creation would be refused for, or what it would give. */
async function simulateCreation(
  call: TenantCall,
  input: Given,
): Promise<{ ok: true; result: JsonObject } | OwnerRefusal> {
  const { deps, tenant } = call;
  const connection = await deps.store.connections.findByKey(tenant.id, connectionOf(call));
  const { username, email: address, phone_number: phone, app_metadata: _kept, password, ...rest } = columnsOf(input);
  const owner = { ...optional('email', address), ...optional('username', username), ...optional('name', rest.name) };
  const flaw = await refusePassword(deps, connection, password, { ...owner, userMetadata: {} });
  if (flaw) return translated(flaw);
  for (const identifier of [address, username, phone]) {
    if (identifier === undefined || !connection) continue;
    if (await deps.store.users.findByIdentifier(tenant.id, connection.name, identifier)) return TAKEN;
  }
  return { ok: true, result: { status: 'REGISTERED', ...optional('sub', input.sub), ...shownOf(input) } };
}

/** Without anything secret; of metadata only what the tenant itself keeps about somebody. */
export function showUser(user: UserRecord): JsonObject {
  const { provider = 'auth0' } = user.identities[0] ?? {};
  return {
    sub: user.id,
    provider_id: provider === 'auth0' ? 'idp-server' : provider,
    ...optional('preferred_username', user.username ?? user.email ?? user.phoneNumber),
    ...optional('name', user.name),
    ...optional('nickname', user.nickname),
    ...optional('given_name', user.givenName),
    ...optional('family_name', user.familyName),
    ...optional('picture', user.picture),
    ...optional('email', user.email),
    email_verified: user.emailVerified,
    ...optional('phone_number', user.phoneNumber),
    phone_number_verified: user.phoneVerified,
    status: user.blocked ? 'LOCKED' : 'REGISTERED',
    has_password: user.passwordHash !== undefined,
    custom_properties: user.appMetadata,
    created_at: iso(user.createdAt),
    updated_at: iso(user.updatedAt),
  };
}
