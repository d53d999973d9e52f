// Longer than 300 lines because it is one table: a well-formed request for every address of the house.
// The fuzz test: what is well formed before it is changed. Whatever has no row here gets one from the list of routes.
import { grantManagement, newClient } from '#runtime/lifecycle/client.ts';
import { MANAGEMENT_SCOPES, managementAudience } from '#runtime/lifecycle/scopes.ts';
import type { Sandbox } from '#runtime/sandbox/sandbox.ts';
import { PASSWORD } from '#test/kit/house.ts';
import type { Page, PlainBrowser } from '#test/kit/plain-browser.ts';
import { CALLBACK, CHALLENGE, type FrontDoor, openFrontDoor, VERIFIER } from '../oauth/front-door.ts';
import type { Json, Pairs, Wire } from './wire.ts';

const AUTH0 = 'http://auth0.com/oauth/grant-type/';
const GRANTS = [
  'authorization_code',
  'implicit',
  'refresh_token',
  'client_credentials',
  'password',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  ...['password-realm', 'passwordless/otp', 'mfa-otp', 'mfa-oob', 'mfa-recovery-code'].map((name) => `${AUTH0}${name}`),
];
const SECRET = 'all-of-them-secret';
const API = 'https://api.example/';
const CONNECTION = 'Username-Password-Authentication';

export type Said = { level: 'info' | 'warn' | 'error'; fields: string; message: string };
export type Range = {
  door: FrontDoor;
  targets: Wire[];
  /** Values that mean something at some door. */
  known: string[];
  /** What no answer and no log may hold. */
  secrets: string[];
  /** What the operator's log was told. */
  said: Said[];
  close(): Promise<void>;
};

/** A tenant with people, clients, things begun at every door, and a request for each of them. */
export async function openRange(sandbox: Sandbox): Promise<Range> {
  const said: Said[] = [];
  const tell =
    (level: Said['level']) =>
    (fields: Record<string, unknown>, message: string): void =>
      void said.push({ level, fields: textOf(fields), message });
  const log = { info: tell('info'), warn: tell('warn'), error: tell('error') };
  const env = { SALLYPORT_RATE_LIMITS: 'off' };
  const door = await openFrontDoor({
    sandbox,
    ports: { log },
    env,
    on: ['otp', 'sms', 'email', 'recovery-code'],
  });
  const live = await bringToLife(door);
  const explicit = rows(door, live);
  return {
    door,
    targets: [...explicit, ...others(door, live, explicit)],
    known: Object.values(live.values),
    secrets: live.secrets,
    said,
    close: () => door.close(),
  };
}

const textOf = (fields: Record<string, unknown>): string =>
  JSON.stringify(fields, (_key, value) => (value instanceof Error ? `${value.stack}` : value));

type Live = {
  values: Record<string, string>;
  secrets: string[];
  pages: Record<'login' | 'challenge' | 'picker', { page: Page; browser: PlainBrowser }>;
  signedIn: PlainBrowser;
};

async function bringToLife(door: FrontDoor): Promise<Live> {
  const { house, site } = door;
  const { ports, tenant, store } = house;
  const made = await newClient(ports, tenant.id, {
    id: 'all',
    name: 'All',
    secret: SECRET,
    grantTypes: GRANTS,
    callbacks: [CALLBACK],
    settings: { allowed_logout_urls: ['https://app.example/out'], web_origins: ['https://app.example'] },
  });
  if (made === 'conflict') throw new Error('no client');
  await grantManagement(ports, tenant, 'all', [...MANAGEMENT_SCOPES]);
  await store.resourceServers.update(tenant.id, 'api', (api) => ({ ...api, allowOfflineAccess: true }));
  const [plain, otp, both] = [
    await house.user('plain'),
    await house.user('otp', ['otp']),
    await house.user('both', ['otp', 'phone', 'email']),
  ];
  await house.bind(`exports.onExecutePostLogin = async (event, api) => {
    if (event.user.email !== 'plain@example.com') api.authentication.challengeWithAny([{ type: 'otp' }, { type: 'phone' }]);
    api.idToken.setCustomClaim('said', [event.request.query.state, event.request.body, event.user.user_metadata]);
  };`);
  const open = async (more: Record<string, string> = {}) => {
    const browser = door.browser();
    return { browser, page: await browser.open(door.authorizeUrl(more)) };
  };
  const to = async (who: string, more?: Record<string, string>) => {
    const { browser, page } = await open(more);
    const next = await browser.post(page, { username: `${who}@example.com`, password: PASSWORD, action: 'default' });
    return { browser, page: next };
  };
  const done = await to('plain');
  const signedIn = done.browser;
  const again = await signedIn.open(door.authorizeUrl());
  const asAll = { client_id: 'all', client_secret: SECRET };
  const offline = await to('plain', { client_id: 'all', scope: 'openid profile offline_access', audience: API });
  const tokens = (
    await door.token({
      ...asAll,
      grant_type: 'authorization_code',
      code: offline.page.url.searchParams.get('code') ?? '',
      redirect_uri: CALLBACK,
      code_verifier: VERIFIER,
    })
  ).body;
  const byPassword = (who: string) =>
    door.token({
      ...asAll,
      grant_type: 'password',
      username: `${who}@example.com`,
      password: PASSWORD,
      scope: 'openid',
    });
  const mfa = (await byPassword('both')).body;
  const machine = (await door.token({ ...asAll, grant_type: 'client_credentials', audience: managementAudience(site) }))
    .body;
  const pushed = await (
    await door.app.request(`${site}/oauth/par`, {
      method: 'POST',
      body: new URLSearchParams({ ...asAll, ...authorizeFields({ client_id: 'all' }) }),
    })
  ).json();
  const action = await ask(door, String(machine.access_token), 'POST', '/api/v2/actions/actions', {
    name: 'made',
    code: 'exports.onExecutePostLogin = async () => {};',
    supported_triggers: [{ id: 'post-login', version: 'v3' }],
  });
  const role = await ask(door, String(machine.access_token), 'POST', '/api/v2/roles', { name: 'role' });
  const organization = await ask(door, String(machine.access_token), 'POST', '/api/v2/organizations', { name: 'org' });
  const form = await ask(door, String(machine.access_token), 'POST', '/api/v2/forms', {
    name: 'form',
    nodes: [],
    start: {},
    ending: {},
  });
  const [connection] = (await ask(door, String(machine.access_token), 'GET', '/api/v2/connections')) as unknown as {
    id: string;
  }[];
  for (const strategy of ['sms', 'email']) {
    const enabled = { name: strategy, strategy, enabled_clients: ['all'] };
    await ask(door, String(machine.access_token), 'POST', '/api/v2/connections', enabled);
  }
  const account = await signedIn.open('/u/account');
  const ticket = (await ask(door, String(machine.access_token), 'POST', '/api/v2/guardian/enrollments/ticket', {
    user_id: plain.id,
  })) as { ticket_id?: string };
  const first = { offset: 0, limit: 1 };
  const session = (await store.sessions.ofUser(tenant.id, plain.id, first)).records[0]?.id;
  const token = (await store.refreshTokens.ofUser(tenant.id, plain.id, { page: first })).records[0]?.id;
  const values: Record<string, string> = {
    code: again.url.searchParams.get('code') ?? '',
    usedCode: offline.page.url.searchParams.get('code') ?? '',
    accessToken: String(tokens.access_token),
    idToken: String(tokens.id_token),
    refreshToken: String(tokens.refresh_token),
    mfaToken: String(mfa.mfa_token),
    machineToken: String(machine.access_token),
    requestUri: String((pushed as { request_uri?: string }).request_uri),
    user: plain.id,
    otpUser: otp.id,
    bothUser: both.id,
    client: 'all',
    spa: 'spa',
    connection: connection?.id ?? '',
    connectionName: CONNECTION,
    action: String(action.id),
    role: String(role.id),
    organization: String(organization.id),
    form: String(form.id),
    session: session ?? '',
    token: token ?? '',
    api: 'api',
    audience: API,
    callback: CALLBACK,
    email: 'plain@example.com',
    grant: GRANTS[6] ?? '',
    scope: 'openid profile email offline_access',
    trigger: 'post-login',
    kid: (await store.signingKeys.list(tenant.id))[0]?.id ?? '',
    tenant: tenant.id,
    account: /name="state" value="([^"]+)"/.exec(account.html)?.[1] ?? '',
    ticket: ticket.ticket_id ?? '',
  };
  const [login, challenge, picker] = [await open(), await to('otp'), await to('both')];
  for (const [name, { page }] of Object.entries({ login, challenge, picker })) {
    values[name] = page.url.searchParams.get('state') ?? '';
  }
  for (const [name, value] of Object.entries(values)) {
    if (value === '' || value === 'undefined') throw new Error(`nothing is known of ${name}`);
  }
  const bearers = ['usedCode', 'refreshToken', 'mfaToken', 'machineToken', 'accessToken', 'idToken', 'login'];
  return {
    values,
    secrets: [PASSWORD, SECRET, ...bearers.map((name) => values[name] ?? '')],
    pages: { login, challenge, picker },
    signedIn,
  };
}

async function ask(
  door: FrontDoor,
  token: string,
  method: string,
  path: string,
  body?: Json,
): Promise<{ id?: string }> {
  const response = await door.app.request(door.site + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await response.json()) as { id?: string };
}

const authorizeFields = (more: Record<string, string> = {}): Record<string, string> => ({
  client_id: 'spa',
  redirect_uri: CALLBACK,
  response_type: 'code',
  scope: 'openid profile email',
  state: 'a state',
  nonce: 'a nonce',
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
  ...more,
});

const linkFields = (): Record<string, string> => ({
  ...authorizeFields({ client_id: 'all' }),
  connection: 'email',
  email: 'plain@example.com',
  verification_code: '000000',
});

function rows({ site }: FrontDoor, { values: v, pages, signedIn }: Live): Wire[] {
  const own: Pairs = [['origin', site]];
  const cookies = ({ cookies: jar }: PlainBrowser): Pairs => [
    ['cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; ')],
  ];
  const get = (path: string, query: Record<string, string> = {}, headers: Pairs = []): Wire => ({
    name: `GET ${path}`,
    method: 'GET',
    path,
    query: Object.entries(query),
    headers,
  });
  const form = (path: string, fields: Record<string, string>, headers: Pairs = []): Wire => ({
    name: `POST ${path} ${fields.grant_type ?? ''}`,
    method: 'POST',
    path,
    query: [],
    headers,
    body: { as: 'form', fields: Object.entries(fields) },
  });
  const json = (path: string, value: Json, headers: Pairs = [], method = 'POST'): Wire => ({
    name: `${method} ${path}`,
    method,
    path,
    query: [],
    headers,
    body: { as: 'json', value },
  });
  const bearer = (token = ''): Pairs => [['authorization', `Bearer ${token}`]];
  const asAll = { client_id: 'all', client_secret: SECRET };
  const token = (fields: Record<string, string>) => form('/oauth/token', { ...asAll, ...fields });
  const screen = (at: keyof Live['pages'], fields: Record<string, string>): Wire[] => {
    const { page, browser } = pages[at];
    const state = { state: v[at] ?? '' };
    return [
      get(page.url.pathname, state, cookies(browser)),
      {
        ...form(page.url.pathname, { ...state, ...fields }, [...own, ...cookies(browser)]),
        query: Object.entries(state),
      },
    ];
  };
  return [
    get('/authorize', authorizeFields()),
    get('/authorize', authorizeFields({ prompt: 'none', response_mode: 'web_message' }), cookies(signedIn)),
    get('/authorize', authorizeFields({ client_id: 'all', response_type: 'code id_token token' }), cookies(signedIn)),
    get('/authorize', { client_id: 'all', request_uri: v.requestUri ?? '' }, cookies(signedIn)),
    form('/authorize', authorizeFields({ response_mode: 'form_post' }), cookies(signedIn)),
    get('/authorize/resume', { state: v.login ?? '' }, cookies(pages.login.browser)),
    form('/oauth/par', { ...asAll, ...authorizeFields({ client_id: 'all' }) }),
    token({ grant_type: 'authorization_code', code: v.code ?? '', redirect_uri: CALLBACK, code_verifier: VERIFIER }),
    token({ grant_type: 'refresh_token', refresh_token: v.refreshToken ?? '', scope: 'openid' }),
    token({ grant_type: 'client_credentials', audience: API }),
    token({ grant_type: 'password', username: 'plain@example.com', password: PASSWORD, scope: 'openid' }),
    token({
      grant_type: `${AUTH0}password-realm`,
      username: 'plain@example.com',
      password: PASSWORD,
      realm: CONNECTION,
    }),
    token({ grant_type: `${AUTH0}mfa-otp`, mfa_token: v.mfaToken ?? '', otp: '000000' }),
    token({ grant_type: `${AUTH0}mfa-oob`, mfa_token: v.mfaToken ?? '', oob_code: 'Fe26', binding_code: '000000' }),
    token({ grant_type: `${AUTH0}mfa-recovery-code`, mfa_token: v.mfaToken ?? '', recovery_code: 'A'.repeat(24) }),
    token({ grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: v.code ?? '' }),
    token({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: 'from elsewhere',
      subject_token_type: 'urn:example:elsewhere',
      audience: API,
    }),
    json('/oauth/token', { ...asAll, grant_type: 'client_credentials', audience: API }),
    form('/oauth/revoke', { ...asAll, token: v.refreshToken ?? '' }),
    json('/oauth/revoke', { ...asAll, token: v.usedCode ?? '' }),
    form('/oauth/device/code', { ...asAll, scope: 'openid', audience: API }),
    get('/activate', { user_code: 'BCDF-GHJK' }),
    form('/activate', { user_code: 'BCDF-GHJK', action: 'default' }, own),
    get('/userinfo', {}, bearer(v.accessToken)),
    form('/userinfo', { access_token: v.accessToken ?? '' }),
    get('/v2/logout', { client_id: 'all', returnTo: 'https://app.example/out' }),
    get('/oidc/logout', {
      id_token_hint: v.idToken ?? '',
      post_logout_redirect_uri: 'https://app.example/out',
      state: 's',
    }),
    form('/oidc/logout', { id_token_hint: v.idToken ?? '', client_id: 'all' }),
    get('/u/logout', {}, cookies(pages.login.browser)),
    form('/u/logout', { action: 'decline' }, [...own, ...cookies(pages.login.browser)]),
    get('/mfa/authenticators', {}, bearer(v.mfaToken)),
    json('/mfa/associate', { authenticator_types: ['otp'] }, bearer(v.mfaToken)),
    json(
      '/mfa/associate',
      { authenticator_types: ['oob'], oob_channels: ['sms'], phone_number: '+447700900123' },
      bearer(v.mfaToken),
    ),
    json('/mfa/challenge', { ...asAll, mfa_token: v.mfaToken ?? '', challenge_type: 'otp oob' }),
    json('/dbconnections/signup', {
      client_id: 'all',
      connection: CONNECTION,
      email: 'new@example.com',
      password: 'A long enough 1!',
      user_metadata: { a: 'b' },
    }),
    json('/dbconnections/change_password', { client_id: 'all', connection: CONNECTION, email: 'plain@example.com' }),
    json('/passwordless/start', { client_id: 'all', connection: 'sms', phone_number: '+447700900123', send: 'code' }),
    form('/passwordless/start', { ...asAll, connection: 'email', email: 'a@example.com', 'authParams[state]': 's' }),
    get('/passwordless/start', { client_id: 'all', connection: 'email', email: 'b@example.com', send: 'code' }),
    json('/passwordless/verify', { ...asAll, connection: 'sms', username: '+447700900123', password: '000000' }),
    token({ grant_type: `${AUTH0}passwordless/otp`, username: '+447700900123', otp: '000000', realm: 'sms' }),
    get('/passwordless/verify_redirect', linkFields()),
    { ...form('/passwordless/verify-redirect', { action: 'default' }, own), query: Object.entries(linkFields()) },
    ...screen('login', { username: 'plain@example.com', password: 'a guess', action: 'default' }),
    ...screen('challenge', { code: '000000', action: 'default' }),
    ...screen('picker', { action: 'otp' }),
    get('/mfa/enrollment', { ticket: v.ticket ?? '' }),
    ...accountRows(
      (path, query) => get(path, query, cookies(signedIn)),
      (path, fields) => form(path, { state: v.account ?? '', ...fields }, [...own, ...cookies(signedIn)]),
    ),
    get('/u/unblock', { ticket: v.code ?? '' }),
    form('/u/unblock', { ticket: v.code ?? '' }, own),
    get('/continue', { state: v.challenge ?? '' }, cookies(pages.challenge.browser)),
    form('/continue', { state: v.challenge ?? '', token: v.idToken ?? '' }, cookies(pages.challenge.browser)),
    ...managementRows(v, (method, path, value) => json(path, value, bearer(v.machineToken), method)),
    get(
      '/api/v2/users',
      {
        q: 'email:"plain@example.com" AND blocked:false',
        page: '0',
        per_page: '5',
        include_totals: 'true',
        sort: 'created_at:1',
        fields: 'user_id,email',
      },
      bearer(v.machineToken),
    ),
    get('/api/v2/logs', { q: 'type:s', from: '', take: '5' }, bearer(v.machineToken)),
    get('/api/v2/logs', { page: '0', per_page: '3', sort: 'date:-1', include_totals: 'true' }, bearer(v.machineToken)),
    get('/api/v2/actions/executions', { from: '0', take: '3' }, bearer(v.machineToken)),
    get(
      '/api/v2/messages',
      { to: '+447700900123', state: 'failed', channel: 'sms', page: '1' },
      bearer(v.machineToken),
    ),
  ];
}

type Row = (path: string, values?: Record<string, string>) => Wire;

function accountRows(get: Row, form: Row): Wire[] {
  const id = 'dev_AAAAAAAAAAAAAAAA';
  return [
    get('/u/account', { done: 'factor-named' }),
    form('/u/account', { action: 'add' }),
    form('/u/account', { action: `remove::${id}` }),
    get('/u/account-add-factor'),
    form('/u/account-add-factor', { action: 'otp' }),
    get('/u/account-name-factor', { id }),
    form('/u/account-name-factor', { action: 'default', nickname: 'a name' }),
    get('/u/account-remove-factor', { id }),
    form('/u/account-remove-factor', { action: 'default' }),
    get('/u/account-recovery-code'),
    form('/u/account-recovery-code', { action: 'default' }),
    get('/u/account-history', { page: '1' }),
    get('/u/account-sessions', { done: 'session-ended' }),
    form('/u/account-sessions', { action: 'end-others' }),
    form('/u/account-sessions', { action: 'forget::a-device' }),
  ];
}

function managementRows(v: Live['values'], row: (method: string, path: string, value: Json) => Wire): Wire[] {
  const user = encodeURIComponent(v.user ?? '');
  const profile = { email_verified: true, user_metadata: { a: { b: [1] } }, app_metadata: { c: null }, blocked: false };
  return [
    row('POST', '/api/v2/users', {
      connection: CONNECTION,
      email: 'made@example.com',
      password: 'A long enough 1!',
      ...profile,
    }),
    row('PATCH', `/api/v2/users/${user}`, { ...profile, given_name: 'Ana', picture: 'https://app.example/p.png' }),
    row('POST', `/api/v2/users/${user}/roles`, { roles: [v.role ?? ''] }),
    row('POST', `/api/v2/users/${user}/identities`, { provider: 'auth0', user_id: v.otpUser?.slice(6) ?? '' }),
    row('POST', `/api/v2/users/${user}/authentication-methods`, {
      type: 'phone',
      name: 'n',
      phone_number: '+447700900123',
    }),
    row('POST', `/api/v2/users/${user}/authentication-methods`, {
      type: 'passkey',
      key_id: 'AAECAwQFBgcICQoLDA0ODw',
      public_key: 'pQECAyYgASFYIA==',
      relying_party_identifier: 'example.com',
      credential_device_type: 'multi_device',
      credential_backed_up: true,
      transports: ['internal'],
    }),
    row('POST', '/api/v2/guardian/enrollments/ticket', {
      user_id: v.user ?? '',
      email: 'a@example.com',
      send_mail: true,
      email_locale: 'ja',
      factor: 'otp',
      allow_multiple_enrollments: true,
    }),
    row('PUT', '/api/v2/guardian/factors/webauthn-roaming/settings', {
      userVerification: 'required',
      overrideRelyingParty: false,
    }),
    row('PUT', '/api/v2/guardian/factors/webauthn-platform/settings', { overrideRelyingParty: true }),
    row('PUT', '/api/v2/guardian/factors/duo/settings', { ikey: 'i', skey: 's', host: 'h' }),
    row('PUT', `/api/v2/users/${user}/authentication-methods`, [{ type: 'totp', totp_secret: 'JBSWY3DPEHPK3PXP' }]),
    row('POST', '/api/v2/clients', {
      name: 'c',
      app_type: 'regular_web',
      callbacks: [CALLBACK],
      grant_types: ['authorization_code', 'refresh_token'],
      refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring', leeway: 3, token_lifetime: 1000 },
      jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 100 },
    }),
    row('PATCH', '/api/v2/clients/spa', {
      description: 'd',
      web_origins: ['https://app.example'],
      client_metadata: { a: 'b' },
    }),
    row('POST', '/api/v2/connections', {
      name: 'phones',
      strategy: 'sms',
      options: {
        provider: 'sms_gateway',
        gateway_url: 'https://sms.example/',
        gateway_authentication: { method: 'bearer', subject: 's', audience: 'a', secret: 'k' },
        template: '{{ code }} {% if code %}!{% endif %}',
        syntax: 'liquid',
        totp: { time_step: 60, length: 6 },
        forward_req_info: 'true',
      },
      enabled_clients: ['spa'],
    }),
    row('POST', '/api/v2/client-grants', { client_id: 'web', audience: API, scope: ['read:things'] }),
    row('POST', '/api/v2/resource-servers', {
      identifier: 'urn:a',
      name: 'n',
      scopes: [{ value: 'r', description: 'd' }],
      signing_alg: 'HS256',
    }),
    row('POST', '/api/v2/roles', { name: 'r', description: 'd' }),
    row('POST', '/api/v2/log-streams', {
      name: 's',
      type: 'http',
      sink: {
        httpEndpoint: 'https://logs.example/in',
        httpContentFormat: 'JSONARRAY',
        httpCustomHeaders: [{ header: 'x-a', value: 'b' }],
      },
      filters: [{ type: 'category', name: 'auth.login.fail' }],
      pii_config: { log_fields: ['email'], method: 'hash', algorithm: 'xxhash' },
      startFrom: '2026-01-01T00:00:00Z',
    }),
    row('PATCH', '/api/v2/log-streams/lst_0000000000000000', { status: 'paused', sink: { datadogRegion: 'us' } }),
    row('PATCH', '/api/v2/branding', {
      colors: {
        primary: '#0059d6',
        page_background: { type: 'linear-gradient', start: '#000', end: '#fff', angle_deg: 35 },
      },
      logo_url: 'https://app.example/l.png',
      favicon_url: 'https://app.example/i.ico',
      font: { url: 'https://app.example/f.woff2' },
    }),
    row('PUT', '/api/v2/branding/templates/universal-login', {
      template:
        '<html><head>{%- auth0:head -%}</head><body>{{ tenant.name | upcase }}{%- auth0:widget -%}</body></html>',
    }),
    row('POST', '/api/v2/organizations', {
      name: 'o',
      display_name: 'O',
      branding: { logo_url: 'https://app.example/l.png' },
    }),
    row('PATCH', `/api/v2/organizations/${v.organization}`, { display_name: 'O', metadata: { a: 'b' } }),
    row('POST', `/api/v2/organizations/${v.organization}/members`, { members: [v.user ?? ''] }),
    row('POST', `/api/v2/organizations/${v.organization}/enabled_connections`, {
      connection_id: v.connection ?? '',
      assign_membership_on_login: true,
    }),
    row('POST', `/api/v2/organizations/${v.organization}/connections`, {
      connection_id: v.connection ?? '',
      organization_access_level: 'none',
      is_enabled: true,
    }),
    row('POST', `/api/v2/organizations/${v.organization}/clients`, {
      clients: [{ client_id: 'all', use_for_member_access: true }],
    }),
    row('POST', `/api/v2/organizations/${v.organization}/discovery-domains`, { domain: 'd.example' }),
    row('POST', `/api/v2/roles/${v.role}/permissions`, {
      permissions: [{ resource_server_identifier: API, permission_name: 'read:things' }],
    }),
    row('POST', `/api/v2/organizations/${v.organization}/invitations`, {
      client_id: 'all',
      inviter: { name: 'Ana' },
      invitee: { email: 'invited@example.com' },
      send_invitation_email: false,
    }),
    row('PATCH', `/api/v2/connections/${v.connection}`, {
      options: { passwordPolicy: 'good', password_complexity_options: { min_length: 9 } },
    }),
    row('PATCH', '/api/v2/tenants/settings', { friendly_name: 'n', session_lifetime: 10, idle_session_lifetime: 1 }),
    row('PUT', '/api/v2/guardian/policies', ['all-applications']),
    row('PUT', '/api/v2/guardian/factors/sms', { enabled: true }),
    row('POST', '/api/v2/actions/actions', {
      name: 'a',
      code: 'exports.onExecutePostLogin = async () => {};',
      supported_triggers: [{ id: 'post-login', version: 'v3' }],
      secrets: [{ name: 's', value: 'v' }],
    }),
    row('PATCH', `/api/v2/actions/actions/${v.action}`, {
      code: 'exports.onExecutePostLogin = async () => { /* */ };',
    }),
    row('PATCH', '/api/v2/actions/triggers/post-login/bindings', {
      bindings: [{ ref: { type: 'action_id', value: v.action ?? '' }, display_name: 'a' }],
    }),
    row('POST', '/api/v2/actions/modules', { name: 'm', code: 'module.exports = 1;' }),
    row('PATCH', '/api/v2/attack-protection/brute-force-protection', {
      enabled: true,
      max_attempts: 5,
      shields: ['block'],
    }),
    row('PATCH', '/api/v2/attack-protection/message-spend', {
      per_number: { hour: 5, day: null },
      per_day: { sms: 100 },
      countries: { sms: { allow: ['+44'], deny: ['+1876'] } },
      alert_at: 0.5,
    }),
    row('POST', '/api/v2/forms', { name: 'f', nodes: [], start: {}, ending: {} }),
    row('POST', '/api/v2/groups', { name: 'g' }),
    row('POST', '/api/v2/token-exchange-profiles', {
      name: 'p',
      subject_token_type: 'urn:example:elsewhere',
      action_id: v.action ?? '',
      type: 'custom_authentication',
    }),
    row('POST', '/api/v2/tickets/password-change', {
      user_id: v.user ?? '',
      result_url: 'https://app.example/',
      ttl_sec: 60,
    }),
    row('POST', '/api/v2/tickets/email-verification', { user_id: v.user ?? '', result_url: 'https://app.example/' }),
    row('POST', '/api/v2/jobs/verification-email', { user_id: v.user ?? '' }),
  ];
}

/** Which of the known values stands for a parameter of a path. */
const PARAMETERS: Record<string, string> = {
  users: 'user',
  clients: 'client',
  connections: 'connection',
  organizations: 'organization',
  roles: 'role',
  actions: 'action',
  forms: 'form',
  sessions: 'session',
  'refresh-tokens': 'token',
  'resource-servers': 'api',
  triggers: 'trigger',
  signing: 'kid',
  members: 'user',
  tenants: 'tenant',
};

/** A bare request for each address that has no row. */
function others({ app }: FrontDoor, { values }: Live, known: readonly Wire[]): Wire[] {
  const seen = new Set(known.map(({ method, path }) => `${method} ${path}`));
  return app.routes
    .filter(({ method, path }) => method !== 'ALL' && !path.includes('*'))
    .map(({ method, path }): Wire => {
      const segments = path.split('/');
      const filled = segments.map((each, at) => {
        if (!each.startsWith(':')) return each;
        const name = PARAMETERS[segments[at - 1] ?? ''];
        return encodeURIComponent((name === undefined ? undefined : values[name]) ?? 'default');
      });
      return {
        name: `${method} ${path}`,
        method,
        path: filled.join('/'),
        query: [],
        headers: [['authorization', `Bearer ${values.machineToken}`]],
        ...(method === 'GET' || method === 'DELETE' ? {} : { body: { as: 'json', value: {} } }),
      };
    })
    .filter(({ method, path }) => !seen.has(`${method} ${path}`) && seen.add(`${method} ${path}`));
}
