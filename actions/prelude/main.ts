// Guest code: the only function the host ever calls. Everything crosses the wall as text or number; what the script
// returns or throws never crosses it at all. One context, one run.

import type { TriggerContract } from '../trigger.ts';
import { TRIGGERS } from '../triggers.ts';
import { createApi } from './api.ts';
import { hasOpenCalls, host, setComputeOutside, setModuleSecrets, settleCall, takeFresh } from './calls.ts';
import { setClock } from './clock.ts';
import { noteFault, noteMessage } from './faults.ts';
import { setCache, setGiven } from './given.ts';
import { installGlobals } from './globals.ts';
import {
  apply,
  isArray,
  isAsyncFunction,
  NativeError,
  parse,
  readSite,
  stringify,
  whenSettled,
} from './primordials.ts';
import { limits, recordUnawaited, resetRun, run } from './recorder.ts';
import { fireNext, nextDelay } from './timers.ts';

type ModuleBody = (module: unknown, exports: unknown, require: unknown, console: unknown, host: unknown) => void;

/** Declared around the bundle. */
declare const sallyport: { entry: unknown };

const contracts: Record<string, TriggerContract> = TRIGGERS;
const console = installGlobals();
let api: unknown;
let module: { exports: unknown } = { exports: {} };

/** Only what a text computes at run time comes here: every `require` with a name was resolved when it was built. */
function requireNothing(name: unknown): never {
  throw new NativeError(`Cannot find module '${name}': scripts require modules by their literal names.`);
}

/**
 * Makes the `api` of a trigger and, with a made-up event, rehearses a run of it. `compute` is the host's
 * function for computations, for scripts that need one.
 */
function prepare(trigger: string, sampleJson: string, compute: unknown): void {
  const contract = contracts[trigger];
  if (contract === undefined) throw new NativeError(`unknown trigger ${trigger}`);
  api = createApi(contract);
  setComputeOutside(compute);
  if (sampleJson !== '') rehearse(contract, sampleJson);
}

/** A whole run with a made-up event, by a handler of ours: afterwards nothing in this context happens for the first time. */
function rehearse({ handlers: [handler = ''], rehearse: play }: TriggerContract, sampleJson: string): void {
  module = { exports: { [handler]: async (_event: unknown, given: Parameters<typeof play>[0]) => play(given) } };
  start(handler, sampleJson, '{}');
  drain();
}

/** Runs the top level of the script's module: once in a context, maybe long before the login. */
function load(body: ModuleBody): void {
  resetRun();
  module = { exports: {} };
  try {
    apply(body, module.exports, [module, module.exports, requireNothing, console, host]);
  } catch (error) {
    noteFault('exports', error);
  }
}

function settle(): void {
  run.phase = 'settled';
}

function fail(reason: unknown): void {
  if (run.phase === 'settled') return;
  settle();
  noteFault('threw', reason);
}

function start(handler: string, eventJson: string, secretsJson: string): void {
  run.phase = 'running';
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
  setGiven(event, eventJson);
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

/** What the host may know now: `done` with everything recorded, or what the run waits for. */
function drain(): string {
  if (run.phase !== 'settled' && run.limit === '') {
    const wait = nextDelay();
    if (wait >= 0 || hasOpenCalls()) return `{"state":"waiting","wait":${wait}${takeFresh()}}`;
    noteMessage('stalled', 'Error', 'Script stalled: it awaits a promise that nothing can settle', '');
  }
  if (hasOpenCalls()) recordUnawaited();
  const reason = run.limit === '' ? run.fault : run.limit;
  const commands = reason === '' ? run.commands : '';
  const fault = reason === '' ? '' : `,"fault":${reason}`;
  return `{"state":"done","commands":[${commands}],"console":[${run.console}],"late":[${run.late}]${fault}}`;
}

/** What was written so far and where the run waits, when it is ended from outside. */
const left = (): string => `{"console":[${run.console}],"stack":${stringify(readSite(run.site))}}`;

function setLimits(outputSize: number, consoleSize: number, commands: number, calls: number): void {
  limits.outputSize = outputSize;
  limits.consoleSize = consoleSize;
  limits.commands = commands;
  limits.calls = calls;
}

/** Positional, since an object for each call would have to be made outside and copied in. */
function entry(
  operation: string,
  a?: unknown,
  b?: unknown,
  c?: unknown,
  now?: unknown,
  ...dice: [number, number, number, number]
): unknown {
  switch (operation) {
    case 'prepare':
      return prepare(a as string, b as string, c);
    case 'load':
      setClock(now as number, ...dice);
      return load(a as ModuleBody);
    case 'limits':
      return setLimits(a as number, b as number, c as number, now as number);
    case 'start':
      setClock(now as number, ...dice);
      return start(a as string, b as string, c as string);
    case 'cache':
      return setCache(a as string);
    case 'modules':
      return setModuleSecrets(a as string);
    case 'resume':
      return resume();
    case 'answer':
      return settleCall(a as number, b as boolean, c as string, now as number);
    case 'warm':
      return void parse(a as string);
    case 'left':
      return left();
    default:
      return drain();
  }
}

// The bundle hands it out as its value: an export would cost every context an object with a getter.
sallyport.entry = entry;
