// Tests: `sallyport test` as its user meets it: one run of a project elsewhere that has linked this package, with exact figures,
// and what is said to those who call it wrongly.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '#server/cli/run-command.ts';
import { keptTerminal } from '#test/kit/terminal.ts';

const CLONE = join(import.meta.dirname, '../../..');
const ROOT = realpathSync(mkdtempSync(join(tmpdir(), 'sallyport-test-command-')));
afterAll(() => rmSync(ROOT, { recursive: true }));

const FILES: Record<string, string> = {
  'sallyport.json': JSON.stringify({
    tenant: 'dev',
    actions: { first: { modules: ['names'] } },
    bindings: ['first', 'second'],
    factors: { otp: true },
    fixtures: { users: { ana: { factors: ['otp'] }, ben: {} } },
  }),
  'actions/first.js': `const { isAna } = require('actions:names');

exports.onExecutePostLogin = async (event, api) => {
  if (isAna(event.user)) {
    api.authentication.challengeWith({ type: 'otp' });
  } else {
    api.access.deny('not today');
  }
};
`,
  'actions/second.ts': `export const onExecutePostLogin = async (event: { user: { name?: string } }, api: any) => {
  const first = event.user.name?.at(0) ?? 'none';
  api.idToken.setCustomClaim('letter', first);
};
`,
  'actions/idle.js': 'exports.onExecutePostLogin = async () => {};\n',
  'modules/names.js': `exports.isAna = (user) => user.email.startsWith('ana');\n`,
  'login.test.ts': `import { simulateLogin } from 'sallyport/testing';
import { expect, test } from 'vitest';
test('ana', async () => {
  const login = await simulateLogin({ user: 'ana' });
  expect(login.factor).toBe('otp');
  await login.answer();
  expect(login.state).toBe('completed');
  expect(login.executions.flatMap(({ results }) => results.flatMap((result) => result.console ?? []))).toEqual([]);
});
`,
  'broken.test.js': `import { expect, test } from 'vitest';
test('fails', () => expect(1).toBe(2));
test.skip('is left out', () => {});
`,
};

type Ended = { code: number | null; out: string; err: string };

/** The command in a process of its own, called in the project by the path that npm would have made. */
function call(folder: string, ...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [join(folder, 'node_modules/sallyport/server/cli/sallyport.js'), ...args], {
    cwd: join(folder, 'actions'),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended: Ended = { code: null, out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    ended.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    ended.err += text;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ ...ended, code })));
}

function write(folder: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

describe('a run of a project that has linked this package', () => {
  const folder = join(ROOT, 'project');
  let ended: Ended;
  let sum: Record<string, unknown>;
  beforeAll(async () => {
    write(folder, FILES);
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(CLONE, join(folder, 'node_modules/sallyport'), 'junction');
    ended = await call(folder, 'test', '--json', '--coverage-min', '60');
    sum = JSON.parse(ended.out);
  });

  test('ends as its tests did', () => {
    expect(ended).toMatchObject({ code: 1, err: '' });
    expect(sum).toMatchObject({ ok: false, files: 2, passed: 1, failed: 1, skipped: 1 });
    expect(sum.failures).toEqual([
      { file: 'broken.test.js', test: 'fails', message: expect.stringContaining('expected 1 to be 2') },
    ]);
  });

  test('says what was run of each script in the sandbox', () => {
    const script = (path: string, state: string, lines: number[], branches: number[], left: number[][]) => ({
      path,
      state,
      lines: { covered: lines[0], total: lines[1] },
      branches: { covered: branches[0], total: branches[1] },
      uncovered_lines: left[0],
      uncovered_branches: left[1],
    });
    expect(sum.scripts).toEqual([
      script('actions/first.js', 'run', [4, 5], [1, 2], [[7], [6]]),
      script('actions/idle.js', 'idle', [0, 1], [0, 0], [[1], []]),
      script('actions/second.ts', 'run', [3, 3], [1, 2], [[], [2]]),
      script('modules/names.js', 'run', [1, 1], [0, 0], [[], []]),
    ]);
    expect(sum.below).toEqual(['actions/idle.js']);
  });

  test('has no colours where no terminal is', async () => {
    const { out, err } = await call(folder, 'test', 'broken');
    expect(out).toContain('0 passed, 1 failed, 1 skipped');
    expect(out + err).not.toContain('\u001b');
  });

  test('says whom a script may lock out', () => {
    expect(sum.lockout).toMatchObject([{ kind: 'challenge', factors: ['otp'], users: 2, lacking: 1 }]);
  });
});

describe('a wrong use', () => {
  const terminal = (folder: string) => keptTerminal({ cwd: join(ROOT, folder) });
  beforeAll(() => {
    mkdirSync(join(ROOT, 'nothing'), { recursive: true });
    write(join(ROOT, 'faulty'), { 'sallyport.json': '{"tenant":"dev","bindings":["gone\\u001b[31m"]}' });
    write(join(ROOT, 'empty'), { 'sallyport.json': '{"tenant":"dev"}' });
  });

  test.each<[name: string, folder: string, args: string[], code: number, says: string]>([
    ['an unknown option', 'empty', ['--coverage'], 2, "Unknown option '--coverage'"],
    ['more than everything', 'empty', ['--coverage-min', '101'], 2, '--coverage-min is a number of percent'],
    ['no number', 'empty', ['--coverage-min', 'all'], 2, 'not "all"'],
    ['an unknown reporter', 'empty', ['--reporter', '../x.js'], 2, '--reporter is one of default'],
    ['two ways to report', 'empty', ['--json', '--reporter', 'dot'], 2, 'exclude each other'],
    ['no project', 'nothing', [], 1, '`sallyport init` writes a project'],
    ['a project with faults', 'faulty', [], 1, 'sallyport.json: bindings.0: there is no actions/gone?[31m.js or .ts'],
  ])('%s', async (_name, folder, args, code, says) => {
    const { said, ...rest } = terminal(folder);
    expect(await runCommand(['test', ...args], rest)).toBe(code);
    expect(said.out).toEqual([]);
    expect(said.err.join('\n')).toContain(says);
  });
});
