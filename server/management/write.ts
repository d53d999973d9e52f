// Management: a write, from the look before it to the line in the tenant's log. `sapi` where it was done, `fapi` where it was
// refused: who, what, and what it changed, without secrets. With `dry_run=true` it is played against a store that forgets.
import { tenantLog } from '#runtime/tenant-log.ts';
import { RehearsalOver } from '#storage/database.ts';
import type { JsonObject } from '#storage/records.ts';
import { type Answer, answer, refuse } from './answer.ts';
import { maskWithin } from './mask.ts';
import type { Calling, Incoming } from './route.ts';
import { type Difference, difference, look, type Subject, treeOf } from './subject.ts';

export type Write = Calling & { subject: Subject };

type Played = { result: Answer; before: JsonObject | undefined; after: JsonObject | undefined };

async function play(incoming: Incoming, { route, subject, query, body }: Write): Promise<Played> {
  const seen = () => (subject.kind === 'view' ? look(subject.view, route, incoming) : undefined);
  const before = await seen();
  const result = await route.run(incoming, query, body);
  if (!result.ok) return { result, before, after: before };
  return { result, before, after: subject.kind === 'made' ? madeBy(result) : await seen() };
}

/** What a creation answers is what was made. */
function madeBy({ body }: Extract<Answer, { ok: true }>): JsonObject | undefined {
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  return isObject ? (JSON.parse(JSON.stringify(body)) as JsonObject) : undefined;
}

/** Does it, and says so in the tenant's log. */
export async function write(incoming: Incoming, it: Write): Promise<Answer> {
  const { result, before, after } = await play(incoming, it);
  const isSeen = it.subject.kind !== 'unseen';
  const told = isSeen ? difference(before, after) : { asked: it.body };
  const logId = await log(incoming, it, { status: result.status, ...(result.ok ? told : {}) });
  if (!it.undoes || !result.ok) return result;
  const shown = result.body === undefined ? {} : { result: result.body };
  return answer({ ...it.undoes.told, log_id: logId, status: result.status, ...shown });
}

/** A write that was refused before it was looked at: no scope, no JSON. */
export async function logRefusal(
  incoming: Incoming,
  it: Pick<Write, 'route' | 'path' | 'query'>,
  status: number,
): Promise<void> {
  await log(incoming, it, { status });
}

const UNREHEARSED = (reason: string) => refuse(400, `This call cannot be rehearsed: ${reason}`, 'dry_run_unsupported');

/** Says what `write` would answer and change, and leaves nothing of it. */
export async function rehearse(incoming: Incoming, it: Write): Promise<Answer> {
  const { route } = it;
  if (route.unrehearsed !== undefined) return UNREHEARSED(route.unrehearsed);
  const played = await tryOut(incoming, it);
  if (played === 'over') return UNREHEARSED('it takes too long.');
  const { result, before, after } = played;
  if (!result.ok) return result;
  const shown = result.body === undefined ? {} : { result: maskWithin(JSON.parse(JSON.stringify(result.body))) };
  const told = it.undoes?.told ?? {};
  // An undoing answers for itself, whatever the write answers that it stands for.
  const status = it.undoes ? 200 : result.status;
  return answer({ ...told, dry_run: true, status, ...shown, diff: treeOf(before, after) });
}

/** What it would come to; nothing of it stays. `over`: it takes too long to be found out so. */
export async function tryOut(incoming: Incoming, it: Write): Promise<Played | 'over'> {
  try {
    return await incoming.deps.store.rehearse(async (store) => {
      const deps = { ...incoming.deps, store, runtime: incoming.deps.runtime.rehearsing(store) };
      const ports = { ...incoming.ports, store };
      const builder = { start: () => false, settled: async () => {} };
      return play({ ...incoming, deps, ports, builder }, it);
    });
  } catch (error) {
    if (error instanceof RehearsalOver) return 'over';
    throw error;
  }
}

async function log(
  { deps, tenant, operator, caller }: Incoming,
  { route, path, query, undoes }: Pick<Write, 'route' | 'path' | 'query' | 'undoes'>,
  { status, before, after, asked }: { status: number; asked?: unknown } & Difference,
): Promise<string> {
  const isDone = status < 400;
  const place = {
    tenantId: tenant.id,
    now: deps.clock.now(),
    random: deps.random,
    clientId: operator.clientId,
    ip: caller.ip,
    ...(caller.userAgent === undefined ? {} : { userAgent: caller.userAgent }),
  };
  // What nothing shows is told by what was asked for.
  const said = isPlain(asked) ? { body: maskWithin(asked) } : {};
  const line = tenantLog(
    {
      type: isDone ? 'sapi' : 'fapi',
      description: `${route.method} /api/v2${route.path}`,
      details: {
        request: { method: route.method, path, ip: caller.ip, query: maskWithin(query as JsonObject), ...said },
        response: { statusCode: status },
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
        ...(undoes ? { undoes: undoes.logId } : {}),
      },
    },
    place,
  );
  await deps.store.commit([{ kind: 'log.insert', log: line }]);
  return line.id;
}

const isPlain = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null;
