// For tests of attacks: everything that opens something, and every door it might be tried at. A door says whether it let
// somebody in; that nothing breaks is asked of each of them.
import { expect } from 'vitest';
import type { PlainBrowser } from '#test/kit/plain-browser.ts';
import { API, GRANT, type MfaDesk, NATIVE } from '../mfa-api/mfa-desk.ts';
import { CALLBACK, VERIFIER } from '../oauth/front-door.ts';
import { FORM, JSON_BODY, signIn, stateOf } from './attacker.ts';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const PUSHED = 'urn:ietf:params:oauth:request_uri:';

/** What somebody may hold. */
export const KINDS = [
  'state',
  'browser cookie',
  'session cookie',
  'code',
  'spent code',
  'refresh token',
  'access token',
  'MFA access token',
  'id_token',
  'mfa_token',
  'oob_code',
  'request_uri',
  'device code',
  'user code',
  'reset link',
  'unblock link',
] as const;
export type Kind = (typeof KINDS)[number];
export type Keys = Record<Kind, string>;

/** Client `spa` may all that is needed; `ana` has an app and a phone. */
export async function prepare({ door }: MfaDesk): Promise<void> {
  const { house, spa } = door;
  const { store, tenant } = house;
  const grantTypes = ['authorization_code', 'refresh_token', DEVICE_GRANT];
  await store.clients.update(tenant.id, spa.id, (client) => ({ ...client, grantTypes }));
  await store.resourceServers.update(tenant.id, 'api', (api) => ({ ...api, allowOfflineAccess: true }));
  await house.editTenant((current) => ({ ...current, policies: [] }));
  await house.user('ana', ['otp', 'phone']);
}

const ASK_APP = `exports.onExecutePostLogin = async (event, api) => {
  if (event.client.client_id === 'native') api.authentication.challengeWithAny([{ type: 'otp' }, { type: 'phone' }]);
};`;

/** One of each kind, all of them good, and the browser that some of them belong to. */
export async function collect(desk: MfaDesk): Promise<{ keys: Keys; browser: PlainBrowser }> {
  const { door } = desk;
  const { house } = door;
  const { store, tenant, ports, clock } = house;
  const post = async (path: string, body: object) => {
    const init = { method: 'POST', headers: JSON_BODY, body: JSON.stringify(body) };
    return (await (await door.app.request(door.site + path, init)).json()) as Record<string, unknown>;
  };
  desk.nextStep();
  await house.bind();
  const forMfa = { audience: `${door.site}/mfa/`, scope: '' };
  const half = await desk.mfaToken('ana', forMfa);
  const mfaAccess = String((await desk.otp(half, desk.code())).body.access_token);
  await house.bind(ASK_APP);
  const mfaToken = await desk.mfaToken('ana');
  const asked = await desk.call('POST', 'challenge', { body: { mfa_token: mfaToken, challenge_type: 'oob' } });

  const browser = door.browser();
  const scope = 'openid offline_access';
  const codeOf = async () =>
    (await signIn(door, browser, 'ana', { scope, audience: API })).url.searchParams.get('code');
  // Whoever brings a spent code again ends what came of it: the tokens come of another one.
  const spent = String(await codeOf());
  await door.exchange(spent);
  const { body: tokens } = await door.exchange(String(await codeOf()));
  const code = String(await codeOf());
  const state = stateOf(await browser.open(door.authorizeUrl({ prompt: 'login' })));

  const pushed = await post('/oauth/par', {
    client_id: 'web',
    client_secret: 'web secret + more',
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid',
    state: 's',
  });
  const device = await post('/oauth/device/code', { client_id: 'spa', scope: 'openid' });
  const user = await store.users.findByIdentifier(tenant.id, 'Username-Password-Authentication', 'ana@example.com');
  const { records } = await store.connections.list(tenant.id);
  const connection = records.find(({ name }) => name === 'Username-Password-Authentication');
  await house.runtime.requestPasswordReset({
    tenant,
    connection: connection!,
    identifier: 'ana@example.com',
    locale: 'en',
    caller: { ip: '203.0.113.7', method: 'POST' },
  });
  await house.runtime.settled(1000);
  const [mail] = await store.messages.inbox(tenant.id, 'ana@example.com', 1);
  const unblock = ports.random.key();
  const life = { createdAt: clock.at, expiresAt: clock.at + 3_600_000 };
  const ticket = { tenantId: tenant.id, id: ports.random.uuid(), kind: 'unblock', revision: 1, ...life } as const;
  const content = { identifier: 'ana@example.com', network: '' };
  await store.commit([
    { kind: 'ticket.insert', ticket: { ...ticket, userId: user?.id ?? '', content } },
    {
      kind: 'handle.insert',
      handle: {
        tenantId: tenant.id,
        kind: 'unblock',
        key: unblock,
        targetId: ticket.id,
        ask: 0,
        expiresAt: life.expiresAt,
      },
    },
  ]);
  const keys: Keys = {
    state,
    'browser cookie': browser.cookies.get('sallyport_browser') ?? '',
    'session cookie': browser.cookies.get('sallyport_session') ?? '',
    code,
    'spent code': spent,
    'refresh token': String(tokens.refresh_token),
    'access token': String(tokens.access_token),
    'MFA access token': mfaAccess,
    id_token: String(tokens.id_token),
    mfa_token: mfaToken,
    oob_code: String(asked.body.oob_code),
    request_uri: String(pushed.request_uri).replace(PUSHED, ''),
    'device code': String(device.device_code),
    'user code': String(device.user_code),
    'reset link': /[?&]ticket=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '',
    'unblock link': unblock,
  };
  for (const [kind, key] of Object.entries(keys))
    if (key.length < 8 || key === 'undefined') throw new Error(`no ${kind}`);
  return { keys, browser };
}

export type Door = {
  name: string;
  /** What it is for. */
  own: readonly Kind[];
  opensTo(key: string): Promise<boolean>;
};

/** Every door of a tenant. `held`: what the holder has beside the key: cookies, and a login that waits for a factor. */
export function doorsOf(
  { door }: MfaDesk,
  site: string,
  held: { cookies: ReadonlyMap<string, string>; mfaToken: string; otp: () => string },
): Door[] {
  const { app } = door;
  const cookie = [...held.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const response = await app.request(site + path, init);
    expect([path, response.status]).toEqual([path, expect.toSatisfy((status: number) => status < 500)]);
    return response;
  };
  const opens = async (path: string, init?: RequestInit) => (await ask(path, init)).status < 400;
  const json = (path: string, body: object, headers: Record<string, string> = {}) =>
    opens(path, { method: 'POST', headers: { ...JSON_BODY, ...headers }, body: JSON.stringify(body) });
  const page = (path: string) => (key: string) =>
    opens(`${path}${encodeURIComponent(key)}`, { headers: { cookie, accept: 'text/html' } });
  const bearer =
    (path: string, init: RequestInit = {}) =>
    async (key: string) => {
      const schemes = await Promise.all(
        ['Bearer', 'DPoP'].map((scheme) => opens(path, { ...init, headers: { authorization: `${scheme} ${key}` } })),
      );
      return schemes.includes(true);
    };
  const grant = (grant_type: string, more: (key: string) => object, client: object = { client_id: 'spa' }) => {
    return (key: string) => json('/oauth/token', { grant_type, ...client, ...more(key) });
  };
  const silent = async (more: Record<string, string>, headers: Record<string, string>) => {
    const address = door.authorizeUrl({ prompt: 'none', ...more });
    const location = (await ask(address, { headers })).headers.get('location') ?? '';
    return location.startsWith(CALLBACK) && new URL(location).searchParams.has('code');
  };
  const associate = { authenticator_types: ['oob'], oob_channels: ['email'], email: 'ana@other.example' };
  return [
    { name: 'the page of a login', own: ['state'], opensTo: page('/u/login?state=') },
    { name: 'the form for a new password', own: ['state'], opensTo: page('/u/reset-password/request?state=') },
    { name: 'the page of a factor', own: ['state'], opensTo: page('/u/mfa-otp-challenge?state=') },
    { name: 'the end of a login', own: ['state'], opensTo: page('/authorize/resume?state=') },
    { name: 'the way back from elsewhere', own: ['state'], opensTo: page('/continue?state=') },
    {
      name: 'the exchange of a code',
      own: ['code'],
      opensTo: grant('authorization_code', (code) => ({ code, redirect_uri: CALLBACK, code_verifier: VERIFIER })),
    },
    {
      name: 'the exchange of a refresh token',
      own: ['refresh token'],
      opensTo: grant('refresh_token', (refresh_token) => ({ refresh_token })),
    },
    {
      name: 'the code of an app',
      own: ['mfa_token'],
      opensTo: grant(`${GRANT}mfa-otp`, (mfa_token) => ({ mfa_token, otp: held.otp() }), NATIVE),
    },
    {
      name: 'a code that was sent',
      own: ['oob_code'],
      opensTo: grant(
        `${GRANT}mfa-oob`,
        (oob_code) => ({ mfa_token: held.mfaToken, oob_code, binding_code: '000000' }),
        NATIVE,
      ),
    },
    {
      name: 'a recovery code',
      own: [],
      opensTo: grant(
        `${GRANT}mfa-recovery-code`,
        (key) => ({ mfa_token: key, recovery_code: 'ABCDEFGHIJKLMNOPQRSTUVWX' }),
        NATIVE,
      ),
    },
    {
      name: 'the list of authenticators',
      own: ['mfa_token', 'MFA access token'],
      opensTo: bearer('/mfa/authenticators'),
    },
    {
      name: 'a new authenticator',
      own: ['MFA access token'],
      opensTo: (key) => json('/mfa/associate', associate, { authorization: `Bearer ${key}` }),
    },
    {
      name: 'a challenge',
      own: ['mfa_token'],
      opensTo: (mfa_token) => json('/mfa/challenge', { mfa_token, challenge_type: 'oob' }),
    },
    { name: 'userinfo', own: ['access token'], opensTo: bearer('/userinfo') },
    { name: 'the Management API', own: [], opensTo: bearer('/api/v2/clients') },
    { name: 'the management of tenants', own: [], opensTo: bearer('/v1/management/organizations') },
    {
      name: 'the cookie of a session',
      own: ['session cookie'],
      opensTo: (key) => silent({}, { cookie: `sallyport_session=${key}` }),
    },
    {
      name: 'the cookie of a browser',
      own: ['browser cookie'],
      opensTo: async (key) => {
        const others = [...held.cookies].filter(([name]) => name === 'state').map(([, value]) => value);
        return opens(`/u/login?state=${others[0] ?? 'none'}`, { headers: { cookie: `sallyport_browser=${key}` } });
      },
    },
    {
      name: 'a pushed request',
      own: ['request_uri'],
      opensTo: (key) =>
        opens(`/authorize?${new URLSearchParams({ client_id: 'web', request_uri: PUSHED + key })}`, {
          headers: { cookie },
        }),
    },
    {
      name: 'the poll of a device',
      own: ['device code'],
      opensTo: grant(DEVICE_GRANT, (device_code) => ({ device_code })),
    },
    {
      name: 'the code of a device',
      own: ['user code'],
      opensTo: (user_code) =>
        opens('/activate', {
          method: 'POST',
          headers: { ...FORM, cookie },
          body: String(new URLSearchParams({ user_code, action: 'default' })),
        }),
    },
    { name: 'a link to a new password', own: ['reset link'], opensTo: page('/u/reset-password/verify?ticket=') },
    { name: 'a link that lifts a block', own: ['unblock link'], opensTo: page('/u/unblock?ticket=') },
    { name: 'a link that verifies an address', own: [], opensTo: page('/u/email-verification?ticket=') },
  ];
}
