// `npm run hostile`: runs the corpus against this machine and prints a summary. The sandbox lives in a child process, so
// that an attack which ends even that is counted and not the end of the run.

import { type ChildProcess, fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ATTACK_CLASSES, type Attack } from './attack.ts';
import { CORPUS } from './corpus/corpus.ts';
import type { FromRange } from './range-process.ts';
import type { Report } from './run-corpus.ts';
import { sample } from './sample.ts';
import { isClean, summarize } from './summary.ts';

const USAGE = `npm run hostile -- [--only <class or id>] [--sample <n>] [--seed <n>]
  --only    one class (${ATTACK_CLASSES.join(', ')}) or one attack by its id
  --sample  only so many attacks, drawn from every class
  --seed    draws the same sample again`;

function refuse(message: string): never {
  console.error(`${message}\n${USAGE}`);
  process.exit(2);
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) refuse(`--${name} takes a whole number, not ${JSON.stringify(text)}.`);
  return Number(text);
}

function parse() {
  try {
    return parseArgs({
      options: { only: { type: 'string' }, sample: { type: 'string' }, seed: { type: 'string' } },
    }).values;
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function choose(): { attacks: Attack[]; seed?: number } {
  const { only, sample: size, seed } = parse();
  const attacks = CORPUS.filter((attack) => only === undefined || attack.class === only || attack.id === only);
  if (attacks.length === 0) refuse(`There is no class and no attack ${JSON.stringify(only)}.`);
  const most = wholeNumber('sample', size);
  if (most === undefined) return { attacks };
  const chosen = wholeNumber('seed', seed) ?? randomInt(1_000_000);
  return { attacks: sample(attacks, most, chosen), seed: chosen };
}

const { attacks, seed } = choose();
const reports: Report[] = [];
const aborts: string[] = [];
let quietMs = 0;
let cells = 0;
let current: string | undefined;
let stopping = false;
let child: ChildProcess | undefined;
const startedAt = performance.now();

const seconds = (): string => `${((performance.now() - startedAt) / 1000).toFixed(0)} s`;

function showProgress(): void {
  if (!process.stdout.isTTY) return;
  const line = `${reports.length} of ${attacks.length} attacks, ${seconds()}: ${current ?? ''}`;
  process.stdout.write(`\r\u001b[2K${line.slice(0, (process.stdout.columns ?? 80) - 1)}`);
}

function say(line: string): void {
  process.stdout.write(`${process.stdout.isTTY ? '\r\u001b[2K' : ''}${line}\n`);
}

/** One line when the last attack of a class has been run. */
function closeClass(name: Report['class']): void {
  const own = reports.filter((report) => report.class === name);
  const wrong = own.filter(({ complaints, victimProblems }) => complaints.length + victimProblems.length > 0);
  say(`${name}: ${own.length} attacks, ${wrong.length === 0 ? 'all contained' : `${wrong.length} NOT`} (${seconds()})`);
}

function take(report: Report): void {
  reports.push(report);
  const rest = attacks.slice(reports.length + aborts.length);
  if (!rest.some((attack) => attack.class === report.class)) closeClass(report.class);
  showProgress();
}

/** Runs what is left in a child process; settles when that process has ended. */
function runIn(ids: string[]): Promise<void> {
  return new Promise((resolve) => {
    child = fork(join(import.meta.dirname, 'range-process.ts'), ids, { execArgv: ['--no-node-snapshot'] });
    child.on('message', (message: FromRange) => {
      switch (message.type) {
        case 'open':
          ({ quietMs, cells } = message);
          return;
        case 'begin':
          current = message.id;
          showProgress();
          return;
        case 'report':
          current = undefined;
          take(message.report);
          return;
      }
    });
    child.on('exit', () => resolve());
  });
}

function stop(): void {
  if (stopping) process.exit(130);
  stopping = true;
  child?.kill('SIGKILL');
}
process.on('SIGINT', stop);
process.on('SIGTERM', stop);

say(`${attacks.length} attacks, one after the other; tenants beside them log in all the time.`);
let broken = false;
while (!stopping) {
  const done = new Set([...reports.map(({ id }) => id), ...aborts]);
  const left = attacks.filter(({ id }) => !done.has(id)).map(({ id }) => id);
  if (left.length === 0) break;
  current = undefined;
  await runIn(left);
  if (stopping || reports.length + aborts.length === attacks.length) break;
  if (current === undefined) {
    broken = true;
    say('The sandbox could not be started; its message stands above.');
    break;
  }
  aborts.push(current);
  say(`${current}: the process that runs the sandbox ended.`);
}

const left = attacks.length - reports.length - aborts.length;
const tally = { reports, aborts, quietMs, cells, left, ...(seed === undefined ? {} : { seed }) };
say(summarize(tally));
process.exitCode = !broken && isClean(tally) ? 0 : 1;
