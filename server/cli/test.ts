// Server, command line: `sallyport test`: the tests of a project, and what they have run of its scripts. The sum at the end is
// of the sandbox itself: what a script did there has been counted there.
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import type { LockoutReport } from '../lint/lockout-report.ts';
import { lockoutOfProject } from '../lint/project-lockout.ts';
import { lockoutLines } from '../lint/word-lockout.ts';
import { readCounts } from '../project/coverage-counts.ts';
import { coverageOf, describeLines, percent, type ScriptCoverage } from '../project/coverage-report.ts';
import type { Project } from '../project/project.ts';
import { describeProjectFault, findProject, readProject } from '../project/read-project.ts';
import { runTests, type TestRun, TestSetupError } from '../project/run-tests.ts';
import { readArguments } from './arguments.ts';
import { type Command, CommandError, type Terminal, UsageError } from './command.ts';
import { type Paints, paints } from './paints.ts';
import { printable } from './printable.ts';

const REPORTERS = ['default', 'verbose', 'dot', 'tap', 'junit', 'github-actions'];

const USAGE = `Usage: sallyport test [files...] [options]

Runs the tests of the project that the current folder belongs to: files named *.test.ts or *.test.js. Scripts run in the
real sandbox. At the end stand, for each script, how much of its lines and of the ways of its decisions was run, and whom
a script may lock out. Words after the command choose test files by a part of their path.

  --coverage-min <n>   fails when less than n percent of the lines of a script were run
  --reporter <name>    how tests are reported: ${REPORTERS.join(', ')}
  --watch              runs again when a script or a test changes, until Ctrl-C
  --json               one JSON object instead of words

Examples:
  sallyport test
  sallyport test login --coverage-min 90
  sallyport test --json | jq .scripts

Exit codes: 0 every test passed, 1 one failed, none was found or too little was run, 2 wrong use.`;

const OPTIONS = {
  'coverage-min': { type: 'string' },
  reporter: { type: 'string' },
  watch: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

type Options = { files: string[]; least: number; reporter: string; watch: boolean; json: boolean };

type Outcome = { run: TestRun; scripts: ScriptCoverage[]; lockout: LockoutReport; below: string[] };

export const test: Command = {
  summary: 'runs the tests of a project, and says what they have run of each script',
  usage: USAGE,
  async run(args, terminal) {
    const options = readOptions(args);
    const project = await openProject(terminal.cwd);
    const counts = await mkdtemp(join(tmpdir(), 'sallyport-counts-'));
    const remove = (): void => rmSync(counts, { recursive: true, force: true });
    // At Ctrl-C vitest ends the process itself.
    process.once('exit', remove);
    let good = false;
    try {
      // It is told once: scripts and fixtures are the same for every test.
      const lockout = lockoutOfProject(project);
      await runTests({
        folder: project.folder,
        filters: options.files.map((file) => filterOf(project, terminal, file)),
        counts,
        ...(options.json ? {} : { reporter: options.reporter }),
        watch: options.watch,
        ended: terminal.ended,
        async onEnd(run) {
          const scripts = await coverageOf(await again(project, options.watch), readCounts(counts));
          const below = scripts.filter((script) => isBelow(script, options.least)).map(({ path }) => path);
          const outcome = { run, scripts, below, lockout: await lockout };
          good = run.failed === 0 && run.passed > 0 && below.length === 0;
          if (options.json) terminal.out(JSON.stringify(toJson(outcome, good)));
          else describe(terminal, project, outcome, options);
        },
      });
    } catch (error) {
      if (error instanceof TestSetupError) throw new CommandError(error.message);
      throw error;
    } finally {
      process.off('exit', remove);
      remove();
    }
    return good ? 0 : 1;
  },
};

function readOptions(args: string[]): Options {
  const { values, positionals } = readArguments(args, OPTIONS, { positionals: true });
  const { reporter = 'default', watch, json, 'coverage-min': least = '0' } = values;
  if (!/^\d{1,3}(?:\.\d+)?$/.test(least) || Number(least) > 100) {
    throw new UsageError(`--coverage-min is a number of percent, 0 to 100, not ${JSON.stringify(least)}`);
  }
  if (!REPORTERS.includes(reporter)) throw new UsageError(`--reporter is one of ${REPORTERS.join(', ')}`);
  if (json && values.reporter !== undefined) throw new UsageError('--json and --reporter exclude each other');
  if (positionals.some((file) => file === '')) throw new UsageError('the name of a test file is empty');
  return { files: positionals, least: Number(least), reporter, watch, json };
}

async function openProject(cwd: string): Promise<Project> {
  const folder = findProject(cwd);
  if (folder === undefined) {
    throw new CommandError('there is no sallyport.json here or above. `sallyport init` writes a project.');
  }
  const read = await readProject(folder);
  if (read.ok) return read.project;
  const faults = read.faults.map((fault) => `  ${printable(describeProjectFault(fault))}`);
  throw new CommandError(['the project cannot be read:', ...faults].join('\n'));
}

/** In watch mode scripts come and go; one that cannot be read just now is judged as it was. */
async function again(project: Project, watch: boolean): Promise<Project> {
  const read = watch ? await readProject(project.folder) : undefined;
  return read?.ok ? read.project : project;
}

/** A path is meant from where the command was called; vitest takes it from the project's folder. */
const filterOf = ({ folder }: Project, { cwd }: Terminal, file: string): string =>
  /[\\/]|\.[jt]s$/.test(file) ? relative(folder, resolve(cwd, file)) : file;

const isBelow = (script: ScriptCoverage, least: number): boolean =>
  least > 0 && script.state !== 'unmeasured' && shareOf(script, script.lines) < least;

/** A script that no test ran may have run in part, as far as its top level; it counts as not run. */
const shareOf = ({ state }: ScriptCoverage, share: ScriptCoverage['lines']): number =>
  state === 'idle' ? 0 : percent(share);

function toJson({ run, scripts, lockout, below }: Outcome, good: boolean) {
  const { files, passed, failed, skipped, failures } = run;
  return {
    ok: good,
    files,
    passed,
    failed,
    skipped,
    failures,
    scripts: scripts.map(({ path, state, lines, branches, uncoveredLines, uncoveredBranches }) => ({
      path,
      state,
      lines,
      branches,
      uncovered_lines: uncoveredLines,
      uncovered_branches: uncoveredBranches,
    })),
    below,
    lockout: lockout.findings,
  };
}

/** What a machine reads stays as its reporter wrote it. */
const FOR_MACHINES = ['tap', 'junit'];

function describe(terminal: Terminal, project: Project, outcome: Outcome, options: Options): void {
  const { least, files, reporter } = options;
  const say = FOR_MACHINES.includes(reporter) ? terminal.err : terminal.out;
  const { run, scripts, lockout, below } = outcome;
  const paint = paints(terminal.colours);
  if (run.files === 0) {
    terminal.err(
      files.length > 0
        ? `No test file matches ${files.map(printable).join(', ')}.`
        : `There is no *.test.ts or *.test.js in ${printable(project.folder)}.`,
    );
  }
  if (scripts.length > 0) for (const line of table(scripts, paint)) say(line);
  for (const [index, line] of lockoutLines(lockout).entries())
    say(index === 0 ? `\n${paint.yellow(line)}` : paint.yellow(line));
  say('');
  for (const path of below) terminal.err(paint.red(`${path}: fewer than ${least} % of its lines were run`));
  const { passed, failed, skipped } = run;
  const words = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  say(failed > 0 || passed === 0 ? paint.red(words) : paint.green(words));
}

function table(scripts: readonly ScriptCoverage[], paint: Paints): string[] {
  const width = Math.max('Script'.length, ...scripts.map(({ path }) => path.length));
  const row = (path: string, lines: string, branches: string, rest: string) =>
    `${path.padEnd(width)}  ${lines.padStart(6)}  ${branches.padStart(8)}  ${rest}`.trimEnd();
  return [
    paint.bold(row('Script', 'lines', 'branches', 'not run')),
    ...scripts.map((script) => {
      if (script.state === 'unmeasured')
        return row(script.path, '-', '-', 'not measured: it cannot be read, or is more than typed JavaScript');
      if (script.state === 'idle') return paint.yellow(row(script.path, '-', '-', 'no test ran it'));
      const { lines, branches } = script;
      return row(script.path, rounded(percent(lines)), rounded(percent(branches)), leftOut(script));
    }),
  ];
}

/** 100 % is said of nothing less. */
const rounded = (share: number): string => `${Math.floor(share)} %`;

function leftOut({ uncoveredLines, uncoveredBranches }: ScriptCoverage): string {
  const name = (word: string, lines: readonly number[]) =>
    lines.length === 0 ? [] : [`${word}${lines.length > 1 ? 's' : ''} ${describeLines(lines)}`];
  const parts = [...name('line', uncoveredLines), ...name('decision in line', uncoveredBranches)];
  return parts.join('; ').replace('decision in lines', 'decisions in lines');
}
