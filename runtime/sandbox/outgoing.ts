// Calls out of scripts: made by this process, behind the egress guard, for a run that waits in its cell. What a run asked
// before is never asked again: a repeated run gets the answers of the first time, or none at all.

import type { OutgoingCall } from '#actions/outgoing-call.ts';
import type { Egress } from '../egress/egress.ts';
import type { CallAnswer, JournaledCall, Run } from './runs.ts';

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

/** `now`: milliseconds of a clock that only moves forward. */
export function createOutgoing(deps: { egress: Egress; now: () => number }) {
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

  async function perform(run: Run, { operation, payload }: Asked, signal: AbortSignal): Promise<Outcome> {
    if (operation !== 'fetch') return refused('Error', `unknown operation ${operation.slice(0, 50)}`);
    const call = parseCall(payload);
    // A payload that is no JSON: the script has bent the shim that writes it. What it holds, the guard parses.
    if (call === undefined) return refused('TypeError', 'fetch failed: malformed call');
    return inLine(run.request.tenantId, async () => {
      // A little longer than the run has: what is too slow for it ends as the run's own time-out, not as a failed request.
      const timeoutMs = Math.max(1, run.deadlineAt - deps.now()) + SPARE_MS;
      const outcome = await deps.egress.request(call, { signal, timeoutMs });
      const answer = outcome.ok
        ? { ok: true, payload: JSON.stringify(outcome.answer) }
        : { ok: false, payload: JSON.stringify({ name: 'TypeError', code: outcome.code, message: outcome.message }) };
      run.answered += answer.payload.length;
      if (run.answered <= MAX_ANSWERS) return answer;
      return refused('TypeError', 'fetch failed: the answers of one run must not exceed 16 MB together');
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
