// `sallyport check` against a real tenant over HTTP, one thing wrong at a time; and against one that answers as Auth0 does.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CheckResult } from '#server/check/checklist.ts';
import { runCommand } from '#server/cli/run-command.ts';
import { keptTerminal } from '#test/kit/terminal.ts';
import { enroll } from '../management/enrolled-people.ts';
import { type Office, openOffice } from '../management/office.ts';

const SCOPES = [
  'read:tenant_settings',
  'read:guardian_factors',
  'read:actions',
  'read:users',
  'read:authentication_methods',
];
const challenge = (type: string) =>
  `exports.onExecutePostLogin = async (event, api) => {\n  api.authentication.challengeWith({ type: '${type}' });\n};`;

let office: Office;
let server: Server;
let url: string;
let token: string;
let ana: string;
let action: string;
/** Answers as Auth0 does: it has neither our field of discovery nor our addresses. */
let asAuth0 = false;

beforeAll(async () => {
  office = await openOffice();
  server = createServer(async (request, response) => {
    const path = request.url ?? '/';
    const { authorization = '' } = request.headers;
    const answer = await office.door.app.request(office.tenant.baseUrl + path, {
      method: request.method ?? 'GET',
      headers: { authorization },
    });
    let text = await answer.text();
    if (asAuth0) text = text.replace('sallyport_management_api', 'something_else');
    const isOurs = asAuth0 && path.startsWith('/api/v2/actions/lockout');
    response.writeHead(isOurs ? 404 : answer.status, { 'content-type': 'application/json' });
    response.end(text);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  token = await office.token(office.tenant, SCOPES);
  const { body } = await office.send('POST', '/api/v2/users', {
    connection: 'Username-Password-Authentication',
    email: 'ana@example.com',
    password: 'correct horse battery 1!',
  });
  ana = String(body.user_id);
  await enroll(office, ana, { type: 'totp', secret: 'JBSWY3DPEHPK3PXP' });
  const made = await office.send('POST', '/api/v2/actions/actions', {
    name: 'otp first',
    supported_triggers: [{ id: 'post-login', version: 'v3' }],
    code: challenge('otp'),
  });
  action = String(made.body.id);
  await deploy();
  await bind(action);
  await put('/api/v2/guardian/factors/otp', { enabled: true });
});
afterAll(async () => {
  server?.close();
  await office?.close();
});

const put = (path: string, body: unknown) => office.send('PUT', path, body);
const patch = (path: string, body: unknown) => office.send('PATCH', path, body);
async function deploy(): Promise<void> {
  await office.built(action);
  expect((await office.send('POST', `/api/v2/actions/actions/${action}/deploy`)).status).toBe(200);
}
const bind = (...ids: string[]) =>
  patch('/api/v2/actions/triggers/post-login/bindings', {
    bindings: ids.map((value) => ({ ref: { type: 'action_id', value } })),
  });

async function check(...args: string[]) {
  const terminal = keptTerminal({ env: { SALLYPORT_TOKEN: token } });
  const code = await runCommand(['check', '--url', url, ...args], terminal);
  return { code, ...terminal.said };
}
/** Items that are not in order, with what was found. */
async function wrong(...args: string[]) {
  const { code, out } = await check('--json', ...args);
  expect(out).toHaveLength(1);
  const { items, ok } = JSON.parse(out[0] ?? '') as { ok: boolean; items: CheckResult[] };
  expect([ok, items.map(({ item }) => item)]).toEqual([
    code === 0,
    ['switch', 'factors', 'enrolled', 'deployed', 'bound', 'version'],
  ]);
  return items
    .filter(({ state }) => state !== 'ok')
    .map(({ item, state, note, findings }) => [
      item,
      state,
      ...findings.map(({ message }) => message),
      ...(state === 'unknown' ? [note] : []),
    ]);
}

test('a tenant with nothing wrong', async () => {
  const { code, out } = await check('--user', 'ana@example.com');
  expect(out).toEqual([
    '✓ 1. Actions may choose factors: customize_mfa_in_postlogin_action is on',
    '✓ 2. factors that Actions name are on: on: otp',
    `✓ 3. users are enrolled in them: ${ana} has totp`,
    '✓ 4. Actions are deployed as they stand: 1 Action',
    '✓ 5. Actions are bound to post-login: otp first',
    '✓ 6. Actions are of the current trigger version: current is v3',
    'Nothing is wrong.',
  ]);
  expect(code).toBe(0);
  expect(await wrong()).toEqual([]);
});

describe('each thing that may be wrong is found, with its remedy', () => {
  type Row = [
    name: string,
    breaks: () => Promise<unknown>,
    mends: () => Promise<unknown>,
    found: string[][],
    args?: string[],
  ];
  const settings = (on: boolean) => patch('/api/v2/tenants/settings', { customize_mfa_in_postlogin_action: on });
  const draft = (change: object) => patch(`/api/v2/actions/actions/${action}`, change);
  const trigger = async (version: string) => {
    await draft({ supported_triggers: [{ id: 'post-login', version }] });
    await deploy();
  };
  test.each<Row>([
    [
      'the switch',
      () => settings(false),
      () => settings(true),
      [
        [
          'switch',
          'wrong',
          'customize_mfa_in_postlogin_action is off: a script that chooses a factor fails its login.',
        ],
      ],
    ],
    [
      'a factor',
      () => put('/api/v2/guardian/factors/otp', { enabled: false }),
      () => put('/api/v2/guardian/factors/otp', { enabled: true }),
      [
        ['factors', 'wrong', 'otp is named and switched off (otp first:2).'],
        ['enrolled', 'wrong', 'otp is switched off: whoever is asked for it is denied. For example ana@example.com.'],
      ],
    ],
    [
      'a draft',
      () => draft({ code: challenge('phone') }),
      async () => {
        await draft({ code: challenge('otp') });
        await deploy();
      },
      [['deployed', 'wrong', 'The draft of otp first is not what is deployed.']],
    ],
    [
      'a binding',
      () => bind(),
      () => bind(action),
      [['bound', 'wrong', 'otp first chooses factors and is not bound.']],
    ],
    [
      'a version',
      () => trigger('v2'),
      () => trigger('v3'),
      [['version', 'wrong', 'otp first is of version v2; current is v3.']],
    ],
    [
      'a user',
      () =>
        office.send('POST', '/api/v2/users', {
          connection: 'Username-Password-Authentication',
          email: 'bob@example.com',
          password: 'correct horse battery 1!',
          user_id: 'bob',
        }),
      () => office.send('DELETE', '/api/v2/users/auth0%7Cbob'),
      [['enrolled', 'wrong', 'auth0|bob has none of what otp first:2 may ask for (otp).']],
      ['--user', 'bob@example.com'],
    ],
  ])('%s', async (_name, breaks, mends, found, args = []) => {
    await breaks();
    try {
      expect(await wrong(...args)).toEqual(found);
    } finally {
      await mends();
    }
    expect(await wrong()).toEqual([]);
  });

  test('nobody', async () => {
    expect(await wrong('--user', 'nobody@example.com')).toEqual([['enrolled', 'wrong', 'There is no such user.']]);
    expect(await wrong('--user', 'auth0|nobody')).toEqual([['enrolled', 'wrong', 'There is no such user.']]);
  });
});

test('what the token may not read is unknown, and the rest is looked at', async () => {
  const before = token;
  token = await office.token(office.tenant, ['read:actions']);
  const { code, out } = await check();
  token = before;
  expect(out.map((line) => line.slice(0, 4))).toEqual(['? 1.', '? 2.', '✓ 3.', '✓ 4.', '✓ 5.', '✓ 6.', 'Noth']);
  expect(out[0]).toContain('read:tenant_settings');
  expect([code, out.at(-1)]).toEqual([0, 'Nothing is wrong; 2 of 6 could not be found out.']);
});

test('Auth0 does not tell who is enrolled in what, but of one user', async () => {
  asAuth0 = true;
  try {
    expect(await wrong()).toEqual([
      ['enrolled', 'unknown', 'Auth0 has no list of who is enrolled in what; ask about one user with --user'],
    ]);
    expect(await wrong('--user', ana)).toEqual([]);
  } finally {
    asAuth0 = false;
  }
});

test.each<[name: string, args: string[], code: number, says: string]>([
  ['a user that is neither id nor address', ['--user', 'ana'], 2, '--user takes an id'],
  ['an option that there is not', ['--fix'], 2, "Unknown option '--fix'"],
  ['a token that is none', ['--token', 'none'], 1, 'does not take the token'],
])('wrong use: %s', async (_name, args, expected, says) => {
  const { code, out, err } = await check(...args);
  expect([code, out]).toEqual([expected, []]);
  expect(err.join('\n')).toContain(says);
});
