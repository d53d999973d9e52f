// `sallyport logs` as its user has it: what a real Sallyport tells of logins by HTTP, past and as they happen, also when it was
// away for a while; and what Auth0 tells.
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { runCommand } from '#server/cli/run-command.ts';
import { readEvents } from '#server/cli/server-sent-events.ts';
import { type KeptTerminal, keptTerminal } from '#test/kit/terminal.ts';
import { openStandIn } from './auth0-stand-in.ts';
import { openTenant, type ServedTenant, typed } from './open-tenant.ts';

const PASSWORD = 'correct horse battery 1!';
const GRANT = 'http://auth0.com/oauth/grant-type/password-realm';
const CODE = `exports.onExecutePostLogin = async (event, api) => {
  console.log('hello', event.user.email, '\\u001b[31mred');
  if (event.user.email.startsWith('ben')) throw new Error('not today');
  api.idToken.setCustomClaim('https://x/a', 1);
};`;

let tenant: ServedTenant;
let client: { client_id: string; client_secret: string };
let ana: string;
beforeAll(async () => {
  tenant = await openTenant();
  const { call } = tenant.remote;
  client = await call('POST', '/clients', { name: 'app', grant_types: ['password', GRANT] });
  for (const email of ['ben@example.com', 'ana@example.com']) {
    const user = { connection: 'Username-Password-Authentication', email, password: PASSWORD };
    ana = (await call<{ user_id: string }>('POST', '/users', user)).user_id;
  }
  const made = await call<{ id: string }>('POST', '/actions/actions', {
    name: 'greets',
    code: CODE,
    supported_triggers: [{ id: 'post-login' }],
  });
  const isBuilt = async () => (await call<{ status: string }>('GET', `/actions/actions/${made.id}`)).status === 'built';
  await vi.waitUntil(isBuilt, { timeout: 30_000 });
  await call('POST', `/actions/actions/${made.id}/deploy`);
  const bindings = [{ ref: { type: 'action_name', value: 'greets' } }];
  await call('PATCH', '/actions/triggers/post-login/bindings', { bindings });
  await signIn('ana');
  await signIn('ben');
  await signIn('ana', 'wrong');
});
afterAll(() => tenant.close());

async function signIn(who: string, password = PASSWORD): Promise<void> {
  const { client_id, client_secret } = client;
  const realm = 'Username-Password-Authentication';
  await fetch(`${tenant.url}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_type: GRANT,
      realm,
      username: `${who}@example.com`,
      password,
      client_id,
      client_secret,
    }),
  });
}

const told = (args: string[], more: Parameters<typeof typed>[1] = {}) =>
  typed(['logs', ...args], { env: tenant.env, ...more });
type Line = { kind: 'run' | 'log'; at: string; type?: string; action_name?: string; user_id?: string; error?: object };
const parsed = (out: string): Line[] =>
  out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);

describe('what was', () => {
  test('in words, in order, and nothing in it steers the terminal', async () => {
    const { code, out, err } = await told([]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\d \(UTC\)$/);
    expect(lines[1]).toMatch(/^\d\d:\d\d:\d\dZ run +greets v1 +[\d.]+ ms {2}auth0\|/);
    expect(lines[2]).toMatch(/^ +log +hello ana@example\.com \?\[31mred {2}greets\.js:2:11$/);
    expect(lines[3]).toContain('→ ID token: https://x/a = 1');
    expect(out).toMatch(/✗ Error: not today {2}greets\.js:3:\d+\n/);
    expect(out).toMatch(/ fp +Wrong email or password\. {2}ana@example\.com/);
    expect(out).not.toMatch(/\p{Cc}(?<!\n)/u);
  });

  test('in colours on a terminal', async () => {
    const { out } = await told([], { colours: true });
    expect(out).toContain('\u001b[36mrun');
    expect(out).toContain('\u001b[31mfp');
  });

  test.each<[name: string, args: string[], kinds: string[]]>([
    ['runs', ['--type', 'run'], ['run greets', 'run greets']],
    ['wrong passwords', ['--type', 'fp'], ['fp undefined']],
    ['two kinds', ['--type', 'run', '--type', 'fp'], ['run greets', 'run greets', 'fp undefined']],
    ['one Action', ['--action', 'greets', '--type', 'run', '--type', 'f'], ['run greets', 'run greets', 'f undefined']],
    ['nobody', ['--user', 'auth0|nobody'], []],
    ['a time that is to come', ['--since', '2999-01-01'], []],
  ])('%s alone, as data', async (_name, args, kinds) => {
    const { code, out, err } = await told([...args, '--json']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(parsed(out).map(({ kind, type, action_name }) => `${type ?? kind} ${action_name}`)).toEqual(kinds);
  });

  test('one person, by address', async () => {
    const found = parsed((await told(['--user', 'ana@example.com', '--json'])).out);
    expect(found.length).toBeGreaterThan(1);
    expect(new Set(found.map(({ user_id }) => user_id))).toEqual(new Set([ana]));
  });

  test('nothing is said to be nothing', async () => {
    expect(await told(['--since', '2999-01-01'])).toEqual({ code: 0, out: '', err: 'Nothing in that time.' });
  });

  test.each<[name: string, args: string[], code: number, says: string]>([
    ['a time that is none', ['--since', 'yesterday'], 2, 'expected 30s, 10m, 2h, 7d'],
    ['a date that is none', ['--since', '2026-13-45'], 2, 'expected 30s'],
    ['a type that is none', ['--type', 'F*'], 2, 'expected run, or a type'],
    ['an option that is none', ['--tail'], 2, '--tail'],
    ['no such Action', ['--action', 'nobody'], 1, 'the tenant has no Action "nobody"'],
    ['no such person', ['--user', 'no@example.com'], 1, 'the tenant has no user "no@example.com"'],
  ])('%s', async (_name, args, code, says) => {
    const refused = await told(args);
    expect(refused.code).toBe(code);
    expect(refused.err).toContain(says);
  });

  test('a token that may not read the log', async () => {
    const token = await tenant.token('read:actions');
    const refused = await told([], { env: { SALLYPORT_URL: tenant.url, SALLYPORT_TOKEN: token } });
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('the token lacks read:logs') });
  });
});

describe('what happens', () => {
  const running: { terminal: KeptTerminal; ending: Promise<number> }[] = [];
  afterEach(async () => {
    for (const { terminal, ending } of running.splice(0)) {
      terminal.end();
      await ending;
    }
  });
  function follow(args: string[], env = tenant.env) {
    const terminal = keptTerminal({ env });
    const ending = runCommand(['logs', '--follow', ...args], terminal);
    running.push({ terminal, ending });
    return { terminal, ending };
  }
  const patient = { timeout: 30_000, interval: 50 };

  test('is told as it happens, also after the server was away, each thing once', async () => {
    const { terminal, ending } = follow(['--json', '--type', 'run', '--type', 'fp']);
    const lines = () => parsed(terminal.said.out.join('\n')).map(({ kind, type }) => type ?? kind);
    // When it begins to listen nobody is told, so it happens until it is heard.
    const linesAfter = (who: string, password?: string) => async () => {
      await signIn(who, password);
      return lines();
    };
    const again = { ...patient, interval: 500 };
    await expect.poll(linesAfter('ben', 'wrong'), again).toContain('fp');
    await expect.poll(linesAfter('ana'), again).toContain('run');

    await tenant.leave();
    await expect.poll(() => terminal.said.err.join('\n'), patient).toContain('Trying again …');
    await tenant.comeBack();
    const runs = () => lines().filter((kind) => kind === 'run').length;
    const before = runs();
    await signIn('ana');
    await expect.poll(runs, patient).toBe(before + 1);
    await expect.poll(() => terminal.said.err.join('\n'), patient).toContain('It answers again.');

    terminal.end();
    expect(await ending).toBe(0);
    expect(new Set(terminal.said.out).size).toBe(terminal.said.out.length);
  });

  test('begins with the past where that is asked for', async () => {
    const { terminal } = follow(['--since', '1h', '--type', 'run']);
    await expect.poll(() => terminal.said.err.join('\n'), patient).toContain('Following');
    expect(terminal.said.out.filter((line) => line.includes('greets v1')).length).toBeGreaterThan(1);
  });
});

describe('at Auth0', () => {
  const line = (log_id: string, type: string, description: string) => ({
    log_id,
    date: new Date().toISOString(),
    type,
    description,
    user_id: 'auth0|1',
  });

  test('lines of the log, and a word about what is missing', async () => {
    const auth0 = await openStandIn();
    auth0.logs.push(line('1', 'seacft', 'an exchange'), line('2', 'f', 'denied'));
    const env = { SALLYPORT_URL: auth0.url, SALLYPORT_CLIENT_ID: 'me', SALLYPORT_CLIENT_SECRET: 'right' };
    const past = await typed(['logs'], { env });
    expect(past.code).toBe(0);
    expect(past.out).toContain('denied');
    expect(past.out).not.toContain('an exchange');
    expect(past.err).toContain('Auth0 tells nothing of what Actions print and command');

    auth0.instead.set('/api/v2/logs', [
      { status: 200, body: auth0.logs.slice(-1) },
      { status: 200, body: [line('3', 'w', 'just now')] },
    ]);
    const terminal = keptTerminal({ env });
    const ending = runCommand(['logs', '-f'], terminal);
    await expect.poll(() => terminal.said.out.join('\n'), { timeout: 30_000 }).toContain('just now');
    terminal.end();
    expect(await ending).toBe(0);
    expect(terminal.said.out.join('\n')).not.toContain('denied');
    await auth0.close();
  });
});

describe('server-sent events', () => {
  const read = async (...chunks: string[]) => {
    const bytes = (async function* () {
      for (const chunk of chunks) yield new TextEncoder().encode(chunk);
    })();
    return Array.fromAsync(readEvents(bytes));
  };
  test.each<[name: string, chunks: string[], events: { event: string; data: string }[]]>([
    ['one', ['event: run\ndata: {}\n\n'], [{ event: 'run', data: '{}' }]],
    ['a comment', [': ping\n\n'], []],
    ['cut anywhere', ['ev', 'ent: run\r', '\ndata: a', 'b\r\n\r\n'], [{ event: 'run', data: 'ab' }]],
    [
      'of several lines',
      ['data: a\ndata:b\n\ndata: c\n\n'],
      [
        { event: 'message', data: 'a\nb' },
        { event: 'message', data: 'c' },
      ],
    ],
    ['that never ends', ['event: run\ndata: a\n'], []],
  ])('%s', async (_name, chunks, events) => {
    expect(await read(...chunks)).toEqual(events);
  });
});
