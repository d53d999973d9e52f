// Management: whether what was deleted has been made anew by an undoing, so that whoever asks twice does not get two.
import type { LogFilter } from '#storage/log-filter.ts';
import type { LogRecord } from '#storage/records.ts';
import { isNode } from './mask.ts';
import type { Incoming, Route } from './route.ts';
import { look } from './subject.ts';
import type { BackCall } from './way-back.ts';

/** It has another id, by which nobody would find it: the line that made it tells. */
export async function isMadeAnew(
  view: Route,
  { method, path }: BackCall,
  { log, there }: { log: LogRecord; there: Incoming },
): Promise<boolean> {
  const { deps, tenant } = there;
  const where: LogFilter = {
    kind: 'all',
    of: [
      { kind: 'text', of: 'type', is: 'sapi' },
      { kind: 'text', of: 'description', is: `${method} /api/v2${path}` },
      { kind: 'ids', from: log.id },
    ],
  };
  const lines = await deps.store.logs.search(tenant.id, { where, order: 'newest', page: { offset: 0, limit: 1000 } });
  const made = lines === 'too-slow' ? [] : lines.filter(({ details }) => details?.undoes === log.id);
  for (const { details } of made) {
    const id = isNode(details?.after) ? details.after.id : undefined;
    if (typeof id === 'string' && (await look(view, view, { ...there, param: () => id }))) return true;
  }
  return false;
}
