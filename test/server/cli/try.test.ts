// Tests: `sallyport try`: a script of a project or a file alone, in the real sandbox, against the event of a played login. What
// it did is said in words and as JSON; what is wrong with the call is said before anything runs.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '#server/cli/run-command.ts';
import { shutDown } from '#server/testing/shared-sandbox.ts';
import { keptTerminal } from '#test/kit/terminal.ts';

const root = mkdtempSync(join(tmpdir(), 'sallyport-try-'));
const FILES = {
  'project/sallyport.json': JSON.stringify({
    tenant: 'dev',
    bindings: ['asks'],
    factors: { sms: true },
    actions: {
      caller: { secrets: ['KEY'] },
      greets: { trigger: 'post-user-registration' },
      shares: { modules: ['shared'] },
    },
    fixtures: {
      users: { ana: { factors: ['phone'], roles: ['admin'] } },
      organizations: { acme: { members: { ana: ['admin'] } } },
      secrets: { caller: { KEY: 'from the project' } },
    },
  }),
  'project/actions/asks.ts': `export const onExecutePostLogin = async (event: any, api: any) => {
  console.warn(event.user.email, event.authorization.roles, event.request.geoip.countryCode, event.organization?.name);
  api.authentication.challengeWithAny([{ type: 'phone' }, { type: 'otp' }]);
};
export const onContinuePostLogin = async (event: any, api: any) => {
  api.access.deny('back too early');
};
`,
  'project/actions/caller.js': `exports.onExecutePostLogin = async (event, api) => {
  const answer = await fetch('https://api.example.com/risk', { method: 'POST', body: event.secrets.KEY });
  if (answer.status !== 200) throw new Error('status ' + answer.status);
  const { risk } = await answer.json();
  api.idToken.setCustomClaim('https://example.com/risk', risk);
};
`,
  'project/actions/greets.js': `exports.onExecutePostUserRegistration = async (event) => console.log(event.user.email);\n`,
  'project/actions/shares.js': `const { reason } = require('actions:shared');
exports.onExecutePostLogin = async (event, api) => api.access.deny(reason);
`,
  'project/modules/shared.js': `exports.reason = 'from the module';\n`,
  'project/risk.json': '{ "risk": 7 }',
  'project/event.json': '{ "request": { "geoip": { "countryCode": "JP" } }, "user": { "email": "file@example.com" } }',
  'project/list.json': '[]',
  'mistaken/sallyport.json': JSON.stringify({
    tenant: 'dev',
    settings: { no_such: 1 },
  }),
  'mistaken/actions/idle.js': 'exports.onExecutePostLogin = async () => {};\n',
  'wordy/sallyport.json': JSON.stringify({
    tenant: 'dev',
    fixtures: { users: { ana: { user_metadata: { diary: 'a'.repeat(100_000) } } } },
  }),
  'wordy/actions/idle.js': 'exports.onExecutePostLogin = async () => {};\n',
  'alone/idle.js': 'exports.onExecutePostLogin = async () => {};\n',
  'alone/throws.js': `exports.onExecutePostLogin = async (event) => {
  console.log('one\\ntwo\\u001b[31m');
  event.user.nothing.here();
};
`,
  'alone/broken.ts': 'export const onExecutePostLogin = async (event: any) => { let x: = 1 };\n',
} as const;

beforeAll(() => {
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
});
afterAll(async () => {
  await shutDown();
  rmSync(root, { recursive: true });
});

async function tried(folder: string, ...args: string[]) {
  const terminal = keptTerminal({ cwd: join(root, folder) });
  const code = await runCommand(['try', ...args], terminal);
  return { code, out: terminal.said.out.join('\n'), err: terminal.said.err.join('\n') };
}

describe('what a script did', () => {
  test.each<[name: string, folder: string, args: string[], code: number, says: string[]]>([
    [
      'of the project, for one of its people',
      'project',
      ['--action', 'asks', '--user', 'ana', '--organization', 'acme', '--set', 'request.geoip.countryCode=DE'],
      0,
      [
        'asks.ts onExecutePostLogin for ana@example.com',
        `warn: ana@example.com ["admin"] DE acme  asks.ts:2:11`,
        'phone',
      ],
    ],
    [
      'by its second handler',
      'project',
      ['--action', 'asks', '--continue'],
      0,
      ['onContinuePostLogin', 'back too early'],
    ],
    [
      'with an event of a file',
      'project',
      ['--action', './actions/asks.ts', '--event', 'event.json'],
      0,
      ['for file@example.com', ' JP '],
    ],
    [
      'with a call that a stub answers',
      'project',
      ['--action', 'caller', '--stub', 'POST https://api.example.com/*=risk.json'],
      0,
      ['POST https://api.example.com/risk', 'https://example.com/risk = 7'],
    ],
    [
      'with a call that is refused',
      'project',
      ['--action', 'caller', '--stub', 'https://api.example.com/risk=503'],
      1,
      ['Error: status 503'],
    ],
    [
      'with a call that nothing answers',
      'project',
      ['--action', 'caller'],
      1,
      ['POST https://api.example.com/risk is answered by no --stub'],
    ],
    ['of another trigger', 'project', ['--action', 'greets'], 0, ['nobody@sample.invalid', 'It commanded nothing']],
    ['with a module', 'project', ['--action', 'shares'], 0, ['from the module']],
    ['alone', 'alone', ['--action', './idle.js'], 0, ['It commanded nothing']],
    [
      'that throws',
      'alone',
      ['--action', './throws.js'],
      1,
      ['log: one  throws.js:2:11', 'log: two?[31m', 'throws.js:3:22: TypeError'],
    ],
  ])('%s', async (_name, folder, args, code, says) => {
    const ran = await tried(folder, ...args);
    expect(ran.err).toBe('');
    for (const text of says) expect(ran.out).toContain(text);
    expect(ran.code).toBe(code);
  });

  test('as JSON, and a secret of the call in place of the one of the project', async () => {
    const stub = ['--stub', 'POST https://api.example.com/risk=risk.json'];
    const ran = await tried('project', '--action', 'caller', '--json', '--secret', 'KEY=of the=call', ...stub);
    expect(JSON.parse(ran.out)).toMatchObject({
      action: 'caller',
      handler: 'onExecutePostLogin',
      ok: true,
      commands: [{ name: 'idToken.setCustomClaim', args: ['https://example.com/risk', 7] }],
      calls: [{ method: 'POST', url: 'https://api.example.com/risk', body: 'of the=call' }],
      faults: [],
    });
  });

  test('the event can be printed, edited and given back', async () => {
    const ran = await tried(
      'project',
      '--action',
      'asks',
      '--user',
      'ana',
      '--print-event',
      '--set',
      'user.__proto__.x=1',
    );
    const event = JSON.parse(ran.out);
    expect(event).toMatchObject({ user: { email: 'ana@example.com' }, authorization: { roles: ['admin'] } });
    expect(event.user.enrolledFactors).toContainEqual(expect.objectContaining({ type: 'phone' }));
    expect(event).not.toHaveProperty('secrets');
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  test('a text that cannot be built says where', async () => {
    const ran = await tried('alone', '--action', './broken.ts');
    expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^broken\.ts:1:\d+: /) });
  });
});

describe('wrong use', () => {
  test.each<[args: string[], code: number, says: string]>([
    [[], 2, '--action is missing'],
    [['--action', 'nope'], 2, 'there are: asks, caller, greets, shares'],
    [['--action', './gone.js'], 1, 'cannot be read'],
    [['--action', 'asks', '--user', 'zed'], 2, 'sallyport.json names ana'],
    [['--action', 'greets', '--user', 'ana'], 2, '--user is for Actions of post-login'],
    [['--action', 'greets', '--continue'], 2, 'have no second handler'],
    [['--action', 'asks', '--trigger', 'credentials-exchange'], 2, 'is an Action of post-login'],
    [['--action', './risk.js', '--trigger', 'nope'], 2, 'expected one of post-login'],
    [['--action', 'asks', '--set', 'user..x=1'], 2, 'expected path=value'],
    [['--action', 'asks', '--set', 'x'], 2, 'expected path=value'],
    [['--action', 'asks', '--secret', 'hush'], 2, 'not of the form NAME=value'],
    [['--action', 'asks', '--stub', 'ftp://x=1'], 2, 'expected [METHOD ]address=file'],
    [['--action', 'asks', '--stub', 'https://x.example/=gone.json'], 1, 'cannot be read'],
    [['--action', 'asks', '--event', 'gone.json'], 1, 'the event cannot be read'],
    [['--action', 'asks', '--event', 'list.json'], 1, 'no JSON object'],
    [['--action', 'asks', 'more'], 2, 'more'],
    [['--nope'], 2, '--nope'],
  ])('%j', async (args, code, says) => {
    const ran = await tried('project', ...args);
    expect(ran.err).toContain(says);
    expect(ran).toMatchObject({ code, out: '' });
    if (args.includes('hush')) expect(ran.err).not.toContain('hush');
  });

  test.each<[folder: string, args: string[], says: string]>([
    ['mistaken', [], 'Additional properties not allowed: no_such'],
    ['wordy', ['--user', 'ana'], 'longer than a console holds'],
  ])('a %s project is told', async (folder, args, says) => {
    const ran = await tried(folder, '--action', 'idle', ...args);
    expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringContaining(says) });
  });

  test('a name without a project, and watching without one', async () => {
    expect(await tried('alone', '--action', 'idle')).toMatchObject({
      code: 2,
      err: expect.stringContaining('./idle.js'),
    });
    const watched = await tried('alone', '--action', './idle.js', '--watch');
    expect(watched).toMatchObject({ code: 2, err: expect.stringContaining('needs a project') });
  });
});
