// Server, command line: `sallyport init`, which writes a project that can be tested at once. What it writes stands in
// `template/`, as files that our own tests run. It overwrites nothing.
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from './arguments.ts';
import { type Command, CommandError, type Terminal, UsageError } from './command.ts';
import { ownAddress } from './own-address.ts';
import { printable } from './printable.ts';

const USAGE = `Usage: sallyport init [folder] [options]

Writes a project: two scripts with a challenge between them, people to try them, and a test of the whole login. The
folder is made where there is none; without one it is the current folder. A file that is there already stays as it is.

  --javascript  scripts in JavaScript (this is so without an option)
  --typescript  scripts in TypeScript
  --json        one JSON object instead of words

Examples:
  sallyport init my-login
  sallyport init my-login --typescript

Exit codes: 0 everything is in place, 1 a file was in the way or could not be written, 2 wrong use.`;

const OPTIONS = {
  javascript: { type: 'boolean', default: false },
  typescript: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

const TEMPLATE = new URL('template/', import.meta.url);
const PACKAGE = new URL('../../', import.meta.url);

const SCRIPTS = ['second-factor', 'email-for-admins'];

type Language = 'javascript' | 'typescript';

/** What became of each file, by its path in the project. `left`: another one of that name was there. */
type Outcome = 'written' | 'same' | 'left';

export const init: Command = {
  summary: 'writes a project with two scripts, a challenge between them, and a test of it',
  usage: USAGE,
  run: async (args, terminal) => {
    const { folder, language, json } = readOptions(args);
    const path = resolve(terminal.cwd, folder);
    const files = await projectFiles(path, language);
    const outcomes = await writeAll(path, files);
    const named = (wanted: Outcome) => [...outcomes].flatMap(([name, outcome]) => (outcome === wanted ? [name] : []));
    const [written, same, left] = [named('written'), named('same'), named('left')];
    if (json) terminal.out(JSON.stringify({ folder: path, language, written, same, left }));
    else describe(terminal, { folder, written, same, left });
    return left.length === 0 ? 0 : 1;
  },
};

function readOptions(args: string[]): { folder: string; language: Language; json: boolean } {
  const { values, positionals } = readArguments(args, OPTIONS, { positionals: true });
  const [folder = '.', ...more] = positionals;
  if (more.length > 0) throw new UsageError(`one folder is expected, not ${positionals.length}`);
  if (folder === '') throw new UsageError('the name of the folder is empty');
  if (values.javascript && values.typescript) throw new UsageError('--javascript and --typescript exclude each other');
  return { folder, language: values.typescript ? 'typescript' : 'javascript', json: values.json };
}

/** Every file of the project, with its text. */
async function projectFiles(path: string, language: Language): Promise<Map<string, string>> {
  const template = (name: string) => readFile(new URL(name, TEMPLATE), 'utf8');
  const ending = language === 'typescript' ? 'ts' : 'js';
  const files = new Map([['sallyport.json', await template('sallyport.json')]]);
  for (const script of SCRIPTS) {
    files.set(`actions/${script}.${ending}`, await template(`${language}/${script}.${ending}`));
  }
  files.set('login.test.ts', await template('login.test.ts'));
  files.set('package.json', await packageJson(path));
  files.set('tsconfig.json', await template('tsconfig.json'));
  // npm leaves files named `.gitignore` out of packages.
  files.set('.gitignore', await template('gitignore'));
  files.set('README.md', await template('README.md'));
  return files;
}

async function packageJson(path: string): Promise<string> {
  const own = JSON.parse(await readFile(new URL('package.json', PACKAGE), 'utf8')) as {
    devDependencies?: { vitest?: string };
    dependencies?: { vitest?: string };
  };
  const vitest = own.devDependencies?.vitest ?? own.dependencies?.vitest;
  const content = {
    name: packageName(path),
    private: true,
    type: 'module',
    scripts: { test: 'sallyport test', dev: 'sallyport dev' },
    devDependencies: {
      sallyport: await ownAddress(path, fileURLToPath(PACKAGE)),
      ...(vitest === undefined ? {} : { vitest }),
    },
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** The name of the folder, as far as npm takes it. */
function packageName(path: string): string {
  const name = basename(path)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  // A package must not bear the name of one that it depends on.
  return name === '' || name === 'sallyport' || name === 'vitest' ? 'login-scripts' : name.slice(0, 100);
}

/** Throws `CommandError` where the folder cannot be written, or is a project of its own. */
async function writeAll(path: string, files: ReadonlyMap<string, string>): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  try {
    const there = await readIfThere(join(path, 'sallyport.json'));
    if (there !== undefined && there !== files.get('sallyport.json')) {
      throw new CommandError(
        `${printable(path)} is a project already: it has another sallyport.json. Nothing was written; name another folder.`,
      );
    }
    for (const [name, text] of files) outcomes.set(name, await writeOne(join(path, name), text));
  } catch (error) {
    if (error instanceof CommandError || !(error instanceof Error && 'code' in error)) throw error;
    throw new CommandError(
      `the project cannot be written: ${printable(error.message)}. Name a folder that you may write.`,
    );
  }
  return outcomes;
}

async function writeOne(path: string, text: string): Promise<Outcome> {
  await makeFolder(dirname(path));
  try {
    // What is there already, a link that leads nowhere included, stays.
    await writeFile(path, text, { flag: 'wx' });
    return 'written';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return (await readIfThere(path)) === text ? 'same' : 'left';
  }
}

/** One level after the other: Node's own way to make all of them never ends below `/proc`. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path);
  }
}

/** Undefined: there is nothing, or nothing that has a text. */
async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return (await stat(path)).isFile() ? await readFile(path, 'utf8') : undefined;
  } catch (error) {
    if (['ENOENT', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

type Told = { folder: string; written: string[]; same: string[]; left: string[] };

function describe({ out, err }: Terminal, { folder, written, same, left }: Told): void {
  for (const name of written) out(`  wrote  ${name}`);
  for (const name of same) out(`  same   ${name}`);
  for (const name of left) err(`  left   ${name}: another file of that name is there`);
  if (left.length > 0) {
    err(
      'Those files were not touched. Move them away and call this again, or take over by hand what you need of them.',
    );
    return;
  }
  const enter = folder === '.' ? '' : `cd ${/^[\w./-]+$/.test(folder) ? folder : `'${printable(folder)}'`} && `;
  out('');
  out('Next:');
  out(`  ${enter}npm install`);
  out('  npx sallyport test   # plays the logins of login.test.ts');
  out('  npx sallyport dev    # a server to sign in at');
}
