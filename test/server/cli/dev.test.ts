// Tests: `sallyport dev`: a project is served, its people sign in by its pages, each step is told with its scripts and codes,
// and a saved text counts at the next login. One that cannot be built says where and changes nothing.
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DevNews, type DevServer, openDev } from '#server/cli/dev/open-dev.ts';
import { newsAsJson, wordDeployments, wordNews, wordPeople } from '#server/cli/dev/word-news.ts';
import { runCommand } from '#server/cli/run-command.ts';
import { readProject } from '#server/project/read-project.ts';
import { createPlainBrowser } from '#test/kit/plain-browser.ts';
import { keptTerminal } from '#test/kit/terminal.ts';

const root = mkdtempSync(join(tmpdir(), 'sallyport-dev-'));
afterAll(() => rmSync(root, { recursive: true }));

function write(folder: string, path: string, content: string | object): void {
  mkdirSync(dirname(join(root, folder, path)), { recursive: true });
  writeFileSync(join(root, folder, path), typeof content === 'string' ? content : JSON.stringify(content));
}

const PHONE = `exports.onExecutePostLogin = async (event, api) => {
  console.log('hello', event.user.name, event.secrets.GREETING);
  api.authentication.challengeWith({ type: 'phone' });
};
`;
const CLAIM = `import { word } from 'actions:words';
export const onExecutePostLogin = async (event: { stats: unknown }, api: any) => {
  api.idToken.setCustomClaim('https://example.com/word', word);
};
`;
const PROJECT = {
  tenant: 'try-dev',
  bindings: ['phone', 'claim'],
  factors: { sms: true, otp: true },
  settings: { friendly_name: 'My login' },
  actions: { phone: { secrets: ['GREETING'] }, claim: { modules: ['words'] } },
  fixtures: {
    users: {
      ben: { name: 'Ben', factors: ['phone'], app_metadata: { plan: 'free' }, logins_count: 6 },
      eve: { password: 'Eve-listens-at-9-doors', blocked: true },
    },
    organizations: { acme: { members: { ben: ['editor'] } } },
    clients: { shop: { metadata: { tier: 'gold' } } },
    secrets: { phone: { GREETING: 'welcome' } },
  },
};

describe('a project that is served', () => {
  let server: DevServer;
  const news: DevNews[] = [];

  beforeAll(async () => {
    write('served', 'sallyport.json', PROJECT);
    write('served', 'actions/phone.js', PHONE);
    write('served', 'actions/claim.ts', CLAIM);
    write('served', 'modules/words.js', `exports.word = 'first';\n`);
    const read = await readProject(join(root, 'served'));
    if (!read.ok) throw new Error(JSON.stringify(read.faults));
    const { project } = read;
    server = await openDev({
      project,
      port: 0,
      databaseUrl: 'sqlite::memory:',
      env: () => undefined,
      say: (each) => news.push(each),
    });
  });
  afterAll(() => server.close());

  /** What comes after the first `from` pieces of news and is of this kind. */
  async function told<K extends DevNews['kind']>(kind: K, from: number): Promise<Extract<DevNews, { kind: K }>> {
    for (;;) {
      const found = news.slice(from).find((each) => each.kind === kind);
      if (found) return found as Extract<DevNews, { kind: K }>;
      await sleep(5);
    }
  }

  /** Waits for the step that rests in this state. */
  async function stepTo(state: string, from: number) {
    for (;;) {
      const found = news.slice(from).find((each) => each.kind === 'step' && each.told.step.to.state === state);
      if (found?.kind === 'step') return found;
      await sleep(5);
    }
  }

  /** Signs in with the password and, where it is asked for, the code that was told. Gives the last page. */
  async function signIn(name = 'ben') {
    const browser = createPlainBrowser(server.origin);
    const person = server.people.find(({ fixture }) => fixture === name);
    const from = news.length;
    let page = await browser.open('/dev/try/start?prompt=login');
    const answers = { username: person?.email ?? '', password: person?.password ?? '', action: 'default' };
    page = await browser.post(page, answers);
    if (page.url.pathname === '/u/mfa-sms-challenge') {
      const asked = await stepTo('challenging', from);
      const code = asked.told.messages.find(({ channel }) => channel === 'sms')?.code ?? '';
      page = await browser.post(page, { code, action: 'default' });
    }
    return { page, from };
  }

  const lines = (found: DevNews) => wordNews(found, false).join('\n');

  test('has its tenant as the file says', async () => {
    const { store } = server.house.deps;
    const tenant = await store.tenants.find('try-dev');
    expect(tenant).toMatchObject({ friendlyName: 'My login', factors: { sms: true, otp: true, email: false } });
    const id = tenant?.id ?? '';
    const { records: users } = await store.users.list(id, {});
    expect(
      users.map(({ name, blocked, loginsCount, appMetadata }) => ({ name, blocked, loginsCount, appMetadata })),
    ).toEqual(
      expect.arrayContaining([
        { name: 'Ben', blocked: false, loginsCount: 6, appMetadata: { plan: 'free' } },
        { name: 'eve', blocked: true, loginsCount: 0, appMetadata: {} },
      ]),
    );
    expect((await store.organizations.list(id)).records.map(({ name }) => name)).toEqual(['acme']);
    const { records: clients } = await store.clients.list(id);
    expect(clients.find(({ name }) => name === 'shop')?.metadata).toEqual({ tier: 'gold' });
    expect(wordDeployments(server.deployments, false)).toEqual([
      'words v1 is deployed, a module',
      'claim v1 is deployed',
      'phone v1 is deployed',
      'post-login runs phone, then claim.',
    ]);
    expect(wordPeople(server.people)).toEqual([
      '  ben@example.com  Ben-opens-the-gate-1    phone',
      '  eve@example.com  Eve-listens-at-9-doors  no second factor',
    ]);
    const page = await (await fetch(`${server.origin}/dev/try`)).text();
    for (const text of ['My login', 'Ben-opens-the-gate-1', '<code>phone</code> runs after the password']) {
      expect(page).toContain(text);
    }
  });

  test('tells each step of a login, with scripts, codes and claims', async () => {
    const { page, from } = await signIn();
    expect(page).toMatchObject({ status: 200, url: { pathname: '/dev/try/callback' } });
    const asked = await stepTo('challenging', from);
    const [run] = asked.told.results;
    expect(run).toMatchObject({ actionName: 'phone', versionNumber: 1 });
    const { code, to } = asked.told.messages[0] ?? {};
    const said = lines(asked);
    for (const text of ['ben@example.com', 'phone v1', 'log: hello Ben', 'phone.js:2:11', `sms to ${to}: ${code}`]) {
      expect(said).toContain(text);
    }
    expect(said).not.toContain('welcome');
    const done = await stepTo('completed', from);
    expect(lines(done)).toContain('ID token: https://example.com/word = "first"');
    expect(newsAsJson(done)).toMatchObject({
      event: 'step',
      person: 'ben@example.com',
      from: 'challenging',
      to: { state: 'completed' },
      runs: [{ action_name: 'claim', version_number: 1 }],
      claims: { id_token: { 'https://example.com/word': 'first' }, access_token: {} },
    });
    expect(JSON.stringify(news)).not.toContain('Ben-opens-the-gate-1');
  });

  test('says what was not taken, and why a login was denied', async () => {
    const browser = createPlainBrowser(server.origin);
    const from = news.length;
    const page = await browser.open('/dev/try/start?prompt=login');
    await browser.post(page, { username: 'ben@example.com', password: 'wrong', action: 'default' });
    while (!news.slice(from).some((each) => lines(each).includes('not taken: '))) await sleep(5);
    await signIn('eve');
    expect(lines(await stepTo('denied', from))).toContain('denied');
  });

  test.each<[name: string, path: string, text: string | object, says: string | RegExp, outcome: string]>([
    [
      'a script that denies',
      'actions/phone.js',
      `exports.onExecutePostLogin = async (event, api) => api.access.deny('closed');\n`,
      'phone v2 is deployed',
      'closed',
    ],
    [
      'a text that cannot be built',
      'actions/phone.js',
      'exports.onExecutePostLogin = async (event api) => {};\n',
      /^phone\.js:1:\d+: .*\nphone was not deployed; the version before goes on running\.$/,
      'closed',
    ],
    ['a text that is whole again', 'actions/phone.js', 'exports.onExecutePostLogin = async () => {};\n', 'v3', 'first'],
    ['a module', 'modules/words.js', `exports.word = 'second';\n`, 'claim v2', 'second'],
    ['TypeScript', 'actions/claim.ts', CLAIM.replace('word);', 'word + "!");'), 'claim v3', 'second!'],
    ['another order', 'sallyport.json', { ...PROJECT, bindings: ['phone'] }, 'post-login runs phone.', 'Ben'],
    ['a file that is no project', 'sallyport.json', '{ "tenant": 7 }', 'stays as it was', 'Ben'],
    [
      'a file that is whole again',
      'sallyport.json',
      { ...PROJECT, bindings: ['phone'] },
      'nothing of it has changed',
      'Ben',
    ],
    [
      'a script that throws',
      'actions/phone.js',
      'exports.onExecutePostLogin = async (event) => {\n  event.nothing.here();\n};\n',
      'v4',
      'Cannot read properties',
    ],
  ])('at the next login it counts: %s', async (_name, path, text, says, outcome) => {
    const from = news.length;
    write('served', path, text);
    const said = lines(await told(says === 'stays as it was' ? 'project-faults' : 'deployments', from));
    if (typeof says === 'string') expect(said).toContain(says);
    else expect(said).toMatch(says);
    expect((await signIn()).page.html).toContain(outcome);
  });

  test('takes in a new script, and people who come later', async () => {
    const from = news.length;
    write('served', 'actions/phone.js', 'exports.onExecutePostLogin = async () => {};\n');
    write('served', 'actions/late.js', `exports.onExecutePostLogin = async (e, api) => api.access.deny('late');\n`);
    const { users } = PROJECT.fixtures;
    const fixtures = { ...PROJECT.fixtures, users: { ...users, fay: { factors: ['otp'] } } };
    write('served', 'sallyport.json', { ...PROJECT, bindings: ['late'], fixtures });
    const { people } = await told('people', from);
    expect(people.map(({ fixture }) => fixture)).toEqual(['ben', 'eve', 'fay']);
    while (!news.slice(from).some((each) => each.kind === 'deployments' && lines(each).includes('late v1')))
      await sleep(5);
    expect((await signIn()).page.html).toContain('late');
  });
});

describe('the command', () => {
  const dev = async (cwd: string, ...args: string[]) => {
    const terminal = keptTerminal({ cwd: join(root, cwd) });
    const ended = runCommand(['dev', ...args], terminal);
    return { terminal, ended };
  };

  test('tells as JSON where it listens, and ends at Ctrl-C with exit code 0', async () => {
    write('small', 'sallyport.json', { tenant: 'small' });
    mkdirSync(join(root, 'small/actions'));
    const { terminal, ended } = await dev('small/actions', '--port', '0', '--json');
    while (terminal.said.out.length === 0) await sleep(10);
    const [first = ''] = terminal.said.out;
    const { event, origin, sign_in: signInAt, people } = JSON.parse(first);
    expect({ event, people }).toEqual({ event: 'listening', people: [] });
    expect((await fetch(signInAt)).status).toBe(200);
    terminal.end();
    expect(await ended).toBe(0);
    await expect(fetch(origin)).rejects.toThrow();
    expect(terminal.said.err).toEqual([]);
  });

  test('says in one line that a port is in use', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    write('small', 'sallyport.json', { tenant: 'small' });
    const { terminal, ended } = await dev('small', '--port', String(port));
    expect(await ended).toBe(1);
    expect(terminal.said.err).toEqual([
      `sallyport dev: port ${port} is in use. Name another with --port, or --port 0 for any that is free.`,
    ]);
    holder.close();
  });

  test.each<[name: string, folder: string, args: string[], code: number, says: string]>([
    ['no project', '.', [], 1, 'there is no sallyport.json here'],
    ['a project with a fault', 'broken', [], 1, 'sallyport.json'],
    ['a setting that the tenant refuses', 'refused', ['--port', '0'], 1, 'sallyport.json: settings: '],
    ['a password that the tenant refuses', 'weak', ['--port', '0'], 1, 'sallyport.json: fixtures.users.ana: '],
    ['a port that is none', 'small', ['--port', '70000'], 2, 'from 0 to 65535'],
    ['a database that is none', 'small', ['--database', 'mysql://x'], 2, 'expected sqlite:'],
    ['another word', 'small', ['now'], 2, 'now'],
  ])('refuses %s', async (_name, folder, args, code, says) => {
    write('small', 'sallyport.json', { tenant: 'small' });
    write('broken', 'sallyport.json', '{ "tenant": 7 }');
    write('weak', 'sallyport.json', { tenant: 'small', fixtures: { users: { ana: { password: 'x' } } } });
    write('refused', 'sallyport.json', { tenant: 'small', settings: { session_lifetime: 'long' } });
    const { terminal, ended } = await dev(folder, ...args);
    expect(await ended).toBe(code);
    expect(terminal.said.out).toEqual([]);
    expect(terminal.said.err[0]).toContain(says);
  });
});
