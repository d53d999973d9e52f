// Guest code: the only function the host ever calls. Everything crosses the wall as text or number; what the script
// returns or throws never crosses it at all. One context, one run.

import { postLogin } from '../post-login.ts';
import type { TriggerContract } from '../trigger.ts';
import { createApi, given } from './api.ts';
import { clock, setClock } from './clock.ts';
import { noteFault, noteMessage } from './faults.ts';
import { installGlobals } from './globals.ts';
import { apply, isArray, isAsyncFunction, NativeError, parse, whenSettled } from './primordials.ts';
import { run } from './recorder.ts';
import { fireNext, nextDelay } from './timers.ts';

type ModuleBody = (module: unknown, exports: unknown, require: unknown, console: unknown) => void;

const contracts: Record<string, TriggerContract> = { 'post-login': postLogin };
const console = installGlobals();
let api: unknown;
let module: { exports: unknown } = { exports: {} };

function requireNothing(name: unknown): never {
  throw new NativeError(`Cannot find module '${name}': scripts cannot require modules.`);
}

/**
 * Makes the `api` of a trigger, the hidden classes that parsing an event of this shape needs, and the large globals
 * that the text of the script mentions (names with commas between).
 */
function prepare(trigger: string, sampleJson: string, mentions: string): void {
  const contract = contracts[trigger];
  if (contract === undefined) throw new NativeError(`unknown trigger ${trigger}`);
  api = createApi(contract);
  parse(sampleJson);
  given.event = parse(sampleJson);
  if (mentions === '') return;
  for (const name of mentions.split(',')) void (globalThis as unknown as Record<string, unknown>)[name];
}

/** Runs the top level of the script's module. Answers whether it looked at the clock or the dice. */
function load(body: ModuleBody, now: number, seed: string): boolean {
  setClock(now, seed);
  module = { exports: {} };
  try {
    apply(body, module.exports, [module, module.exports, requireNothing, console]);
  } catch (error) {
    noteFault('exports', error);
  }
  return clock.asked;
}

function settle(): void {
  run.settled = true;
}

function fail(reason: unknown): void {
  if (run.settled) return;
  settle();
  noteFault('threw', reason);
}

function start(
  handler: string,
  eventJson: string,
  secretsJson: string,
  now: number,
  seed: string,
  keepClock: boolean,
): void {
  if (!keepClock) setClock(now, seed);
  if (run.fault !== '') {
    settle();
    return;
  }
  const exported = module.exports;
  if (typeof exported !== 'object' || exported === null || isArray(exported)) {
    noteMessage('exports', 'Error', 'The Action must export an object.', '');
    settle();
    return;
  }
  const event = parse(eventJson) as Record<string, unknown>;
  event.secrets = parse(secretsJson);
  given.event = event;
  try {
    const call = (exported as Record<string, unknown>)[handler];
    if (!isAsyncFunction(call)) {
      const message = `Invalid function signature for the "${handler}" handler. Use "exports.${handler} = async function(event, api) { }" as the signature.`;
      noteMessage('exports', 'Error', message, '');
      settle();
      return;
    }
    whenSettled(apply(call, undefined, [event, api]), settle, fail);
  } catch (error) {
    fail(error);
  }
}

function resume(): void {
  try {
    fireNext();
  } catch (error) {
    fail(error);
  }
}

/** What the host may know now: `done` with everything recorded, or how long to wait for the next timer. */
function drain(): string {
  if (!run.settled && run.limit === '') {
    const wait = nextDelay();
    if (wait >= 0) return `{"state":"waiting","wait":${wait}}`;
    noteMessage('stalled', 'Error', 'Script stalled: it awaits a promise that nothing can settle', '');
  }
  if (run.limit !== '') noteMessage('limit', 'Error', run.limit, '');
  const commands = run.fault === '' ? run.commands : '';
  const fault = run.fault === '' ? '' : `,"fault":${run.fault}`;
  return `{"state":"done","commands":[${commands}],"console":[${run.console}],"late":[${run.late}]${fault}}`;
}

/** Lines written so far, for a run that is ended from outside. */
const lines = (): string => `[${run.console}]`;

export function entry(
  operation: string,
  a?: unknown,
  b?: unknown,
  c?: unknown,
  d?: unknown,
  e?: unknown,
  f?: unknown,
): unknown {
  switch (operation) {
    case 'prepare':
      return prepare(a as string, b as string, c as string);
    case 'load':
      return load(a as ModuleBody, b as number, c as string);
    case 'start':
      return start(a as string, b as string, c as string, d as number, e as string, f as boolean);
    case 'resume':
      return resume();
    case 'lines':
      return lines();
    default:
      return drain();
  }
}
