// Server, command line, development: a fixture becomes a person who can sign in: a password that is printed, and the factors
// that need no device of their own. Keys of a browser cannot be made for somebody; those are set up on the account page.
import { newTotpKey } from '#runtime/factors/otp.ts';
import { FIRST_CONNECTION } from '#runtime/lifecycle/client.ts';
import type { JsonObject, TenantRecord } from '#storage/records.ts';
import type { Call } from '../../demo/management-client.ts';
import type { DemoPerson } from '../../demo/people.ts';
import type { Deps } from '../../deps.ts';
import type { FixtureFactor, FixtureUser } from '../../project/project.ts';

export type MadePerson = DemoPerson & {
  /** The name that tests call them by. */
  fixture: string;
  userId: string;
  /** What is to be known beside the password, e.g. a recovery code. */
  notes: readonly string[];
};

type Place = { call: Call; deps: Deps; tenant: TenantRecord; roles: ReadonlyMap<string, string> };

export async function makePerson(
  { call, deps, tenant, roles }: Place,
  { name, user, index }: { name: string; user: FixtureUser; index: number },
): Promise<MadePerson> {
  const email = user.email ?? `${name}@example.com`;
  const password = user.password ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}-opens-the-gate-${index + 1}`;
  const phone = user.phone_number ?? `+1415555${String(100 + (index % 100)).padStart(4, '0')}`;
  const columns = columnsOf(name, user);
  const { records } = await deps.store.users.list(tenant.id, { email });
  const [known] = records;
  const isNew = known === undefined;
  const userId = isNew
    ? String((await call('POST', '/users', { connection: FIRST_CONNECTION, email, password, ...columns })).user_id)
    : known.id;
  const path = `/users/${encodeURIComponent(userId)}`;
  // The file may say another password than at the start before.
  if (!isNew) await call('PATCH', path, { password });
  const ids = (user.roles ?? []).flatMap((role) => roles.get(role) ?? []);
  if (ids.length > 0) await call('POST', `${path}/roles`, { roles: ids });
  if (isNew && user.logins_count !== undefined) {
    const loginsCount = user.logins_count;
    await deps.store.users.update(tenant.id, userId, (current) => ({ ...current, loginsCount }));
  }
  const notes: string[] = [];
  for (const factor of isNew ? (user.factors ?? []) : []) {
    const note = await addFactor({ call, deps, tenant, path, userId, phone }, factor);
    if (note !== undefined) notes.push(note);
  }
  return {
    fixture: name,
    userId,
    name: columns.name,
    email,
    password,
    factors: describeFactors(user),
    notes,
  };
}

function columnsOf(name: string, user: FixtureUser) {
  return {
    name: user.name ?? name,
    email_verified: user.email_verified ?? true,
    ...(user.username === undefined ? {} : { username: user.username }),
    ...(user.blocked === undefined ? {} : { blocked: user.blocked }),
    ...(user.app_metadata === undefined ? {} : { app_metadata: user.app_metadata }),
    ...(user.user_metadata === undefined ? {} : { user_metadata: user.user_metadata }),
  } satisfies JsonObject;
}

type Owner = Omit<Place, 'roles'> & { path: string; userId: string; phone: string };

/** What is to be said about it, if anything. */
async function addFactor(owner: Owner, factor: FixtureFactor): Promise<string | undefined> {
  const { call, deps, tenant, path, userId, phone } = owner;
  const methods = `${path}/authentication-methods`;
  switch (factor) {
    case 'phone': {
      await call('POST', methods, { type: 'phone', phone_number: phone, preferred_authentication_method: 'sms' });
      return undefined;
    }
    case 'otp': {
      await call('POST', methods, { type: 'totp', name: 'app', totp_secret: newTotpKey(deps.random) });
      return undefined;
    }
    case 'recovery-code': {
      const made = await call('POST', `${path}/recovery-code-regeneration`);
      return `recovery code ${String(made.recovery_code)}`;
    }
    case 'email':
      // A verified address is a factor by itself.
      return undefined;
    case 'push-notification':
    case 'webauthn-roaming':
    case 'webauthn-platform':
      return `set up ${factor} at ${tenant.baseUrl}/u/account (user id ${userId})`;
    default:
      return factor satisfies never;
  }
}

function describeFactors({ factors = [], roles = [] }: FixtureUser): string {
  const proofs = factors.length === 0 ? 'no second factor' : factors.join(', ');
  return roles.length === 0 ? proofs : `${proofs}; ${roles.join(', ')}`;
}
