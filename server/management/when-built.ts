// Management: waits for the build of a draft: whoever has just saved one need not ask again and again before going on.
import type { ActionRecord } from '#storage/records.ts';
import type { Incoming } from './route.ts';

const POLL_MS = 50;

const isUnderWay = ({ status }: ActionRecord): boolean => status !== 'built' && status !== 'failed';

/**
 * Also where another process builds it, or one that a crash ended did.
 * @returns the Action as it is when its build has ended, or when the time is over; undefined: it is gone.
 */
export async function whenBuilt(
  { deps, builder }: Incoming,
  action: ActionRecord,
  withinMs: number,
): Promise<ActionRecord | undefined> {
  const endsAt = performance.now() + withinMs;
  let current: ActionRecord | undefined = action;
  // A rehearsal builds nothing, so it waits for nothing.
  while (current && isUnderWay(current) && performance.now() < endsAt && builder.start(current)) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    current = await deps.store.actions.find(action.tenantId, action.id);
  }
  return current;
}
