// Test: the house whose pages are looked at: one tenant with everything switched on, served on loopback under a name and
// an address that are the same each time, so that pictures of its pages are too.
import { createHash } from 'node:crypto';
import { createBuilds } from '#runtime/builds/create-builds.ts';
import { newClient } from '#runtime/lifecycle/client.ts';
import type { Random } from '#runtime/ports.ts';
import { createApp } from '#server/app.ts';
import { readConfig } from '#server/config.ts';
import type { Deps } from '#server/deps.ts';
import { LANGUAGES, type Language } from '#server/hosted/texts/catalogue.ts';
import { listen } from '#server/listen.ts';
import type { AuthenticatorRecord, ClientRecord, GuardianFactorName, UserRecord } from '#storage/records.ts';
import { freePort } from '#test/kit/free-port.ts';
import { type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import { SECRET } from '#test/kit/open-database.ts';
import { createPlainBrowser, type Page, type PlainBrowser } from '#test/kit/plain-browser.ts';
import { FORM } from './sample-form.ts';
import { OWN_CODES, POLICY } from './sample-policy.ts';

/** What browsers know the tenant by, whatever port it listens on. */
export const SITE = 'http://lighthouse.localhost';
/** The application that people come from: where logins end, and where nobody answers. */
const CALLBACK = 'http://lantern.example/callback';
const CHALLENGE = 'ZtNPunH49FD35FWYhT5Tv8I7vRKQJ8uxMaL0_9eHjNA';
const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';

const FACTORS: GuardianFactorName[] = [
  'sms',
  'push-notification',
  'otp',
  'email',
  'webauthn-roaming',
  'webauthn-platform',
  'recovery-code',
];

/** Does what the request of the login says: each login has a script of its own without another deployment. */
const SCRIPT = `exports.onExecutePostLogin = async (event, api) => {
  for (const [family, name, ...given] of JSON.parse(event.request.query.scene ?? '[]')) api[family][name](...given);
};
exports.onContinuePostLogin = async () => {};`;

/** A call of a script: what it is of, its name, what it is given. */
export type Call = [family: 'authentication' | 'prompt' | 'access' | 'redirect', name: string, ...given: unknown[]];

/** Somebody with a browser that has no scripts, and the cookies that a real one is handed. */
export type Visitor = PlainBrowser & {
  language: Language;
  /** Of their network. */
  address: string;
  /** How much a stylesheet or script weighs on its way, packed as browsers take it. */
  bytesOf(path: string): Promise<number>;
};

/** What is known of the person beside the password. */
export type Traits = Partial<UserRecord> & { has?: Partial<AuthenticatorRecord>[] };

export type Gallery = {
  house: House;
  /** An application that is not the tenant's own, and one without a browser. */
  stranger: ClientRecord;
  device: ClientRecord;
  /** The argument of the browser's process that makes it find the house. */
  argument: string;
  visitor(language: Language): Visitor;
  /** The one person of the next page; whoever was it before is called otherwise from now on. */
  person(traits?: Traits): Promise<UserRecord>;
  /** Where a login begins. */
  authorize(visitor: Visitor, more?: Record<string, string>): Promise<Page>;
  /** Where a login of the JSON flow begins, which takes a password or a new account, and a code by text message. */
  flow(visitor: Visitor, more?: Record<string, string>): Promise<Page>;
  /** The person signs in, and a script makes these calls. */
  signIn(visitor: Visitor, calls?: Call[], more?: Record<string, string>): Promise<Page>;
  /** The newest message that was sent to an address. */
  messageTo(address: string): Promise<{ text: string; code: string }>;
  close(): Promise<void>;
};

export const PERSON = { email: 'ana@example.com', name: 'Ana Torres', phone: '+14155550101' } as const;

export async function openGallery(): Promise<Gallery> {
  const random = countedRandom();
  const house = await openHouse({ on: FACTORS, ports: { random } });
  const { store, runtime, ports, clock } = house;
  await house.editTenant((tenant) => ({
    ...tenant,
    baseUrl: SITE,
    friendlyName: 'Lighthouse',
    enabledLocales: [...LANGUAGES],
  }));
  const { tenant, client } = house;
  await store.clients.update(tenant.id, client.id, (own) => ({ ...own, name: 'Lantern', callbacks: [CALLBACK] }));
  const make = async (draft: Parameters<typeof newClient>[2]) => {
    const made = await newClient(ports, tenant.id, draft);
    if (made === 'conflict') throw new Error('no client');
    return made;
  };
  const stranger = await make({ name: 'Postcards', callbacks: [CALLBACK], settings: { is_first_party: false } });
  const device = await make({
    name: 'Television',
    authMethod: 'none',
    grantTypes: ['urn:ietf:params:oauth:grant-type:device_code'],
  });
  const { records } = await store.connections.list(tenant.id);
  for (const { id } of records) {
    await store.connections.update(tenant.id, id, (own) => ({
      ...own,
      options: { ...own.options, authentication_methods: { password: { enabled: true }, passkey: { enabled: true } } },
    }));
  }
  const at = { createdAt: ports.now(), updatedAt: ports.now() };
  // People of the one that is not the tenant's own may have codes sent instead of a password.
  for (const strategy of ['sms', 'email']) {
    const rest = { metadata: {}, enabledClients: [stranger.id], options: {}, settings: {} };
    await store.connections.insert({
      tenantId: tenant.id,
      id: `con_${strategy}`,
      name: strategy,
      strategy,
      ...rest,
      ...at,
    });
  }
  await store.forms.insert({ tenantId: tenant.id, id: 'ap_welcome', name: 'Welcome', definition: FORM, ...at });
  const policy = { id: 'policy', flow: 'oauth', enabled: true, policies: [POLICY] };
  await store.authenticationPolicies.insert({ tenantId: tenant.id, ...policy, ...at });
  const own = { id: 'sms', type: 'sms', enabled: true, attributes: {}, metadata: {}, interactions: OWN_CODES };
  await store.authenticationConfigurations.insert({ tenantId: tenant.id, ...own, ...at });
  await house.bind(SCRIPT);

  const builds = createBuilds();
  const port = await freePort();
  const config = readConfig(
    { SALLYPORT_SECRET: SECRET, SALLYPORT_BASE_URL: SITE, SALLYPORT_RATE_LIMITS: 'off', SALLYPORT_TRUST_PROXY: '1' },
    { start: false },
  );
  const deps: Deps = {
    config,
    store,
    // A key that our own memory cannot cope with: what people see then is a page too.
    runtime: {
      ...runtime,
      read: (of, reference) => {
        if (reference.key === FAULT) throw new Error('a fault of the gallery');
        return runtime.read(of, reference);
      },
    },
    builds,
    egress: house.egress,
    clock: { now: ports.now, advance: (seconds) => clock.advance(seconds * 1000) },
    random,
    passwords: ports.passwords,
    log: ports.log,
  };
  const app = createApp(deps);
  const listener = await listen(app, { host: '127.0.0.1', port });

  const requestOf = ({ language }: Visitor, more: Record<string, string>) =>
    new URLSearchParams({
      response_type: 'code',
      client_id: client.id,
      redirect_uri: CALLBACK,
      scope: 'openid profile email',
      state: 'state',
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
      ui_locales: language,
      ...more,
    });

  const startsAt = clock.at;
  let people = 0;
  let present: UserRecord | undefined;
  const gallery: Gallery = {
    house,
    stranger,
    device,
    argument: `--host-resolver-rules=MAP lighthouse.localhost:80 127.0.0.1:${port},MAP lantern.example:80 127.0.0.1:${port}`,
    visitor: (language) => {
      // A network of their own: nobody is kept waiting by those who came before.
      const ip = `203.0.${113 + (people >> 8)}.${people++ & 255}`;
      const browser = createPlainBrowser(SITE, async (url, init) =>
        app.request(url, {
          ...init,
          headers: {
            ...(init.headers as Record<string, string>),
            'accept-language': language,
            'user-agent': SAFARI,
            'x-forwarded-for': ip,
          },
        }),
      );
      return {
        ...browser,
        language,
        address: ip,
        bytesOf: async (path) => {
          const answer = await app.request(SITE + path, { headers: { 'accept-encoding': 'br' } });
          return (await answer.arrayBuffer()).byteLength;
        },
      };
    },
    person: async ({ has = [], ...traits } = {}) => {
      // A moment later: of two messages, one is the newer.
      clock.at = startsAt + people * 100;
      if (present) {
        const former = `former-${++people}@example.com`;
        await store.users.update(tenant.id, present.id, (user) => ({ ...user, email: former }));
      }
      present = await house.user('ana', [], { name: PERSON.name, ...traits });
      for (const own of has) {
        const inserted = await store.authenticators.insert(factorOf(present, own, random));
        if (inserted !== 'inserted') throw new Error(`the person cannot have the factor: ${inserted}`);
      }
      return present;
    },
    authorize: (visitor, more = {}) => visitor.open(`/authorize?${requestOf(visitor, more)}`),
    flow: (visitor, more = {}) => visitor.open(`/${tenant.name}/v1/authorizations?${requestOf(visitor, more)}`),
    signIn: async (visitor, calls = [], more = {}) => {
      const page = await gallery.authorize(visitor, { scene: JSON.stringify(calls), ...more });
      return visitor.post(page, { username: PERSON.email, password: PASSWORD, action: 'default' });
    },
    messageTo: async (address) => {
      const [message] = await store.messages.inbox(tenant.id, address, 1);
      if (!message) throw new Error(`nothing was sent to ${address}`);
      return { text: message.text, code: message.code ?? '' };
    },
    close: async () => {
      await listener.close(100);
      await Promise.all([house.close(), builds.close()]);
    },
  };
  return gallery;
}

/** Of a login: reading it fails. */
export const FAULT = 'fault';

/** `own` with what every row has; a key is another one each time. */
function factorOf(
  { tenantId, id: userId, createdAt }: UserRecord,
  own: Partial<AuthenticatorRecord>,
  random: Random,
): AuthenticatorRecord {
  const { type = 'totp', credential } = own;
  return {
    tenantId,
    userId,
    id: `dev_${random.letters(16)}`,
    confirmed: true,
    createdAt,
    enrolledAt: createdAt,
    ...own,
    type,
    ...(credential ? { credential: { ...credential, id: random.key() } } : {}),
  };
}

/** Dice that fall the same way in each run, and never twice alike within one. */
function countedRandom(): Random {
  let drawn = 0;
  const bytes = (length: number): number[] => {
    const found: number[] = [];
    while (found.length < length) found.push(...createHash('sha256').update(`draw ${drawn++}`).digest());
    return found.slice(0, length);
  };
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const hex = (length: number) => Buffer.from(bytes(length)).toString('hex').slice(0, length);
  return {
    key: () => Buffer.from(bytes(32)).toString('base64url'),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
    letters: (length) =>
      bytes(length)
        .map((byte) => letters[byte % letters.length])
        .join(''),
    hex,
    digits: (length) =>
      bytes(length)
        .map((byte) => byte % 10)
        .join(''),
  };
}
