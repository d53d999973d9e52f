// Server, log streams: some of the lines that wait for one stream, handed over. Which of them were asked for is judged here;
// the others have arrived by not being sent.
import type { JsonObject, LogRecord, LogStreamRecord, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { showLog } from '../management/logs.ts';
import { isAskedFor, SECURITY } from './categories.ts';
import { type Hiding, hide } from './hidden-fields.ts';
import { appendLines } from './line-files.ts';
import type { Line, Parcel } from './parcels.ts';
import { SINKS } from './sinks.ts';

const LINES_AT_ONCE = 100;
/** What an outgoing call may hold is four times as much: the rest of it may be spent on escapes. */
const BYTES_AT_ONCE = 256 * 1024;
const TIMEOUT_MS = 10_000;

/** Where each line is a call of its own: for all calls of a batch, so that a slow receiver outlasts no lease. */
const BATCH_MS = 20_000;

/** Answers that speak of what was sent, and not of the receiver: the same lines will be refused again. */
const OF_THE_LINES: ReadonlySet<string> = new Set(['400', '413', '414', '415', '422']);
/** Tries after which such lines go one by one, and those that are refused by themselves are set aside. */
const TRIES_TOGETHER = 5;

type Needs = Pick<Deps, 'store' | 'clock' | 'egress'> & { config: Pick<Deps['config'], 'logStreamFolder'> };

/** The reason is for logs; it names the host at most, and of the answer its status. `pauseMs`: what the receiver asks for. */
export type Fault = { code: string; message: string; pauseMs?: number };

/**
 * `empty`: nothing waits. `sent`: some of it has arrived, or was set aside. `stopped`: this server ends. `delivered`: how many
 * lines have arrived. `error`: the last reason why something did not.
 */
export type BatchEnd = { delivered: number; setAside: number } & (
  | { end: 'empty' | 'sent' | 'stopped'; error?: Fault }
  | { end: 'failed'; error: Fault }
);

export async function sendBatch(
  deps: Needs,
  tenant: TenantRecord,
  stream: LogStreamRecord,
  signal: AbortSignal,
): Promise<BatchEnd> {
  const { store, clock } = deps;
  const waiting = await store.logStreams.lines(tenant.id, stream.id, LINES_AT_ONCE);
  if (waiting.length === 0) return { end: 'empty', delivered: 0, setAside: 0 };
  const filters = filtersOf(stream);
  const asked = waiting.filter(({ type }) => isAskedFor(type, filters));
  const lines = atMost(asked.map((log) => lineOf(log, tenant, stream)));
  const last = lines.length < asked.length ? lines.at(-1)?.id : undefined;
  // Those that nobody asked for, as far as the batch goes.
  const passed = waiting.filter((log) => !asked.includes(log) && (last === undefined || log.id < last));
  await store.logStreams.arrived(tenant.id, stream.id, ids(passed));
  const until = clock.now() + BATCH_MS;
  const { failing } = stream;
  const isOneByOne = failing?.code !== undefined && OF_THE_LINES.has(failing.code) && failing.tries >= TRIES_TOGETHER;
  let delivered = 0;
  let setAside = 0;
  let error: Fault | undefined;
  for (const load of loadsOf(stream, lines, isOneByOne)) {
    if (load.lines.length === 0 || clock.now() > until) break;
    if (signal.aborted) return { end: 'stopped', delivered, setAside };
    const fault = await deliver(deps, tenant, load, signal);
    if (fault === 'stopped') return { end: 'stopped', delivered, setAside };
    const logIds = ids(load.lines);
    if (fault === undefined) {
      await store.logStreams.arrived(tenant.id, stream.id, logIds);
      delivered += logIds.length;
      continue;
    }
    error = fault;
    if (!isOneByOne || !OF_THE_LINES.has(fault.code)) break;
    await store.logStreams.setAside(tenant.id, stream.id, logIds, fault.message);
    setAside += logIds.length;
  }
  // Whose receiver takes some of a batch is not down: the next batch begins with the line that was not taken.
  if (error && delivered + setAside === 0) return { end: 'failed', error, delivered, setAside };
  return { end: 'sent', ...(error ? { error } : {}), delivered, setAside };
}

/** A call of a batch, or the lines that a file gets. */
type Load = Parcel | { fileName: unknown; lines: readonly Line[] };

function loadsOf({ type, sink }: LogStreamRecord, lines: readonly Line[], isOneByOne: boolean): Load[] {
  const { parcels } = SINKS[type];
  if (!parcels) return [{ fileName: sink.fileName, lines }];
  return isOneByOne ? lines.flatMap((line) => parcels(sink, [line])) : parcels(sink, lines);
}

/** Undefined: the lines have arrived. */
async function deliver(
  { egress, config }: Needs,
  tenant: TenantRecord,
  load: Load,
  signal: AbortSignal,
): Promise<Fault | 'stopped' | undefined> {
  if (!('call' in load)) {
    const place = { folder: config.logStreamFolder, tenantName: tenant.name, fileName: load.fileName };
    const appended = await appendLines(
      place,
      load.lines.map(({ json }) => json),
    );
    return appended.ok ? undefined : appended;
  }
  const outcome = await egress.request(load.call, { signal, timeoutMs: TIMEOUT_MS });
  if (!outcome.ok) {
    const { code, message } = outcome;
    return code === 'ABORT_ERR' ? 'stopped' : { code, message };
  }
  const { status, headers } = outcome.answer;
  if (status >= 200 && status <= 299) return undefined;
  const seconds = headers.find(([name]) => name === 'retry-after')?.[1] ?? '';
  const pause = /^\d{1,6}$/.test(seconds) ? { pauseMs: Number(seconds) * 1000 } : {};
  return { code: String(status), message: `it answered ${status}`, ...pause };
}

/** Streams of priority choose nothing else. */
export function filtersOf({ isPriority, filters }: LogStreamRecord): string[] | undefined {
  return isPriority ? [SECURITY] : filters;
}

const ids = (lines: readonly { id: string }[]): string[] => lines.map(({ id }) => id);

function lineOf(log: LogRecord, tenant: TenantRecord, { pii }: LogStreamRecord): Line {
  const shown = showLog(log, tenant);
  const data = pii ? hide(shown, hidingOf(pii)) : shown;
  const json = JSON.stringify({ log_id: log.id, data });
  const { id, at } = log;
  if (Buffer.byteLength(json) <= BYTES_AT_ONCE) return { id, at, data, json };
  // One line that no call can carry would stand before all others for ever.
  const cut = { ...data, details: { truncated: true } };
  return { id, at, data: cut, json: JSON.stringify({ log_id: id, data: cut }) };
}

function hidingOf({ log_fields: fields, method }: JsonObject): Hiding {
  return {
    fields: Array.isArray(fields) ? (fields as Hiding['fields']) : [],
    method: method === 'hash' ? 'hash' : 'mask',
  };
}

/** As many as one call carries, and at least one. */
function atMost(lines: readonly Line[]): Line[] {
  let bytes = 0;
  const end = lines.findIndex(({ json }, at) => {
    bytes += Buffer.byteLength(json);
    return at > 0 && bytes > BYTES_AT_ONCE;
  });
  return lines.slice(0, end === -1 ? lines.length : end);
}
