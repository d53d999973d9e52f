// Server, log streams: sends what waits, again and again, each stream for itself, so that none waits for another's receiver.
// Of several servers one has a stream, by a lease; whoever dies leaves its lines where they are, and the next sends them
// (at least once, in the order of their ids).
import { tenantLog } from '#runtime/tenant-log.ts';
import type { LogStreamRecord, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { type BatchEnd, type Fault, sendBatch } from './send-batch.ts';

const LOOK_EVERY_MS = 1000;
/** Longer than any call: who has it and lives renews it before each batch. */
const LEASE_MS = 60_000;
/** How many streams one server sends at once, and how many batches of one before it lets go. */
const AT_ONCE = 50;
const BATCHES = 50;

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** Tries after which the tenant's log says that a receiver takes nothing: about half a minute. */
const TRIES_UNTOLD = 5;
const SUSPENDED_AFTER_MS = 24 * 60 * 60_000;

type Needs = Pick<Deps, 'store' | 'clock' | 'random' | 'egress' | 'log'> & {
  config: Pick<Deps['config'], 'logStreamFolder'>;
};

export type Streaming = {
  /** Sends what is due now; resolves when this server has nothing under way of what it began. */
  look(): Promise<void>;
  /** Begins nothing more, breaks off what is under way and resolves when it is, or after `withinMs`. */
  end(withinMs: number): Promise<void>;
};

/** Looks every second. */
export function keepStreaming(deps: Needs): Streaming {
  const streaming = createStreaming(deps);
  const timer = setInterval(() => {
    streaming.look().catch((cause: unknown) => deps.log.error({ cause }, 'log lines were not sent'));
  }, LOOK_EVERY_MS).unref();
  return {
    ...streaming,
    end(withinMs) {
      clearInterval(timer);
      return streaming.end(withinMs);
    },
  };
}

export function createStreaming(deps: Needs): Streaming {
  const { store, clock, log } = deps;
  const ending = new AbortController();
  const underWay = new Map<string, Promise<void>>();

  const begin = (stream: LogStreamRecord): Promise<void> => {
    const run = sendWaiting(deps, stream, ending.signal)
      .catch((cause: unknown) => log.error({ cause, tenantId: stream.tenantId }, 'log lines were not sent'))
      .finally(() => underWay.delete(stream.id));
    underWay.set(stream.id, run);
    return run;
  };

  return {
    async look() {
      if (ending.signal.aborted) return;
      const due = (await store.logStreams.waiting()).filter(
        (stream) => isDue(stream, clock.now()) && !underWay.has(stream.id),
      );
      if (ending.signal.aborted) return;
      await Promise.all(due.slice(0, Math.max(0, AT_ONCE - underWay.size)).map(begin));
    },
    async end(withinMs) {
      ending.abort();
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const deadline = setTimeout(resolve, withinMs);
      await Promise.race([Promise.all(underWay.values()), late]);
      clearTimeout(deadline);
    },
  };
}

function isDue({ status, busyUntil = 0, failing }: LogStreamRecord, now: number): boolean {
  return status === 'active' && busyUntil <= now && (failing?.retryAt ?? 0) <= now;
}

async function sendWaiting(deps: Needs, { tenantId, id }: LogStreamRecord, signal: AbortSignal): Promise<void> {
  const tenant = await deps.store.tenants.find(tenantId);
  let held = tenant && (await hold(deps, { tenantId, id }));
  if (!tenant || !held) return;
  const nothing: BatchEnd = { end: 'sent', delivered: 0, setAside: 0 };
  let last: BatchEnd = nothing;
  try {
    for (let batches = 0; held && last.end === 'sent' && batches < BATCHES; batches += 1) {
      last = await sendBatch(deps, tenant, held, signal);
      if (last.end !== 'sent') break;
      await tellSetAside(deps, tenant, held, last);
      // Between two batches somebody may have changed or paused it. What it says of this one is written down with that.
      held = await hold(deps, held, last);
      last = nothing;
    }
  } finally {
    if (held) await letGo(deps, tenant, held, last);
  }
}

/**
 * Takes a stream for a batch, or takes it on; undefined: somebody else has it, or it is sent no more.
 * @param sent the batch before, which is written down with it.
 */
async function hold(
  { store, clock }: Needs,
  { tenantId, id, busyUntil: mine }: Pick<LogStreamRecord, 'tenantId' | 'id' | 'busyUntil'>,
  sent?: BatchEnd,
): Promise<LogStreamRecord | undefined> {
  const now = clock.now();
  let isHeld = false;
  const kept = await store.logStreams.update(tenantId, id, (current) => {
    const isOurs = mine !== undefined && current.busyUntil === mine;
    isHeld = current.status === 'active' && (mine === undefined ? isDue(current, now) : isOurs);
    // Whose receiver has just taken a batch fails no more.
    const { failing: _over, busyUntil: _lease, ...free } = sent ? counted(current, sent, now) : current;
    if (!isHeld) return isOurs ? free : current;
    return { ...(isOurs ? free : current), busyUntil: Math.max(now + LEASE_MS, (mine ?? 0) + 1) };
  });
  return isHeld && typeof kept !== 'string' ? kept : undefined;
}

/** What became of a batch, added to what is shown of its stream. */
function counted(stream: LogStreamRecord, { delivered, setAside, error }: BatchEnd, now: number): LogStreamRecord {
  const before = stream.delivery ?? { delivered: 0, failed: 0 };
  const failures = setAside > 0 ? setAside : error ? 1 : 0;
  return {
    ...stream,
    delivery: {
      ...before,
      delivered: before.delivered + delivered,
      failed: before.failed + failures,
      ...(delivered > 0 ? { deliveredAt: now } : {}),
      ...(error ? { failedAt: now, error: error.message } : {}),
    },
  };
}

async function letGo(deps: Needs, tenant: TenantRecord, held: LogStreamRecord, last: BatchEnd): Promise<void> {
  const { store, clock, log } = deps;
  const now = clock.now();
  const news: LogStreamRecord[] = [];
  await store.logStreams.update(held.tenantId, held.id, (current) => {
    // The lease ran out, and somebody else has it.
    if (current.busyUntil !== held.busyUntil) return current;
    const { busyUntil: _lease, failing, ...free } = counted(current, last, now);
    if (last.end === 'stopped') return failing ? { ...free, failing } : free;
    if (last.end !== 'failed') return free;
    const failed = failedAgain({ ...free, ...(failing ? { failing } : {}) }, last.error, now);
    news.splice(0, 1, failed);
    return failed;
  });
  const failed = news[0];
  if (last.end !== 'failed' || !failed) return;
  const { error } = last;
  const isSuspended = failed.status === 'suspended';
  log.warn(
    { tenantId: held.tenantId, stream: held.id, fault: error.code, message: error.message, isSuspended },
    'log lines were not taken',
  );
  if (!isSuspended && failed.failing?.tries !== TRIES_UNTOLD) return;
  const description = isSuspended
    ? `Log stream suspended: its receiver took nothing for a day (${error.message})`
    : `Log lines could not be sent: ${error.message}`;
  await tell(deps, tenant, held, { description, error: error.message });
}

/** Of the first only: the line that says so may be refused itself. */
async function tellSetAside(deps: Needs, tenant: TenantRecord, stream: LogStreamRecord, sent: BatchEnd): Promise<void> {
  if (sent.setAside === 0 || !sent.error) return;
  const { letters } = await deps.store.logStreams.backlog(tenant.id, stream.id);
  if (letters > sent.setAside) return;
  const description = `Log lines were refused for what they are, and set aside: ${sent.error.message}`;
  await tell(deps, tenant, stream, { description, error: sent.error.message });
}

async function tell(
  { store, clock, random }: Needs,
  tenant: TenantRecord,
  stream: LogStreamRecord,
  { description, error }: { description: string; error: string },
): Promise<void> {
  const line = tenantLog(
    {
      type: 'fn',
      description,
      details: { notification_type: 'log_stream', to: stream.name, stream_id: stream.id, error },
    },
    { tenantId: tenant.id, now: clock.now(), random, hostname: new URL(tenant.baseUrl).host },
  );
  await store.commit([{ kind: 'log.insert', log: line }]);
}

/** Tried again later each time, and no more after a day. */
function failedAgain(stream: LogStreamRecord, { code, pauseMs = 0 }: Fault, now: number): LogStreamRecord {
  const { since, tries } = stream.failing ?? { since: now, tries: 0 };
  const pause = Math.min(LONGEST_PAUSE_MS, Math.max(pauseMs, FIRST_PAUSE_MS * 2 ** Math.min(tries, 20)));
  const failing = { since, tries: tries + 1, retryAt: now + pause, code };
  return now - since >= SUSPENDED_AFTER_MS ? { ...stream, status: 'suspended', failing } : { ...stream, failing };
}
