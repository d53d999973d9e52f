// Recorded logins, newest first, one after the other: a replay takes its turn beside living logins and never hurries them.
// It reads, and writes nothing.
import type { ExecutionRecord } from '#storage/records.ts';
import type { Versions } from '../pipeline/plan.ts';
import type { Ports } from '../ports.ts';
import type { ReplayNews, ReplayRequest, ReplaySummary } from '../replayed-logins.ts';
import { type ReplayStage, replayLogin } from './replay-login.ts';

const LOGIN = 'post-login';
const PAGE = 50;
/** Before it are all of them. */
const END = 999_999_999_999_999;
/** Executions of one login that are looked at: it can pause so often and no more. */
const OF_ONE_LOGIN = 100;

export async function* replayLogins(
  ports: Pick<Ports, 'sandbox' | 'scriptLimits' | 'store' | 'now'>,
  versions: Versions,
  request: ReplayRequest,
): AsyncGenerator<ReplayNews, ReplaySummary> {
  const stage: ReplayStage = { ports, versions, overruns: new Map() };
  const summary: ReplaySummary = { logins: 0, loginsChanged: 0, notRecorded: 0, runs: 0, same: 0, changes: {} };
  for await (const { executions, place } of recordedLogins(ports, request)) {
    if (summary.logins >= request.logins || request.ended?.aborted) {
      summary.next = await place();
      break;
    }
    const { changes, runs, same, tried } = await replayLogin(stage, request, executions);
    summary.logins += 1;
    summary.runs += runs;
    summary.same += same;
    if (!tried) summary.notRecorded += 1;
    if (changes.length > 0) summary.loginsChanged += 1;
    for (const change of changes) {
      summary.changes[change.change] = (summary.changes[change.change] ?? 0) + 1;
      yield { kind: 'change', change };
    }
    yield { kind: 'progress', logins: summary.logins };
  }
  return summary;
}

/** `place`: where a replay begins that is to meet this login first. Without executions: the work was ended before. */
type Recorded = { executions: ExecutionRecord[]; place: () => Promise<number> };

/** Each login when its newest execution is met, whole. */
async function* recordedLogins(
  { store: { executions }, now }: Pick<Ports, 'store' | 'now'>,
  request: ReplayRequest,
): AsyncGenerator<Recorded> {
  const { tenant, since, until, userId, actionId, ended } = request;
  const narrowed = {
    ...(userId === undefined ? {} : { userId }),
    ...(actionId === undefined ? {} : { actionId }),
  };
  const list = (before: number, limit: number) => executions.list(tenant.id, { ...narrowed, before, limit });
  for (let before: number | undefined = request.from ?? END; before !== undefined; ) {
    const from: number = before;
    const page = await list(from, PAGE);
    for (const [index, met] of page.records.entries()) {
      const place = async () => (index === 0 ? from : ((await list(from, index)).next ?? from));
      if (ended?.aborted) yield { executions: [], place };
      // Written as they end: older ones follow, and none of them can belong to a login of this time.
      if (met.updatedAt < since) return;
      const { transactionId } = met;
      if (transactionId === undefined || met.triggerId !== LOGIN) continue;
      const found = await executions.list(tenant.id, { transactionId, limit: OF_ONE_LOGIN });
      // What is over is not looked at, though the sweep may not have come yet.
      const all = found.records.filter(({ triggerId, expiresAt }) => triggerId === LOGIN && expiresAt > now());
      const newest = all.find(
        ({ results }) => actionId === undefined || results.some((run) => run.actionId === actionId),
      );
      const began = all.at(-1)?.createdAt ?? met.createdAt;
      if (newest?.id !== met.id || began < since || began >= until) continue;
      yield { executions: all.toReversed(), place };
    }
    before = page.next;
  }
}
