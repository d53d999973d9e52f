// Server, log streams: some of the lines that wait for one stream, handed over. Which of them were asked for is judged here;
// the others have arrived by not being sent.
import type { JsonObject, LogRecord, LogStreamRecord, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { showLog } from '../management/logs.ts';
import { isAskedFor, SECURITY } from './categories.ts';
import { type Hiding, hide } from './hidden-fields.ts';
import { httpRequests, type Line } from './http-sink.ts';

const LINES_AT_ONCE = 100;
/** What an outgoing call may hold is four times as much: the rest of it may be spent on escapes. */
const BYTES_AT_ONCE = 256 * 1024;
const TIMEOUT_MS = 10_000;

/** Where each line is a call of its own: for all calls of a batch, so that a slow receiver outlasts no lease. */
const BATCH_MS = 20_000;

type Needs = Pick<Deps, 'store' | 'clock' | 'egress'>;

/**
 * `empty`: nothing waits. `sent`: some of it has arrived. `stopped`: this server ends. `failed`: the reason is for logs; it
 * names the host at most, and of the answer its status.
 */
export type BatchEnd =
  | { end: 'empty' | 'sent' | 'stopped' }
  | { end: 'failed'; error: { code: string; message: string } };

export async function sendBatch(
  { store, clock, egress }: Needs,
  tenant: TenantRecord,
  stream: LogStreamRecord,
  signal: AbortSignal,
): Promise<BatchEnd> {
  const waiting = await store.logStreams.lines(tenant.id, stream.id, LINES_AT_ONCE);
  if (waiting.length === 0) return { end: 'empty' };
  const filters = filtersOf(stream);
  const asked = waiting.filter(({ type }) => isAskedFor(type, filters));
  const lines = atMost(asked.map((log) => lineOf(log, tenant, stream)));
  const last = lines.length < asked.length ? lines.at(-1)?.id : undefined;
  // Those that nobody asked for, as far as the batch goes.
  const passed = waiting.filter((log) => !asked.includes(log) && (last === undefined || log.id < last));
  await store.logStreams.arrived(tenant.id, stream.id, ids(passed));
  const until = clock.now() + BATCH_MS;
  // Whose receiver takes some of a batch is not down: the next batch begins with the line that was not taken.
  let isTaking = false;
  const failed = (error: { code: string; message: string }): BatchEnd =>
    isTaking ? { end: 'sent' } : { end: 'failed', error };
  for (const { call, lines: carried } of httpRequests(stream.sink, lines)) {
    if (carried.length === 0 || clock.now() > until) break;
    if (signal.aborted) return { end: 'stopped' };
    const outcome = await egress.request(call, { signal, timeoutMs: TIMEOUT_MS });
    if (!outcome.ok) {
      const { code, message } = outcome;
      return code === 'ABORT_ERR' ? { end: 'stopped' } : failed({ code, message });
    }
    const { status } = outcome.answer;
    if (status < 200 || status > 299) {
      return failed({ code: String(status), message: `it answered ${status}` });
    }
    await store.logStreams.arrived(tenant.id, stream.id, ids(carried));
    isTaking = true;
  }
  return { end: 'sent' };
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
  if (Buffer.byteLength(json) <= BYTES_AT_ONCE) return { id: log.id, json };
  // One line that no call can carry would stand before all others for ever.
  return { id: log.id, json: JSON.stringify({ log_id: log.id, data: { ...data, details: { truncated: true } } }) };
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
