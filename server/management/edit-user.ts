// Management: making and changing a user, whoever asks for it: the routes of users, jobs, and the other management API.
import type { z } from 'zod';
import { formerPasswords } from '#runtime/lifecycle/judge-password.ts';
import { mergeMetadata, newUser } from '#runtime/lifecycle/user.ts';
import type { ConnectionRecord, UserRecord } from '#storage/records.ts';
import { invalidBody, NOT_FOUND, type Refusal, refuse } from './answer.ts';
import { mailVerification } from './email-verification-ticket.ts';
import { optional } from './fields.ts';
import { findUser } from './find-user.ts';
import type { Incoming } from './route.ts';
import { refusePassword } from './user-password.ts';
import type { Profile, userChange, userCreation } from './user-schema.ts';
import { invalid } from './validation.ts';

const ALREADY_EXISTS = refuse(409, 'The user already exists.', 'auth0_idp_error');
const UNKNOWN_CONNECTION = refuse(400, 'The connection does not exist.', 'inexistent_connection');

/** What making and changing a user asks of a call. */
export type UserDesk = Pick<Incoming, 'deps' | 'ports' | 'tenant' | 'operator' | 'caller'>;

export async function createUser(
  { deps, ports, tenant, caller }: UserDesk,
  body: z.output<typeof userCreation>,
): Promise<UserRecord | Refusal> {
  const connection = await deps.store.connections.findByKey(tenant.id, body.connection);
  if (!connection) return UNKNOWN_CONNECTION;
  if (body.custom_password_hash !== undefined && body.password_hash !== undefined) {
    return invalidBody('Cannot set both password_hash and custom_password_hash');
  }
  const imported = body.custom_password_hash ?? body.password_hash;
  const missing = missingProperty(connection, body, imported);
  if (missing) return missing;
  const refused = await refusePassword(deps, connection, body.password, {
    ...columns(body),
    userMetadata: body.user_metadata ?? {},
  });
  if (refused) return refused;
  const passwordHash = body.password === undefined ? imported : await deps.passwords.hash(body.password);
  const user = newUser(ports, connection, {
    ...columns(body),
    ...optional('id', body.user_id),
    ...optional('passwordHash', passwordHash),
    userMetadata: mergeMetadata({}, body.user_metadata ?? {}),
    appMetadata: mergeMetadata({}, body.app_metadata ?? {}),
  });
  if ((await deps.store.users.insert(user)) === 'conflict') return ALREADY_EXISTS;
  if (body.verify_email) await mailVerification({ deps, tenant, caller }, user);
  return user;
}

export async function editUser(
  call: UserDesk,
  id: string,
  body: z.output<typeof userChange>,
): Promise<UserRecord | Refusal> {
  const { deps, tenant } = call;
  const user = await findUser(deps.store, tenant.id, id);
  if (!user) return NOT_FOUND.user;
  if (body.connection !== undefined && body.connection !== user.connection) return UNKNOWN_CONNECTION;
  const connection = await deps.store.connections.findByKey(tenant.id, user.connection);
  if (body.password !== undefined && connection?.strategy !== 'auth0') {
    return invalidBody('Only users of a database connection have a password.');
  }
  const refused = await refusePassword(deps, connection, body.password, { ...user, ...columns(plain(body)) });
  if (refused) return refused;
  const passwordHash = body.password === undefined ? undefined : await deps.passwords.hash(body.password);
  const now = deps.clock.now();
  const updated = await deps.store.users.update(tenant.id, user.id, (current) =>
    edited(current, body, passwordHash === undefined ? {} : renewed(current, passwordHash, connection, now), now),
  );
  if (updated === 'missing') return NOT_FOUND.user;
  if (updated === 'conflict')
    return refuse(400, 'The specified new value is already in use by another user.', 'auth0_idp_error');
  // Whoever holds a session or a half-finished login of this user may be the one it is protected from.
  if (passwordHash !== undefined || body.blocked === true) {
    const because = body.blocked === true ? 'account-deactivated' : 'password-changed';
    await deps.store.users.endLogins(tenant.id, user.id, because);
  }
  if (passwordHash !== undefined && connection) tellOfPassword(call, connection, updated);
  if (body.verify_email) await mailVerification(call, updated);
  return updated;
}

/** The scripts that are told of new passwords run on their own. */
function tellOfPassword(
  { deps, tenant, operator, caller }: UserDesk,
  connection: ConnectionRecord,
  user: UserRecord,
): void {
  const { id: connectionId, name, strategy } = connection;
  const logPlace = {
    tenantId: tenant.id,
    now: deps.clock.now(),
    random: deps.random,
    clientId: operator.clientId,
    ip: caller.ip,
    hostname: new URL(tenant.baseUrl).host,
    connection: name,
    connectionId,
    strategy,
    strategyType: 'database',
    ...optional('userAgent', caller.userAgent),
  };
  deps.runtime.tellOfNewPassword({ tenant, connection, caller, logPlace }, user);
}

function edited(
  current: UserRecord,
  body: z.output<typeof userChange>,
  password: Partial<UserRecord>,
  now: number,
): UserRecord {
  const { phone_number, given_name, family_name } = body;
  const next: UserRecord = {
    ...current,
    // A new address is nobody's until it is verified.
    ...(body.email !== undefined && body.email !== current.email ? { emailVerified: false } : {}),
    ...(typeof phone_number === 'string' && phone_number !== current.phoneNumber ? { phoneVerified: false } : {}),
    ...columns(plain(body)),
    ...password,
    ...(body.user_metadata === undefined
      ? {}
      : { userMetadata: mergeMetadata(current.userMetadata, body.user_metadata) }),
    ...(body.app_metadata === undefined ? {} : { appMetadata: mergeMetadata(current.appMetadata, body.app_metadata) }),
    updatedAt: now,
  };
  if (phone_number === null) delete next.phoneNumber;
  if (given_name === null) delete next.givenName;
  if (family_name === null) delete next.familyName;
  return next;
}

/** The columns of a new password; the one before it is one of the former ones now. */
function renewed(
  current: UserRecord,
  passwordHash: string,
  connection: ConnectionRecord | undefined,
  passwordChangedAt: number,
): Partial<UserRecord> {
  return { passwordHash, passwordChangedAt, formerPasswordHashes: formerPasswords(connection?.options ?? {}, current) };
}

/** A change without those of its properties that are taken away. */
function plain({ phone_number, given_name, family_name, ...rest }: z.output<typeof userChange>): Profile {
  return {
    ...rest,
    ...optional('phone_number', phone_number ?? undefined),
    ...optional('given_name', given_name ?? undefined),
    ...optional('family_name', family_name ?? undefined),
  };
}

/** The plain properties, under the names of the record. */
function columns(body: Profile) {
  return {
    ...optional('email', body.email),
    ...optional('emailVerified', body.email_verified),
    ...optional('username', body.username),
    ...optional('phoneNumber', body.phone_number),
    ...optional('phoneVerified', body.phone_verified),
    ...optional('name', body.name),
    ...optional('nickname', body.nickname),
    ...optional('givenName', body.given_name),
    ...optional('familyName', body.family_name),
    ...optional('picture', body.picture),
    ...optional('blocked', body.blocked),
  };
}

function missingProperty(
  connection: ConnectionRecord,
  body: Profile,
  imported: string | undefined,
): Refusal | undefined {
  if (connection.strategy !== 'auth0') return undefined;
  if (body.email === undefined && body.username === undefined && body.phone_number === undefined) {
    return invalid('payload', 'Missing required property: email');
  }
  if (body.password === undefined && imported === undefined)
    return invalid('payload', 'Missing required property: password');
  if (body.password !== undefined && imported !== undefined) {
    return invalidBody('Cannot set both password and an imported password hash');
  }
  return undefined;
}
