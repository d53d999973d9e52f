// `sallyport replay` as its user has it: a tenant with recorded logins that answers by HTTP, a project in a folder, what is
// printed and how it exits.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '#server/cli/run-command.ts';
import { type KeptTerminal, keptTerminal } from '#test/kit/terminal.ts';
import { type Office, openOffice } from '../management/office.ts';

const script = (body: string) => `exports.onExecutePostLogin = async (event, api) => { ${body} };`;

let office: Office;
let server: Server;
let url: string;
let token: string;
let folder: string;

/** Whoever asks by this address asks the tenant of the office. */
async function listen(): Promise<void> {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', headers } = request;
    const answer = await office.door.app.request(`${office.tenant.baseUrl}${request.url}`, {
      method,
      headers: { 'content-type': 'application/json', authorization: headers.authorization ?? '' },
      ...(method === 'GET' ? {} : { body: Buffer.concat(chunks) }),
    });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  office = await openOffice();
  await listen();
  token = await office.token(office.tenant, ['create:actions', 'read:actions']);
  folder = await mkdtemp(join(tmpdir(), 'replay-'));
  await office.send('PATCH', '/api/v2/tenants/settings', { record_logins: true });
  const { house, browser, signIn } = office.door;
  await house.bind(script(`api.idToken.setCustomClaim('https://x/a', 1);`));
  // The clock of the house stands in January 2026.
  for (const who of ['ana', 'ben', 'cleo']) {
    await house.user(who, ['otp']);
    await signIn(browser(), who);
  }
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await office.close();
  await rm(folder, { recursive: true });
});

async function project(body: string, more: object = {}): Promise<string> {
  const at = await mkdtemp(join(folder, 'project-'));
  await mkdir(join(at, 'actions'));
  await writeFile(join(at, 'sallyport.json'), JSON.stringify({ tenant: 'try', ...more }));
  await writeFile(join(at, 'actions', 'action-1.ts'), body);
  return at;
}

const PERIOD = ['--since', '2026-01-01', '--until', '2026-02-01'];
async function run(
  args: string[],
  cwd = folder,
  env: Record<string, string> = { SALLYPORT_URL: url, SALLYPORT_TOKEN: token },
) {
  const terminal: KeptTerminal = keptTerminal({ cwd, env });
  const code = await runCommand(['replay', ...args], terminal);
  return {
    code,
    out: terminal.said.out.join('\n'),
    err: terminal.said.err.join('\n'),
    progress: terminal.said.progress,
  };
}

describe('what changes, in words and as JSON', () => {
  test('the project of the folder: a count of each kind, and each login', async () => {
    const cwd = await project(
      `import type {} from 'node:fs';\nexports.onExecutePostLogin = async (event: any, api: any) => {
        if (event.user.name === 'ana') api.access.deny('Never\u001b[31m.');
        else api.idToken.setCustomClaim('https://x/a', event.user.name === 'ben' ? 2 : 1);
      };`,
      { bindings: ['action-1'] },
    );
    const { code, out, err, progress } = await run(PERIOD, cwd);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('3 logins, 2026-01-01 00:00 to 2026-02-01 00:00');
    expect(out).toMatch(/^ +1 {2}denied now$/m);
    expect(out).toMatch(/^ +1 {2}other claims$/m);
    expect(out).toMatch(/^ +1 {2}run as before$/m);
    expect(out).toMatch(/action-1 {2}denied now: Never/);
    expect(out).toMatch(/other claims: \{"idToken https:\/\/x\/a":1\} → \{"idToken https:\/\/x\/a":2\}$/m);
    expect(out).not.toContain('\u001b');
    expect(progress).toEqual(['Reaching the tenant …', `Replaying at ${url} …`, '']);
    expect((await run([...PERIOD, '--fail-on-change'], cwd)).code).toBe(1);
    const json = await run([...PERIOD, '--json'], cwd);
    expect(JSON.parse(json.out)).toMatchObject({
      logins: 3,
      logins_changed: 2,
      changed: { denied: 1, claims_changed: 1 },
      same: 1,
      complete: true,
      changes: [{ change: 'claims_changed' }, { change: 'denied' }],
    });
    const one = await run([...PERIOD, '--limit', '1'], cwd);
    expect([one.code, one.out]).toEqual([0, expect.stringContaining('There are older logins of this time')]);
  });

  test('nothing changes: done, also for who fails on changes; what nothing binds is told', async () => {
    const cwd = await project(script(`const one = 1; api.idToken.setCustomClaim('https://x/a', one);`));
    expect(await run([...PERIOD, '--fail-on-change', '--action', 'action-1'], cwd)).toMatchObject({ code: 0, err: '' });
    await writeFile(join(cwd, 'actions', 'other.js'), script(''));
    const { code, err } = await run(PERIOD, cwd);
    expect([code, err]).toEqual([0, expect.stringContaining('Warning: nothing binds other; name it in bindings')]);
  });

  test('drafts of the tenant, in place of a project', async () => {
    const { body } = await office.send('GET', '/api/v2/actions/actions?actionName=action-1');
    const [{ id }] = (body as unknown as { actions: [{ id: string }] }).actions;
    await office.send('PATCH', `/api/v2/actions/actions/${id}`, { code: script(`api.access.deny('Draft.');`) });
    for (const more of [[], ['--draft'], ['--draft', '--action', 'action-1']]) {
      expect(await run([...PERIOD, ...more])).toMatchObject({ code: 0, out: expect.stringMatching(/3 {2}denied now/) });
    }
  });

  test('a time without logins, and what to do', async () => {
    const { code, out, err } = await run(['--since', '1h', '--draft']);
    expect([code, out]).toEqual([0, expect.stringContaining('No login of this time')]);
    expect(err).toContain('record_logins');
  });
});

describe('wrong use and what is away', () => {
  test.each<[string, string[], number, string]>([
    ['a time that is none', ['--since', 'yesterday'], 2, '--since is "yesterday"; expected 7d'],
    ['an end before the beginning', ['--since', '2026-02-01', '--until', '2026-01-01'], 2, '--since must be before'],
    ['a limit that is none', ['--limit', 'all'], 2, '--limit is "all"; expected a number'],
    ['two sources', ['--draft', '--project', '.'], 2, 'two sources of scripts'],
    ['a word too many', ['now'], 2, 'now'],
    ['no project there', ['--project', 'nowhere'], 1, 'the project cannot be read'],
    ['an Action of nobody', ['--draft', '--action', 'nobody'], 1, 'has no Action of post-login named nobody'],
  ])('%s', async (_what, args, code, message) => {
    const failed = await run(args);
    expect([failed.code, failed.out]).toEqual([code, '']);
    expect(failed.err).toContain(message);
  });

  test('a script that does not build, a project without the Action that is meant', async () => {
    const cwd = await project('exports.x = (');
    const failed = await run(PERIOD, cwd);
    expect([failed.code, failed.err]).toEqual([1, expect.stringContaining('drafts[0] failed to build')]);
    const other = await run([...PERIOD, '--action', 'none'], cwd);
    expect([other.code, other.err]).toEqual([1, expect.stringContaining('no Action of post-login named none')]);
  });

  test('a token that may not', async () => {
    const reader = await office.token(office.tenant, ['read:actions']);
    const failed = await run(PERIOD, folder, { SALLYPORT_URL: url, SALLYPORT_TOKEN: reader });
    expect([failed.code, failed.err]).toEqual([1, expect.stringContaining('create:actions')]);
    expect(failed.err).not.toContain(reader);
  });

  test('help tells how, with exit codes', async () => {
    const { code, out } = await run(['--help']);
    expect([code, out]).toEqual([0, expect.stringMatching(/Examples:[\s\S]*Exit codes:/)]);
  });
});
