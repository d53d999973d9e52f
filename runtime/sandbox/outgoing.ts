// Calls out of scripts: made by this process, behind the egress guard, for a run that waits in its cell. What a run asked
// before is never asked again: a repeated run gets the answers of the first time, or none at all.

import type { OutgoingCall } from '#actions/outgoing-call.ts';
import { methodsOf } from '#actions/trigger.ts';
import { TRIGGERS } from '#actions/triggers.ts';
import type { Egress } from '../egress/egress.ts';
import type { CallAnswer, JournaledCall, Run } from './runs.ts';
import type { RunRequest } from './sandbox.ts';
import type { SandboxLog } from './slots.ts';

/** UTF-16 units of all answers of one run: they are kept until it ends, in case it has to be repeated. */
const MAX_ANSWERS = 16 * 1024 * 1024;
const SPARE_MS = 1000;
/** Requests of one tenant under way at once; the rest wait in line. */
const CONCURRENT = 32;

function parseCall(payload: string): OutgoingCall | undefined {
  try {
    return JSON.parse(payload) as OutgoingCall;
  } catch {
    return undefined;
  }
}

export type Asked = { call: number; operation: string; payload: string };

/** What scripts of a trigger may ask the host. */
const asks = (trigger: RunRequest['trigger']): ReadonlySet<string> => {
  const known = questions.get(trigger);
  if (known !== undefined) return known;
  const made = new Set(
    methodsOf(TRIGGERS[trigger]).flatMap(({ path, method }) => (method.returns === 'promise' ? path : [])),
  );
  questions.set(trigger, made);
  return made;
};
const questions = new Map<RunRequest['trigger'], ReadonlySet<string>>();

/** `now`: milliseconds of a clock that only moves forward. */
export function createOutgoing(deps: { egress: Pick<Egress, 'request'>; now: () => number; log: SandboxLog }) {
  const lines = new Map<string, { active: number; waiting: (() => void)[] }>();

  async function inLine<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
    const line = lines.get(tenantId) ?? { active: 0, waiting: [] };
    lines.set(tenantId, line);
    if (line.active >= CONCURRENT) await new Promise<void>((resolve) => line.waiting.push(resolve));
    line.active++;
    try {
      return await work();
    } finally {
      line.active--;
      const next = line.waiting.shift();
      if (next !== undefined) next();
      else if (line.active === 0) lines.delete(tenantId);
    }
  }

  type Outcome = { ok: boolean; payload: string };

  const refused = (name: string, message: string): Outcome => ({
    ok: false,
    payload: JSON.stringify({ name, message }),
  });

  /** A question of the script's about its own login. A fault of ours is not told to it. */
  async function askHost(run: Run, operation: string, payload: string): Promise<Outcome> {
    const { trigger, answer } = run.request;
    if (answer === undefined || !asks(trigger).has(operation))
      return refused('Error', `unknown operation ${operation.slice(0, 50)}`);
    try {
      return bounded(run, await inLine(run.request.tenantId, () => answer(operation, payload)), `api.${operation}`);
    } catch (error) {
      deps.log.error({ err: error, operation }, 'a question of a script could not be answered');
      return refused('Error', `api.${operation} failed`);
    }
  }

  /** The answer, unless those of the run have grown too large together. */
  function bounded(run: Run, outcome: Outcome, what: string): Outcome {
    run.answered += outcome.payload.length;
    if (run.answered <= MAX_ANSWERS) return outcome;
    return refused('TypeError', `${what} failed: the answers of one run must not exceed 16 MB together`);
  }

  async function perform(run: Run, { operation, payload }: Asked, signal: AbortSignal): Promise<Outcome> {
    if (operation !== 'fetch') return askHost(run, operation, payload);
    const call = parseCall(payload);
    // A payload that is no JSON: the script has bent the shim that writes it. What it holds, the guard parses.
    if (call === undefined) return refused('TypeError', 'fetch failed: malformed call');
    return inLine(run.request.tenantId, async () => {
      // A little longer than the run has: what is too slow for it ends as the run's own time-out, not as a failed request.
      const timeoutMs = Math.max(1, run.deadlineAt - deps.now()) + SPARE_MS;
      const request = run.request.request ?? deps.egress.request;
      const outcome = await request(call, { signal, timeoutMs });
      const answer = outcome.ok
        ? { ok: true, payload: JSON.stringify(outcome.answer) }
        : { ok: false, payload: JSON.stringify({ name: 'TypeError', code: outcome.code, message: outcome.message }) };
      return bounded(run, answer, 'fetch');
    });
  }

  return {
    /** Makes the call, or finds it made. Undefined: the run asks for something else than it did the first time. */
    ask(run: Run, asked: Asked): JournaledCall | undefined {
      const known = run.journal.get(asked.call);
      if (known !== undefined) {
        return known.operation === asked.operation && known.payload === asked.payload ? known : undefined;
      }
      const controller = new AbortController();
      const startedAt = run.deadlineAt - run.request.wallMs;
      const answer = perform(run, asked, controller.signal).then(
        (outcome): CallAnswer => ({ ...outcome, at: Math.round(deps.now() - startedAt) }),
      );
      const { operation, payload } = asked;
      const made: JournaledCall = { operation, payload, answer, abort: () => controller.abort() };
      run.journal.set(asked.call, made);
      return made;
    },
  };
}
