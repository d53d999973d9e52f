// Server, harness: the person of a simulation as storage has them: the account, what they can prove, their roles. What an
// authenticator needs to answer follows from their name, so that it is the same each time.
import { generateKeyPairSync } from 'node:crypto';
import { newTotpKey } from '#runtime/factors/otp.ts';
import { recoveryCodeMac } from '#runtime/factors/recovery-code.ts';
import { userHandleOf } from '#runtime/factors/webauthn.ts';
import { FIRST_CONNECTION } from '#runtime/lifecycle/client.ts';
import type { Mac } from '#runtime/ports.ts';
import type { AuthenticatorRecord, JsonObject, TenantRecord, UserRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import { FIXTURE_FACTORS, type FixtureFactor, type FixtureUser } from '../project/project.ts';
import { SimulationError } from './misuse.ts';
import { createSeededRandom } from './seeded-random.ts';
import { createSoftKey, type SoftKey } from './soft-key.ts';

/** A fixture by its name, with what it does not say filled in. */
export type Person = FixtureUser & { called: string; email: string; password: string };

const PHONE = '+14155550123';

export function completePerson(called: string, user: FixtureUser): Person {
  const unknown = (user.factors ?? []).find((factor) => !FIXTURE_FACTORS.includes(factor));
  if (unknown !== undefined) {
    throw new SimulationError(`${called} has a factor "${unknown}"; expected some of ${FIXTURE_FACTORS.join(', ')}`);
  }
  if (user.factors?.includes('email') && user.email_verified === false) {
    throw new SimulationError(
      `${called} has the factor email, and email_verified is false: only a verified address is one`,
    );
  }
  return { password: `${called} knows this`, email: `${mailbox(called)}@example.com`, ...user, called };
}

const mailbox = (called: string): string => called.toLowerCase().replaceAll(/[^a-z0-9._-]+/g, '-') || 'somebody';

const diceOf = ({ called }: Person) => createSeededRandom(`person ${called}`);

const userIdOf = (person: Person): string => `auth0|${diceOf(person).hex(24)}`;
/** What opens the account once when everything else is lost. */
export const recoveryCodeOf = (person: Person): string =>
  createSeededRandom(`recovery ${person.called}`).letters(24).toUpperCase();

/** A key of this kind. Making one takes longer than a login: those of a process are the same for everybody. */
export function softKeyOf(factor: 'webauthn-roaming' | 'webauthn-platform'): SoftKey {
  const key = softKeys.get(factor) ?? createSoftKey(Buffer.from(createSeededRandom(factor).hex(32), 'hex'));
  softKeys.set(factor, key);
  return key;
}
const softKeys = new Map<string, SoftKey>();

/** The public half of a phone that approves sign-ins; what it says is not signed on the way to the runtime. */
export function phoneKey(): JsonObject {
  publicKey ??= generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }) as JsonObject;
  return publicKey;
}
let publicKey: JsonObject | undefined;

type Setting = { store: Store; tenant: TenantRecord; mac: Mac; passwordHash: string; at: number };

/** Writes the account with its authenticators. */
export async function insertPerson(setting: Setting, person: Person): Promise<UserRecord> {
  const { store, tenant, passwordHash, at } = setting;
  const user: UserRecord = {
    tenantId: tenant.id,
    id: userIdOf(person),
    connection: FIRST_CONNECTION,
    email: person.email,
    emailVerified: person.email_verified ?? true,
    ...(person.username === undefined ? {} : { username: person.username }),
    ...(person.phone_number === undefined ? {} : { phoneNumber: person.phone_number }),
    phoneVerified: false,
    name: person.name ?? person.called,
    blocked: person.blocked ?? false,
    identities: [],
    userMetadata: person.user_metadata ?? {},
    appMetadata: person.app_metadata ?? {},
    passwordHash,
    loginsCount: person.logins_count ?? 0,
    createdAt: at,
    updatedAt: at,
  };
  if ((await store.users.insert(user)) === 'conflict') {
    throw new SimulationError(`${person.called} cannot be made: somebody has that id, address or name already`);
  }
  for (const factor of new Set(person.factors)) {
    const row = rowOf(setting, person, user, factor);
    if (row) await store.authenticators.insert(row);
  }
  return user;
}

function rowOf(
  { tenant, mac, at }: Setting,
  person: Person,
  user: UserRecord,
  factor: FixtureFactor,
): AuthenticatorRecord | undefined {
  const dice = createSeededRandom(`${factor} ${person.called}`);
  const id = `dev_${dice.letters(16)}`;
  const base = { tenantId: tenant.id, id, userId: user.id, confirmed: true, createdAt: at, enrolledAt: at };
  switch (factor) {
    case 'otp':
      return { ...base, type: 'totp', secret: newTotpKey(dice) };
    case 'phone':
      return { ...base, type: 'phone', phoneNumber: person.phone_number ?? PHONE };
    // The verified address itself.
    case 'email':
      return undefined;
    case 'push-notification':
      return {
        ...base,
        type: 'push',
        name: 'Phone',
        secret: newTotpKey(dice),
        device: { publicKey: phoneKey(), heard: true },
      };
    case 'webauthn-roaming':
    case 'webauthn-platform': {
      const userHandle = userHandleOf(user, factor);
      const domain = new URL(tenant.baseUrl).hostname;
      return { ...base, type: factor, name: 'Key', credential: softKeyOf(factor).credential(domain, { userHandle }) };
    }
    case 'recovery-code':
      return { ...base, type: 'recovery-code', secret: recoveryCodeMac(mac, id, recoveryCodeOf(person)) };
  }
}

/** Gives the person roles of the tenant, or of an organization that they are a member of. */
export async function giveRoles(
  { store, tenant, at }: Pick<Setting, 'store' | 'tenant' | 'at'>,
  userId: string,
  names: readonly string[],
  organizationId?: string,
): Promise<void> {
  const ids: string[] = [];
  for (const name of new Set(names)) {
    const known = await store.roles.findByKey(tenant.id, name);
    const id = known?.id ?? `rol_${createSeededRandom(`role ${name}`).letters(16)}`;
    if (!known) await store.roles.insert({ tenantId: tenant.id, id, name, createdAt: at, updatedAt: at });
    ids.push(id);
  }
  if (ids.length === 0) return;
  if (organizationId === undefined) await store.assignments.addRoles(tenant.id, userId, ids);
  else await store.assignments.addMemberRoles(tenant.id, organizationId, userId, ids);
}
