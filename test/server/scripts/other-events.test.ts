// The events of the triggers that never pause, in real requests: every property that the compatibility table promises is
// seen, there where it should be and nowhere else, of its kind, and new for each Action.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { bindTo } from '#test/runtime/triggers/bind-to.ts';
import { KINDS, type Kind } from './event-rows.ts';
import { at, eventOf, expectShape, PRINT, present } from './event-sight.ts';
import { geography, IN_LONDON, untrusted } from './places.ts';
import { items, type Json, openStage, type Stage } from './stage.ts';

const API = 'https://api.example/';
const CONNECTION = 'Username-Password-Authentication';
const PASSWORD = 'a long enough one';
/** Behind a proxy, from an application's own form, on our page within a login. */
type Where = 'exchanged' | 'exchanged-behind-proxy' | 'plain' | 'whole' | 'page';
type Rows = { readonly [path: string]: readonly [kind: Kind, when: 'always' | readonly Where[]] };

const PROXIED = ['exchanged-behind-proxy', 'whole'] as const;
const BENT = `event.tenant.id = 'bent'; event.request.ip = 'bent'; event.request.geoip.cityName = 'bent'; delete event.user;`;

const client: Rows = {
  client: ['object', 'always'],
  'client.client_id': ['text', 'always'],
  'client.name': ['text', 'always'],
  'client.metadata': ['object', 'always'],
};
const common: Rows = {
  configuration: ['object', 'always'],
  request: ['object', 'always'],
  'request.ip': ['text', 'always'],
  'request.method': ['text', 'always'],
  'request.geoip': ['object', 'always'],
  ...Object.fromEntries(
    [
      ...['cityName', 'continentCode', 'countryCode', 'countryCode3', 'countryName'],
      ...['subdivisionCode', 'subdivisionName', 'timeZone'],
    ].map((name) => [`request.geoip.${name}`, ['text', PROXIED] as const]),
  ),
  'request.geoip.latitude': ['number', PROXIED],
  'request.geoip.longitude': ['number', PROXIED],
  'request.hostname': ['text', 'always'],
  'request.language': ['text', PROXIED],
  'request.user_agent': ['text', PROXIED],
  tenant: ['object', 'always'],
  'tenant.id': ['text', 'always'],
  secrets: ['object', 'always'],
};
const signUp: Rows = {
  ...common,
  connection: ['object', 'always'],
  'connection.id': ['text', 'always'],
  'connection.name': ['text', 'always'],
  'connection.strategy': ['text', 'always'],
  'connection.metadata': ['object', 'always'],
  security_context: ['object', ['whole']],
  'security_context.ja3': ['text', ['whole']],
  'security_context.ja4': ['text', ['whole']],
  transaction: ['object', ['page']],
  'transaction.acr_values': ['texts', ['page']],
  'transaction.correlation_id': ['text', ['page']],
  'transaction.locale': ['text', ['page']],
  'transaction.login_hint': ['text', ['page']],
  'transaction.prompt': ['texts', ['page']],
  'transaction.protocol': ['text', ['page']],
  'transaction.redirect_uri': ['text', ['page']],
  'transaction.requested_scopes': ['texts', ['page']],
  'transaction.response_mode': ['text', ['page']],
  'transaction.response_type': ['texts', ['page']],
  'transaction.state': ['text', ['page']],
  'transaction.ui_locales': ['texts', ['page']],
  user: ['object', 'always'],
};

const ROWS = {
  'credentials-exchange': {
    ...common,
    ...client,
    accessToken: ['object', 'always'],
    'accessToken.scope': ['texts', 'always'],
    'accessToken.customClaims': ['object', 'always'],
    'request.body': ['object', 'always'],
    resource_server: ['object', 'always'],
    'resource_server.identifier': ['text', 'always'],
    transaction: ['object', 'always'],
    'transaction.correlation_id': ['text', ['exchanged-behind-proxy']],
    'transaction.requested_scopes': ['texts', 'always'],
    'transaction.target_scopes': ['texts', 'always'],
  },
  'pre-user-registration': {
    ...signUp,
    ...client,
    'request.body': ['object', 'always'],
    'user.email': ['text', 'always'],
    'user.username': ['text', ['whole']],
    'user.name': ['text', ['whole']],
    'user.given_name': ['text', ['whole']],
    'user.family_name': ['text', ['whole']],
    'user.nickname': ['text', ['whole']],
    'user.picture': ['text', ['whole']],
    'user.user_metadata': ['object', 'always'],
    'user.app_metadata': ['object', 'always'],
  },
  'post-user-registration': signUp,
} as const satisfies Record<string, Rows>;
type Trigger = keyof typeof ROWS;
const TRIGGERS = Object.keys(ROWS) as Trigger[];
const HANDLERS = {
  'credentials-exchange': 'onExecuteCredentialsExchange',
  'pre-user-registration': 'onExecutePreUserRegistration',
  'post-user-registration': 'onExecutePostUserRegistration',
} as const;

/** Promised because the contracts have it; no door of ours gives it yet. */
const NEVER: { readonly [trigger in Trigger]: RegExp } = {
  'credentials-exchange': /^organization/,
  'pre-user-registration': /^user\.phone_number$/,
  'post-user-registration': /^$/,
};

test.each(TRIGGERS)('every property that the table promises of %s has a row', (trigger) => {
  const promised = present(trigger).filter((path) => !NEVER[trigger].test(path));
  expect(Object.keys(ROWS[trigger]).toSorted()).toEqual(promised.toSorted());
});

describe.each(databasesInFull())('%s', (_name, open) => {
  let stage: Stage;
  const events = Object.fromEntries(TRIGGERS.map((trigger) => [trigger, new Map<Where, Json>()])) as {
    [trigger in Trigger]: Map<Where, Json>;
  };

  /** The newest execution of a trigger; what runs behind a request is waited for. */
  async function note(trigger: Trigger, where: Where): Promise<void> {
    for (let polls = 0; polls < 500; polls += 1) {
      const { executions } = await stage.manage('GET', '/actions/executions?take=2');
      const own = items(executions).find(({ trigger_id: id, id: execution }) => {
        return String(id) === trigger && !noted.has(String(execution));
      });
      if (own) {
        noted.add(String(own.id));
        // The second Action's: what the first has written into its own is not in it.
        events[trigger].set(where, eventOf(items(own.results)[1]));
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`no execution of ${trigger}`);
  }
  const noted = new Set<string>();

  async function exchange(where: Where, more: Record<string, string>, headers: Record<string, string>): Promise<void> {
    const asked = { grant_type: 'client_credentials', client_id: 'web', client_secret: 'web secret + more' };
    const { status } = await stage.door.token({ ...asked, audience: API, ...more }, headers);
    expect(status).toBe(200);
    await note('credentials-exchange', where);
  }

  async function register(where: Where, more: JsonObject, headers: Record<string, string>): Promise<void> {
    const answer = await stage.door.app.request(`${stage.door.site}/dbconnections/signup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ client_id: 'spa', connection: CONNECTION, password: PASSWORD, ...more }),
    });
    expect(answer.status).toBe(200);
    await note('pre-user-registration', where);
    await note('post-user-registration', where);
  }

  async function setOptions(options: JsonObject): Promise<void> {
    const { store, tenant } = stage.door.house;
    const { records } = await store.connections.list(tenant.id);
    for (const { id } of records) await store.connections.update(tenant.id, id, (row) => ({ ...row, options }));
  }

  beforeAll(async () => {
    stage = await openStage({ databaseUrl: await open(), ports: { geography, untrusted } });
    const { store, tenant, clock } = stage.door.house;
    const made = { tenantId: tenant.id, createdAt: clock.at, updatedAt: clock.at };
    const scope = ['read:things', 'write:things'];
    await store.clientGrants.insert({ ...made, id: 'cgr_web', clientId: 'web', audience: API, scope, settings: {} });
    for (const trigger of TRIGGERS) {
      const scripts = [BENT, PRINT].map((body) => `exports.${HANDLERS[trigger]} = async (event) => { ${body} };`);
      await bindTo(stage.door.house, trigger, scripts, { KEY: 'a secret that is long enough' });
    }
    await exchange('exchanged', {}, {});
    await exchange(
      'exchanged-behind-proxy',
      { scope: 'read:things', correlation_id: 'corr-1', tier: 'gold' },
      IN_LONDON,
    );

    await register('plain', { email: 'plain@example.com' }, {});
    await setOptions({ requires_username: true });
    const profile = {
      name: 'Ana',
      given_name: 'A',
      family_name: 'Bee',
      nickname: 'an',
      picture: 'https://p.example/a',
    };
    const user_metadata = { theme: 'dark' };
    const whole = { email: 'whole@example.com', username: 'ana', ...profile, user_metadata, campaign: 'spring' };
    await register('whole', whole, IN_LONDON);
    await setOptions({});

    const browser = stage.visitor();
    const asks = { login_hint: 'x@example.com', prompt: 'login', acr_values: 'urn:a', correlation_id: 'corr-2' };
    const page = await browser.open(stage.door.authorizeUrl({ ...asks, ui_locales: 'ja' }));
    const form = await browser.open(`/u/signup${page.url.search}`);
    const end = await browser.post(form, { email: 'page@example.com', password: PASSWORD, action: 'default' });
    expect(end.url.searchParams.has('code')).toBe(true);
    await note('pre-user-registration', 'page');
    await note('post-user-registration', 'page');
  });
  afterAll(() => stage.close());

  test.each(TRIGGERS)('each property of %s is there where it should be, and of its kind', (trigger) => {
    const rows: Rows = ROWS[trigger];
    expect(events[trigger].size).toBe(trigger === 'credentials-exchange' ? 2 : 3);
    expectShape(events[trigger], rows, KINDS);
    const all = [...events[trigger].values()];
    expect(Object.keys(rows).filter((path) => !all.some((event) => at(event, path) !== undefined))).toEqual([]);
    for (const event of all) expect(event.tenant).toEqual({ id: stage.door.house.tenant.name });
    const told = JSON.stringify(all);
    expect(told).not.toContain('bent');
    expect(told).not.toContain(PASSWORD);
    expect(told).not.toContain('web secret');
  });

  test('what they say', () => {
    const exchanged = events['credentials-exchange'];
    expect(at(exchanged.get('exchanged') ?? {}, 'transaction')).toEqual({
      requested_scopes: [],
      target_scopes: ['read:things', 'write:things'],
    });
    expect(exchanged.get('exchanged-behind-proxy')).toMatchObject({
      accessToken: { scope: ['read:things'], customClaims: {} },
      client: { client_id: 'web', name: 'Web' },
      request: { ip: '198.51.100.7', body: { tier: 'gold' }, geoip: { cityName: 'London' } },
      resource_server: { identifier: API },
      transaction: { correlation_id: 'corr-1', requested_scopes: ['read:things'], target_scopes: ['read:things'] },
    });
    expect(events['pre-user-registration'].get('whole')).toMatchObject({
      connection: { name: CONNECTION, strategy: 'auth0' },
      request: { body: { campaign: 'spring', email: 'whole@example.com' } },
      security_context: { ja3: IN_LONDON['x-ja3-fingerprint'] },
      user: { email: 'whole@example.com', username: 'ana', user_metadata: { theme: 'dark' }, app_metadata: {} },
    });
    expect(at(events['pre-user-registration'].get('plain') ?? {}, 'user')).not.toHaveProperty('user_id');
    const { user, transaction } = events['post-user-registration'].get('page') ?? {};
    expect(user).toMatchObject({ email: 'page@example.com', user_id: expect.stringMatching(/^auth0\|/) });
    expect(user).not.toHaveProperty('enrolledFactors');
    expect(transaction).toMatchObject({ locale: 'ja', login_hint: 'x@example.com', prompt: ['login'] });
  });
});
