// Test kit: the whole house without HTTP: a real store, real cells, the real runtime, one tenant. The clock is ours.

import { createRuntime } from '#runtime/create-runtime.ts';
import { createEgress } from '#runtime/egress/create-egress.ts';
import type { Egress } from '#runtime/egress/egress.ts';
import { createPasswords } from '#runtime/factors/password-hash.ts';
import { newClient } from '#runtime/lifecycle/client.ts';
import { newTenant } from '#runtime/lifecycle/tenant.ts';
import type { Caller, Ports } from '#runtime/ports.ts';
import { noBreachedPasswords } from '#runtime/protection/breached-passwords.ts';
import { createRandom } from '#runtime/random.ts';
import { noGeography } from '#runtime/risk/geography.ts';
import { noUntrustedAddresses } from '#runtime/risk/untrusted-addresses.ts';
import type { Opening, Runtime, Shown, Submitted } from '#runtime/runtime.ts';
import { createSandbox } from '#runtime/sandbox/cells.ts';
import type { Sandbox } from '#runtime/sandbox/sandbox.ts';
import { MOST_LIMITS } from '#runtime/script-limits.ts';
import type { DoorInput } from '#runtime/transaction/input.ts';
import type { Reply } from '#runtime/transaction/transaction.ts';
import { openKeyring } from '#storage/keyring.ts';
import type {
  AuthenticatorRecord,
  ClientRecord,
  GuardianFactorName,
  SigningKeyRecord,
  TenantRecord,
  UserRecord,
} from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import { openDatabase, SECRET } from './open-database.ts';
import { sandboxOnDemand } from './sandbox-on-demand.ts';

export const CALLER: Caller = { ip: '203.0.113.7', method: 'POST', userAgent: 'test', language: 'en' };
/** How the sample application hears of the end. */
export const REPLY: Extract<Reply, { by: 'redirect' }> = {
  by: 'redirect',
  redirectUri: 'https://app.example/callback',
  responseTypes: ['code'],
  responseMode: 'query',
};
export const BINDING = 'this-browser';
export const PASSWORD = 'correct horse battery';
export const TOTP_KEY = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

const quiet = { info() {}, warn() {}, error() {} };

export type House = {
  store: Store;
  egress: Egress;
  runtime: Runtime;
  ports: Ports;
  tenant: TenantRecord;
  client: ClientRecord;
  clock: { at: number; advance(ms: number): void };
  /** Makes a user with `PASSWORD`; `has` are the factors of that user. */
  user(name: string, has?: ('otp' | 'phone' | 'email')[], more?: Partial<UserRecord>): Promise<UserRecord>;
  /** Deploys and binds scripts in this order, replacing what was bound. */
  bind(...sources: string[]): Promise<void>;
  begin(more?: Partial<Opening>): Promise<Shown>;
  submit(key: string, input: DoorInput): Promise<Submitted>;
  /** Submits and expects the step to be taken. */
  step(key: string, input: DoorInput): Promise<Shown>;
  /** Newest code sent to an address. */
  codeFor(to: string): Promise<string>;
  logTypes(): Promise<string[]>;
  editTenant(edit: (tenant: TenantRecord) => TenantRecord): Promise<void>;
  close(): Promise<void>;
};

export type HouseOptions = {
  databaseUrl?: string;
  sandbox?: Sandbox;
  ports?: Partial<Ports>;
  on?: GuardianFactorName[];
  /** What scripts may reach although it is private or loopback. */
  egressAllow?: string[];
};

/** Argon2 as the product uses it, without the slowness: thousands of logins would wait for nothing else. */
const LIGHT = { memory: 64, passes: 1, parallelism: 1 };

/** Everybody's password is the same: its hash is made once for a house. */
const hashes = new WeakMap<Ports['passwords'], Promise<string>>();
function hashOfPassword(passwords: Ports['passwords']): Promise<string> {
  const hash = hashes.get(passwords) ?? passwords.hash(PASSWORD);
  hashes.set(passwords, hash);
  return hash;
}

/** Making a key takes longer than most tests: a few tenants' keys go round. Four houses side by side have keys of their own. */
const KEY_SETS = 4;
const keySets: SigningKeyRecord[][] = [];
let keySetsLent = 0;

/** A store whose new tenants find their signing keys there already. */
function withKeys(store: Store, keys: SigningKeyRecord[], now: number): Store {
  const insert: Store['tenants']['insert'] = async (tenant) => {
    const inserted = await store.tenants.insert(tenant);
    // Oldest first, as they were made.
    for (const key of inserted === 'inserted' ? keys.toReversed() : []) {
      const since = key.currentSince === undefined ? {} : { currentSince: now };
      await store.signingKeys.insert({ ...key, ...since, tenantId: tenant.id, createdAt: now });
    }
    return inserted;
  };
  return { ...store, tenants: { ...store.tenants, insert } };
}

export async function openHouse({
  databaseUrl = 'sqlite::memory:',
  sandbox,
  ports: given,
  on = ['otp', 'sms', 'email'],
  egressAllow = [],
}: HouseOptions = {}): Promise<House> {
  const clock = {
    at: Date.UTC(2026, 0, 15, 12),
    advance(ms: number) {
      clock.at += ms;
    },
  };
  const now = () => clock.at;
  const keyring = openKeyring([SECRET]);
  const store = given?.store ?? (await openDatabase(databaseUrl, now));
  const egress = createEgress({ allow: egressAllow });
  // One cell: each that starts costs as much as ten logins, and what many of them do together has tests of its own.
  const cells = sandbox ?? sandboxOnDemand(() => createSandbox({ egress, log: quiet, cells: 1 }));
  const random = createRandom();
  const ports: Ports = {
    store,
    sandbox: cells,
    egress,
    now,
    random,
    passwords: createPasswords(LIGHT),
    mac: keyring,
    log: quiet,
    inbox: true,
    geography: noGeography,
    untrusted: noUntrustedAddresses,
    breached: noBreachedPasswords,
    scriptLimits: MOST_LIMITS,
    ...given,
  };
  const runtime = createRuntime(ports);
  const name = `tenant-${random.hex(6)}`;
  const lent = keySets.length < KEY_SETS ? undefined : keySets[keySetsLent++ % KEY_SETS];
  const birth = lent ? { ...ports, store: withKeys(store, lent, now()) } : ports;
  const made = await newTenant(birth, { name, baseUrl: `http://${name}.localhost:3000`, ownerId: 'default' });
  if (!made.made) throw new Error('no tenant');
  let { tenant } = made;
  if (!lent) keySets.push(await store.signingKeys.list(tenant.id));
  const client = await newClient(ports, tenant.id, { name: 'App', callbacks: ['https://app.example/callback'] });
  if (client === 'conflict') throw new Error('no client');

  const house: House = {
    store,
    egress,
    runtime,
    ports,
    client,
    clock,
    get tenant() {
      return tenant;
    },
    user: async (who, has = [], more = {}) => {
      const user: UserRecord = {
        tenantId: tenant.id,
        id: `auth0|${random.hex(24)}`,
        connection: 'Username-Password-Authentication',
        email: `${who}@example.com`,
        emailVerified: has.includes('email'),
        phoneVerified: false,
        name: who,
        blocked: false,
        identities: [],
        userMetadata: {},
        appMetadata: {},
        passwordHash: await hashOfPassword(ports.passwords),
        loginsCount: 0,
        createdAt: now(),
        updatedAt: now(),
        ...more,
      };
      await store.users.insert(user);
      const base = { tenantId: tenant.id, userId: user.id, confirmed: true, createdAt: now() };
      const rows: AuthenticatorRecord[] = [
        ...(has.includes('otp')
          ? [{ ...base, id: `dev_${random.letters(16)}`, type: 'totp' as const, secret: TOTP_KEY }]
          : []),
        ...(has.includes('phone')
          ? [{ ...base, id: `dev_${random.letters(16)}`, type: 'phone' as const, phoneNumber: '+447700900123' }]
          : []),
      ];
      for (const row of rows) await store.authenticators.insert(row);
      return user;
    },
    bind: async (...sources) => {
      const bindings = [];
      for (const [position, code] of sources.entries()) {
        const actionId = random.uuid();
        const versionId = random.uuid();
        const at = { createdAt: now(), updatedAt: now() };
        const trigger = { id: 'post-login', version: 'v3' };
        const text = {
          tenantId: tenant.id,
          trigger,
          runtime: 'node22',
          code,
          dependencies: [],
          secrets: [],
          errors: [],
          ...at,
        };
        await store.actions.insert({
          ...text,
          id: actionId,
          name: `action-${position + 1}`,
          status: 'built',
          deployedVersionId: versionId,
          allChangesDeployed: true,
        });
        await store.actionVersions.insert({
          ...text,
          id: versionId,
          actionId,
          number: 1,
          status: 'built',
          builtAt: now(),
        });
        bindings.push({
          tenantId: tenant.id,
          id: random.uuid(),
          triggerId: 'post-login',
          actionId,
          displayName: `action-${position + 1}`,
          position,
          ...at,
        });
      }
      await store.bindings.replace(tenant.id, 'post-login', bindings);
    },
    begin: (more = {}) =>
      runtime.begin(
        tenant,
        {
          door: 'hosted',
          selection: 'server',
          binding: BINDING,
          request: {
            clientId: client.id,
            reply: REPLY,
            protocol: 'oidc-basic-profile',
            scope: ['openid'],
            prompt: [],
            uiLocales: [],
            acrValues: [],
            locale: 'en',
            query: {},
            body: {},
          },
          ...more,
        },
        CALLER,
      ),
    submit: (key, input) => runtime.submit(tenant, { key, binding: BINDING }, input, CALLER),
    step: async (key, input) => {
      const submitted = await house.submit(key, input);
      if (submitted.outcome !== 'moved') throw new Error(`expected a step, got ${submitted.outcome}`);
      return submitted.shown;
    },
    codeFor: async (to) => {
      const [message] = await store.messages.inbox(tenant.id, to, 1);
      if (message?.code === undefined) throw new Error(`no code was sent to ${to}`);
      return message.code;
    },
    logTypes: async () => {
      const { records } = await store.logs.list(tenant.id, { order: 'oldest', page: { offset: 0, limit: 100 } });
      return records.map(({ type }) => type);
    },
    editTenant: async (edit) => {
      const edited = await store.tenants.update(tenant.id, edit);
      if (typeof edited === 'string') throw new Error(edited);
      tenant = edited;
    },
    close: async () => {
      if (!sandbox) await cells.drain(0);
      await egress.close();
      await store.close();
    },
  };
  await house.editTenant((current) => ({
    ...current,
    factors: Object.fromEntries(
      Object.keys(current.factors).map((key) => [key, on.includes(key as GuardianFactorName)]),
    ) as TenantRecord['factors'],
  }));
  return house;
}
