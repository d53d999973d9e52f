// The runs of one recorded login in the order in which they are to be tried: as they ran, or as another order of bindings
// would have had them run. An Action that did not run then stands on the event of its neighbour, where that is honest.
import type { ExecutionRecord, ExecutionResult } from '#storage/records.ts';
import type { ReplayBinding, ReplayRequest, ReplayScript } from '../replayed-logins.ts';
import { decisionOf, isFelt, NOTHING, stops } from './decision.ts';

/**
 * `script`: what is run; absent: what was decided then stands. `gone`: nothing runs in its place. `then`: what was recorded
 * of the Action, none for one that did not run. `on`: the run whose recording it is tried on.
 */
export type ReplayStep = {
  action: string;
  at: number;
  then?: ExecutionResult;
  on?: ExecutionResult;
  script?: ReplayScript;
  gone?: true;
  /** Why nobody can say what it would do. */
  doubt?: string;
};

const ORDER_DOUBT = 'Its place in the order changes, and what was recorded depends on that order.';

/** @param executions of one login, oldest first. */
export function stepsOf(
  executions: readonly ExecutionRecord[],
  { drafts, order }: Pick<ReplayRequest, 'drafts' | 'order'>,
): ReplayStep[] {
  const runs = executions.flatMap(({ results }) => results);
  const asTheyRan = runs.map((then): ReplayStep => {
    const script = drafts.get(then.actionId);
    return { action: then.actionName, at: then.startedAt, then, on: then, ...(script ? { script } : {}) };
  });
  if (!order) return asTheyRan;

  const place = new Map(order.flatMap(({ actionId }, index) => (actionId === undefined ? [] : [[actionId, index]])));
  const placeOf = ({ then }: ReplayStep) => (then ? place.get(then.actionId) : undefined);
  const bound = asTheyRan.map((step): ReplayStep => (placeOf(step) === undefined ? gone(step) : step));
  const present = bound.filter(({ gone }) => !gone);
  const moved = present.some(
    (step, index) => index > 0 && Number(placeOf(step)) < Number(placeOf(present[index - 1] ?? step)),
  );
  const sorted = moved ? reordered(bound, placeOf) : bound;

  const ran = new Set(runs.map(({ actionId }) => actionId));
  const last = executions.at(-1);
  return order.reduce((steps, binding, index) => {
    if (binding.actionId !== undefined && ran.has(binding.actionId)) return steps;
    return withNew(steps, binding, index, placeOf, last);
  }, sorted);
}

const gone = ({ action, at, then }: ReplayStep): ReplayStep => ({ action, at, ...(then ? { then } : {}), gone: true });

/** Runs that saw nothing of one another may change places; of others nobody knows what they would have read. */
function reordered(steps: ReplayStep[], placeOf: (step: ReplayStep) => number | undefined): ReplayStep[] {
  const decisions = steps.map(({ then }) => (then ? decisionOf(then) : NOTHING));
  const depend = decisions.some((decision) => stops(decision) || isFelt(decision));
  const written = decisions.flatMap((decision) => [...decision.keys()]);
  if (depend || new Set(written).size < written.length) {
    return steps.map(({ script: _script, ...step }) => ({ ...step, doubt: ORDER_DOUBT }));
  }
  return steps.toSorted((one, other) => (placeOf(one) ?? -1) - (placeOf(other) ?? -1));
}

/** Beside the next Action, which ran at the same moment; after the last one only where nothing came between. */
function withNew(
  steps: ReplayStep[],
  { actionId: _id, boundSince, ...script }: ReplayBinding,
  index: number,
  placeOf: (step: ReplayStep) => number | undefined,
  last: ExecutionRecord | undefined,
): ReplayStep[] {
  const next = steps.findIndex((step) => !step.gone && (placeOf(step) ?? -1) > index);
  const neighbour = next === -1 ? steps.at(-1) : steps[next];
  if (!neighbour) return steps;
  const { at, then } = neighbour;
  const step: ReplayStep = { action: script.name, at, script, ...(then ? { on: then } : {}) };
  if (next !== -1) return [...steps.slice(0, next), step, ...steps.slice(next)];
  const decided = then ? decisionOf(then) : NOTHING;
  // The login was over before its turn came, and still is.
  if (stops(decided)) return steps;
  const rests = last?.status === 'suspended';
  // Bound as it was then: nobody answered what came before it.
  if (rests && boundSince !== undefined && boundSince <= last.createdAt) return steps;
  const { script: _script, ...untried } = step;
  const doubted = { ...untried, doubt: 'It would run after a pause, and what it would read then was not recorded.' };
  return [...steps, isFelt(decided) || rests ? doubted : step];
}
