// Server, project: runs the tests of a project with vitest: the project's own where it has one, else ours. Test files pass
// through vite; the harness and everything below it is loaded by Node itself, which takes a fraction of the time.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { CliOptions, Reporter, TestModule, Vitest } from 'vitest/node';
import { printable } from '../cli/printable.ts';
import { COVERAGE_VARIABLE } from './coverage-counts.ts';

export type TestFailure = {
  /** Relative to the project's folder. */
  file: string;
  /** Absent where the file itself could not be loaded. */
  test?: string;
  message: string;
};

export type TestRun = {
  files: number;
  passed: number;
  failed: number;
  skipped: number;
  failures: readonly TestFailure[];
};

export type TestOrder = {
  /** The project's, absolute. */
  folder: string;
  /** Parts of paths; without any, every test of the project. */
  filters: readonly string[];
  /** Where scripts leave their counts. */
  counts: string;
  /** A reporter of vitest's by its name; without one nothing is written but what is asked of us. */
  reporter?: string;
  watch: boolean;
  /** After each run; in watch mode there are many. */
  onEnd(run: TestRun): void | Promise<void>;
  ended: AbortSignal;
};

/** The project's configuration of vitest cannot be used. */
export class TestSetupError extends Error {}

const OWN = fileURLToPath(new URL('../../', import.meta.url));
const HARNESS = join(OWN, 'server/testing/testing.ts');
/** Node takes types out of no file below `node_modules`; this does. */
const INSTALLED = OWN.includes('/node_modules/') || OWN.includes('\\node_modules\\');
const LOADER = new URL('../cli/load-types.js', import.meta.url).href;

/** What tests may import although the project has not installed it. */
const LENT = ['vitest', 'fast-check'];

const CONFIGURATIONS = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].map((ending) => `vitest.config.${ending}`);

/** Runs to the end, in watch mode until it is aborted. */
export async function runTests(order: TestOrder): Promise<void> {
  const { folder, filters, ended } = order;
  let runs = 0;
  const onEnd = (run: TestRun) => {
    runs++;
    return order.onEnd(run);
  };
  const vitest = await openVitest({ ...order, onEnd });
  const stop = (): void => void vitest.cancelCurrentRun('keyboard-input');
  ended.addEventListener('abort', stop, { once: true });
  try {
    await vitest.start(filters.map((filter) => (existsSync(join(folder, filter)) ? join(folder, filter) : filter)));
    if (order.watch && !ended.aborted) await new Promise((resolve) => ended.addEventListener('abort', resolve));
  } catch (error) {
    // No file matches: that is a run without tests.
    if ((error as { code?: unknown }).code !== 'VITEST_FILES_NOT_FOUND') throw error;
    if (runs === 0) await onEnd({ files: 0, passed: 0, failed: 0, skipped: 0, failures: [] });
  } finally {
    ended.removeEventListener('abort', stop);
    await vitest.close();
  }
}

async function openVitest({ folder, counts, reporter, watch, onEnd }: TestOrder): Promise<Vitest> {
  const require = createRequire(join(folder, 'sallyport.json'));
  const { createVitest } = (await import(pathToFileURL(vitestOf(require)).href)) as typeof import('vitest/node');
  const ends: Reporter = {
    onTestRunEnd: (modules, errors) => onEnd(tally(folder, modules, errors)),
  };
  const configuration = CONFIGURATIONS.find((name) => existsSync(join(folder, name)));
  const options: CliOptions = {
    root: folder,
    config: configuration ?? false,
    watch,
    ...(configuration ? {} : { include: ['**/*.test.{ts,js}'] }),
    exclude: ['**/node_modules/**', '**/dist/**'],
    reporters: [...(reporter === undefined ? [] : [reporter]), ends],
    // One sandbox serves all tests of a process: a fresh one for each file would take longer than most tests.
    isolate: false,
    pool: 'forks',
    execArgv: INSTALLED ? ['--import', LOADER] : [],
    env: { [COVERAGE_VARIABLE]: counts },
    // Of a failure inside the harness the author's own line is what helps.
    onStackTrace: (_error, { file }) => !file.startsWith(join(OWN, 'server/')),
    // Scripts are read by the harness and not imported, so vite does not know that tests depend on them.
    forceRerunTriggers: [`${folder}/actions/**`, `${folder}/modules/**`, `${folder}/sallyport.json`],
    server: { deps: { external: [new RegExp(`^(?:file://)?${literally(OWN)}(?!.*\\.test\\.)`)] } },
  };
  const logLevel = reporter === undefined ? 'silent' : 'warn';
  try {
    return await createVitest(options, { logLevel, resolve: { alias: aliases(require) } });
  } catch (error) {
    if (configuration === undefined) throw error;
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new TestSetupError(`${configuration} cannot be used: ${printable(line)}`);
  }
}

const literally = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

const own = createRequire(import.meta.url);

/** The project's vitest; ours where it has none. */
function vitestOf(require: NodeJS.Require): string {
  return resolves(require, 'vitest/node') ?? own.resolve('vitest/node');
}

function resolves(require: NodeJS.Require, name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}

function aliases(require: NodeJS.Require): { find: RegExp; replacement: string }[] {
  const lent = LENT.filter((name) => resolves(require, `${name}/package.json`) === undefined).map((name) => ({
    find: new RegExp(`^${name}$`),
    replacement: entryOf(name),
  }));
  return [{ find: /^sallyport\/testing$/, replacement: HARNESS }, ...lent];
}

/** What `import` finds of a package of ours. */
const entryOf = (name: string): string => fileURLToPath(import.meta.resolve(name));

function tally(folder: string, modules: readonly TestModule[], errors: readonly { message: string }[]): TestRun {
  const run = { files: modules.length, passed: 0, failed: errors.length, skipped: 0 };
  const failures: TestFailure[] = errors.map(({ message }) => ({ file: '', message }));
  for (const module of modules) {
    const file = module.moduleId.startsWith(folder) ? module.moduleId.slice(folder.length + 1) : module.moduleId;
    let inside = 0;
    for (const test of module.children.allTests()) {
      const { state, errors: found = [] } = test.result();
      if (state === 'passed') run.passed++;
      else if (state === 'skipped') run.skipped++;
      else {
        // A test that never ran although nobody skipped it was cut off.
        run.failed++;
        inside++;
        failures.push({ file, test: test.fullName, message: found[0]?.message ?? 'it did not end' });
      }
    }
    if (module.state() !== 'failed' || inside > 0) continue;
    run.failed++;
    failures.push({ file, message: module.errors()[0]?.message ?? 'it could not be loaded' });
  }
  return { ...run, failures };
}
