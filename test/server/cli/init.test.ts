// Tests: `sallyport init`: what it writes, that nothing is overwritten, and that what it wrote is a project: its types hold and
// its logins go as its own test says.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ownAddress } from '#server/cli/own-address.ts';
import { runCommand } from '#server/cli/run-command.ts';
import { shutDown } from '#server/testing/shared-sandbox.ts';
import { simulateLogin } from '#server/testing/simulate-login.ts';
import { keptTerminal } from '#test/kit/terminal.ts';

const REPOSITORY = join(import.meta.dirname, '../../..');
const root = mkdtempSync(join(tmpdir(), 'sallyport-init-'));
afterAll(async () => {
  await shutDown();
  rmSync(root, { recursive: true });
});

async function init(...args: string[]) {
  const terminal = keptTerminal({ cwd: root });
  const code = await runCommand(['init', ...args], terminal);
  return { code, out: terminal.said.out, err: terminal.said.err };
}

const REST = ['.gitignore', 'README.md', 'login.test.ts', 'package.json', 'sallyport.json', 'tsconfig.json'];

describe.each([
  ['javascript', 'js'],
  ['typescript', 'ts'],
])('a project in %s', (language, ending) => {
  const folder = join(root, language);
  const scripts = [`actions/email-for-admins.${ending}`, `actions/second-factor.${ending}`];

  test('is written whole, and says what comes next', async () => {
    const made = await init(language, `--${language}`);
    expect(made).toMatchObject({ code: 0, err: [] });
    expect(made.out.slice(-3)).toEqual([
      `  cd ${language} && npm install`,
      expect.stringContaining('npx sallyport test'),
      expect.stringContaining('npx sallyport dev'),
    ]);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
    expect(files).toEqual(['actions', ...scripts, ...REST].sort());
    const described = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    expect(described).toMatchObject({
      name: language,
      private: true,
      type: 'module',
      scripts: { test: 'sallyport test' },
    });
    expect(described.devDependencies.sallyport).toMatch(/^file:/);
    expect(join(folder, described.devDependencies.sallyport.slice('file:'.length))).toBe(REPOSITORY);
  });

  test('keeps the root key that dev writes out of the repository', () => {
    const left = readFileSync(join(folder, '.gitignore'), 'utf8').split('\n');
    expect(left).toEqual(expect.arrayContaining(['*.secret', 'data/', '*.db*', 'node_modules/', '.env']));
  });

  test('is the same when it is written again', async () => {
    const again = await init(language, `--${language}`, '--json');
    expect(again).toMatchObject({ code: 0, err: [] });
    expect(JSON.parse(again.out.join('\n'))).toEqual({
      folder,
      language,
      written: [],
      same: expect.arrayContaining([...scripts, ...REST]),
      left: [],
    });
  });

  test('holds a login that pauses twice', async () => {
    const login = await simulateLogin({ user: 'ana', project: folder });
    expect(login.offers.map(({ factor }) => factor)).toEqual(['phone', 'otp']);
    await login.choose('phone');
    await login.answer();
    expect(login.factor).toBe('email');
    await login.answer();
    expect(login.tokens?.idToken).toMatchObject({ 'https://example.com/second_factor': 'phone' });
  });

  test('is right by its own tsconfig', async () => {
    mkdirSync(join(folder, 'node_modules'));
    for (const [name, path] of [
      ['sallyport', '.'],
      ['vitest', 'node_modules/vitest'],
    ] as const) {
      symlinkSync(join(REPOSITORY, path), join(folder, 'node_modules', name));
    }
    const tsc = join(REPOSITORY, 'node_modules/typescript/bin/tsc');
    const said = await new Promise<string>((resolve) =>
      execFile(process.execPath, [tsc, '-p', folder], (_error, stdout, stderr) => resolve(stdout + stderr)),
    );
    expect(said).toBe('');
  });
});

test.each<[noted: object | undefined, address: string]>([
  [{ packages: { 'node_modules/sallyport': { resolved: 'file:../kept/sp é.tgz' } } }, 'file:../kept/sp é.tgz'],
  [{ packages: { 'node_modules/sallyport': { resolved: 'file:../gone.tgz' } } }, 'file:../host/node_modules/sallyport'],
  [undefined, 'file:../host/node_modules/sallyport'],
])('where we were installed from a file is where a new project looks: %j', async (noted, address) => {
  const own = join(root, 'host/node_modules/sallyport/');
  mkdirSync(own, { recursive: true });
  mkdirSync(join(root, 'kept'), { recursive: true });
  writeFileSync(join(root, 'kept/sp é.tgz'), '');
  const note = join(root, 'host/node_modules/.package-lock.json');
  rmSync(note, { force: true });
  if (noted) writeFileSync(note, JSON.stringify(noted));
  expect(await ownAddress(join(root, 'new'), own)).toBe(address);
});

describe('what is there already', () => {
  test('stays, is named, and is no success', async () => {
    mkdirSync(join(root, 'mine'));
    writeFileSync(join(root, 'mine/README.md'), 'mine');
    symlinkSync('nowhere', join(root, 'mine/package.json'));
    const made = await init('mine');
    expect(made.code).toBe(1);
    expect(made.err.slice(0, 2)).toEqual([
      '  left   package.json: another file of that name is there',
      '  left   README.md: another file of that name is there',
    ]);
    expect(readFileSync(join(root, 'mine/README.md'), 'utf8')).toBe('mine');
    expect(readdirSync(join(root, 'mine'))).not.toContain('nowhere');
    expect(readdirSync(join(root, 'mine'))).toContain('sallyport.json');
  });

  test('is not touched where it is another project', async () => {
    mkdirSync(join(root, 'other'));
    writeFileSync(join(root, 'other/sallyport.json'), '{"tenant":"other"}');
    expect(await init('other')).toMatchObject({
      code: 1,
      out: [],
      err: [expect.stringContaining('Nothing was written')],
    });
    expect(readdirSync(join(root, 'other'))).toEqual(['sallyport.json']);
  });
});

describe('wrong use', () => {
  test.each<[args: string[], code: number, says: string]>([
    [['one', 'two'], 2, 'one folder is expected'],
    [['x', '--javascript', '--typescript'], 2, 'exclude each other'],
    [[''], 2, 'is empty'],
    [['x', '--nope'], 2, '--nope'],
    [['file/below'], 1, 'cannot be written'],
    [['/proc/nothing-can-be-made-here'], 1, 'cannot be written'],
  ])('%j', async (args, code, says) => {
    writeFileSync(join(root, 'file'), '');
    const made = await init(...args);
    expect(made).toMatchObject({ code, out: [] });
    expect(made.err[0]).toContain(says);
  });
});
