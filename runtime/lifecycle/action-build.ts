// Lifecycle: the build of a draft: its syntax is checked in the background, after the answer to its change. A build that
// a crash cut off is started again by the next look at the draft; the result of an overtaken build is dropped.
import type { ActionRecord, BuildError } from '#storage/records.ts';
import { scriptFileName } from '../script-file-name.ts';
import type { LifecyclePorts } from './ports.ts';

/** Checks a script's syntax; lines and columns count from 1. */
export type CheckScript = (script: {
  fileName: string;
  source: string;
}) => Promise<{ ok: true } | { ok: false; errors: { message: string; line: number; column: number; text: string }[] }>;

export type Builder = {
  /** Starts the build of a draft that waits for one, unless it is already under way. `built` is called when it has ended. */
  start(action: ActionRecord, built?: (action: ActionRecord) => Promise<void>): void;
  /** Settles when no build is under way. */
  settled(): Promise<void>;
};

/** `failed` is told of faults of ours (a database that is away); the draft is then built at the next look. */
export function createBuilder(ports: LifecyclePorts, check: CheckScript, failed: (fault: unknown) => void): Builder {
  const underWay = new Map<string, Promise<void>>();
  return {
    start(action, built) {
      if (action.status !== 'pending' && action.status !== 'building') return;
      const key = `${action.tenantId} ${action.id} ${action.updatedAt}`;
      if (underWay.has(key)) return;
      const work = build(ports, check, action)
        .then(async (result) => {
          if (result && built) await built(result);
        })
        .catch(failed)
        .finally(() => underWay.delete(key));
      underWay.set(key, work);
    },
    settled: async () => {
      while (underWay.size > 0) await Promise.all(underWay.values());
    },
  };
}

/** Undefined: the draft has changed or gone meanwhile. */
async function build(
  { store, now }: LifecyclePorts,
  check: CheckScript,
  action: ActionRecord,
): Promise<ActionRecord | undefined> {
  const errors = await errorsOf(action, check);
  let taken = false;
  const updated = await store.actions.update(action.tenantId, action.id, (current) => {
    taken = current.updatedAt === action.updatedAt && current.status !== 'built' && current.status !== 'failed';
    if (!taken) return current;
    return { ...current, status: errors.length === 0 ? 'built' : 'failed', errors, builtAt: now() };
  });
  return taken && updated !== 'missing' && updated !== 'conflict' ? updated : undefined;
}

async function errorsOf(action: ActionRecord, check: CheckScript): Promise<BuildError[]> {
  if (action.dependencies.length > 0) {
    const names = action.dependencies.map(({ name, version }) => `${name}@${version}`).join(', ');
    return [{ id: 'dependencies_unavailable', message: `npm dependencies are not available yet: ${names}` }];
  }
  const checked = await check({ fileName: scriptFileName(action.name), source: action.code });
  if (checked.ok) return [];
  return checked.errors.map(({ message, line, column }) => ({
    id: 'syntax_error',
    message: `${scriptFileName(action.name)}:${line}:${column}: ${message}`,
  }));
}
