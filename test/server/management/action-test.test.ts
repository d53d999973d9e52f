// An Action's draft tried out: it runs for real with its secrets, on an event of the caller's, and nothing follows.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { items, type Json, type Office, openOffice } from './office.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

const CODE = `exports.onExecutePostLogin = async (event, api) => {
  console.warn('for', event.user.email, event.secrets.KEY);
  if (event.user.email === 'fails') throw new TypeError('no stock of ' + event.secrets.KEY);
  if (event.user.email === 'asks') api.authentication.challengeWith({ type: 'otp' });
  if (event.user.email === 'denied') api.access.deny('not today');
  api.idToken.setCustomClaim('plan', 'gold');
};`;

async function make(more: Record<string, unknown> = {}): Promise<string> {
  const { body } = await office.send('POST', '/api/v2/actions/actions', {
    name: 'tried',
    supported_triggers: [{ id: 'post-login' }],
    code: CODE,
    secrets: [{ name: 'KEY', value: 'hush-hush' }],
    ...more,
  });
  return `/api/v2/actions/actions/${body.id}`;
}

const STATS = { duration_ms: expect.any(Number), cpu_ms: expect.any(Number) };
const logs = (email: string) => [
  { level: 'warn', text: expect.stringMatching(new RegExp(`^for ${email} (?!hush)`)), at: expect.any(String) },
];

test.each<[email: string, payload: object]>([
  ['ana', { commands: [{ name: 'idToken.setCustomClaim', args: ['plan', 'gold'] }], logs: logs('ana'), stats: STATS }],
  [
    'denied',
    {
      commands: [
        { name: 'access.deny', args: ['not today'] },
        { name: 'idToken.setCustomClaim', args: ['plan', 'gold'] },
      ],
      logs: logs('denied'),
      stats: STATS,
    },
  ],
  [
    'fails',
    {
      commands: [],
      logs: logs('fails'),
      error: expect.objectContaining({ id: 'threw', name: 'TypeError', at: expect.stringMatching(/^tried\.js:3:/) }),
      stats: STATS,
    },
  ],
])('an event of %s, as it is or as `event`', async (email, payload) => {
  const path = `${await make()}/test`;
  const event = { user: { email } };
  for (const given of [event, { event }]) {
    const { status, body } = await office.send('POST', path, { payload: given });
    expect([status, body]).toEqual([200, { payload }]);
    expect(JSON.stringify(body)).not.toContain('hush-hush');
  }
});

test('a factor that the tenant does not let Actions choose is told as the failure it would be', async () => {
  const path = `${await make()}/test`;
  const asks = async (isOn: boolean) => {
    await office.send('PATCH', '/api/v2/tenants/settings', { customize_mfa_in_postlogin_action: isOn });
    return (await office.send('POST', path, { payload: { user: { email: 'asks' } } })).body.payload;
  };
  expect(await asks(false)).toMatchObject({ error: { id: 'switch' } });
  expect(await asks(true)).not.toHaveProperty('error');
});

test('nothing of it is kept: no execution, and no event in the log', async () => {
  const path = await make();
  await office.send('POST', `${path}/test`, { payload: { user: { email: 'ana@secret.example' } } });
  expect((await office.send('GET', '/api/v2/actions/executions')).body.executions).toEqual([]);
  const { body } = await office.send('GET', '/api/v2/logs?per_page=100');
  expect(items(body).map(({ description }) => description)).toContain('POST /api/v2/actions/actions/:id/test');
  expect(JSON.stringify(body)).not.toContain('ana@secret.example');
  expect((await office.send('GET', path)).body).not.toHaveProperty('deployed_version');
});

test('Actions of other triggers run by theirs', async () => {
  const code = `exports.onExecuteCredentialsExchange = async (event, api) => {
    api.accessToken.setCustomClaim('tier', event.client.name);
  };`;
  const path = await make({ code, supported_triggers: [{ id: 'credentials-exchange' }] });
  const { body } = await office.send('POST', `${path}/test`, { payload: { client: { name: 'robot' } } });
  expect(body.payload).toMatchObject({ commands: [{ name: 'accessToken.setCustomClaim', args: ['tier', 'robot'] }] });
});

test.each<[what: string, more: Record<string, unknown>, body: unknown, message: RegExp]>([
  ['a draft that cannot be read', { code: 'let x = };' }, { payload: {} }, /failed to build: tried\.js:1:9/],
  ['an event that is none', {}, { payload: { event: 'x' } }, /payload\.event must be an object/],
  ['nothing', {}, {}, /Missing required property: payload/],
])('%s is refused', async (_what, more, body, message) => {
  const { status, body: refused } = await office.send('POST', `${await make(more)}/test`, body);
  expect([status, refused.message]).toEqual([400, expect.stringMatching(message)]);
});

test('an Action that is not there, a reader, and a rehearsal', async () => {
  const path = await make();
  const send = (given: Office['send'], to: string): Promise<{ status: number; body: Json }> =>
    given('POST', to, { payload: {} });
  expect((await send(office.send, '/api/v2/actions/actions/nobody/test')).status).toBe(404);
  expect((await send(await office.as('read:actions'), `${path}/test`)).status).toBe(403);
  expect((await send(office.sendAsNeighbour, `${path}/test`)).status).toBe(404);
  expect((await send(office.send, `${path}/test?dry_run=true`)).body.errorCode).toBe('dry_run_unsupported');
});
