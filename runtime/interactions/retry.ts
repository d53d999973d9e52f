// Interactions: asking a second time. Only where the tenant says so, and never what may have happened already, unless the
// service is told by a key that it is the same request.
import { setTimeout as wait } from 'node:timers/promises';
import type { HttpRequestConfiguration } from './interaction.ts';
import type { Fault } from './outside.ts';

type RetryConfiguration = NonNullable<HttpRequestConfiguration['retry_configuration']>;

export type Retrying = {
  /** Besides the first. */
  most: number;
  delays: readonly number[];
  statuses: readonly number[];
  /** The same request may arrive twice without harm. */
  safe: boolean;
};

const MOST_RETRIES = 5;
const LONGEST_DELAY_MS = 10_000;
const STATUSES = [408, 429, 500, 502, 503, 504];
const DELAY_MS = 1_000;

export function retryingOf(configuration: RetryConfiguration | undefined, method: string): Retrying {
  const { max_retries = 0, backoff_delays, retryable_status_codes, idempotency_required } = configuration ?? {};
  const most = Number.isInteger(max_retries) ? Math.min(Math.max(0, max_retries), MOST_RETRIES) : 0;
  const delays = (Array.isArray(backoff_delays) ? backoff_delays : []).map(
    (one) => readDuration(String(one)) ?? DELAY_MS,
  );
  const statuses =
    Array.isArray(retryable_status_codes) && retryable_status_codes.length > 0 ? retryable_status_codes : STATUSES;
  return { most, delays, statuses, safe: idempotency_required === true || (method !== 'POST' && method !== 'PATCH') };
}

/** Whether what came of an attempt may be asked again. A request that was not answered in time may have been taken. */
export function mayRetry({ statuses, safe }: Retrying, came: { status: number; fault?: Fault }): boolean {
  if (came.fault === undefined) return statuses.includes(came.status);
  return came.fault === 'unreachable' ? came.status === 503 || safe : came.fault === 'timeout' && safe;
}

/** Milliseconds before the retry of this number, from 0; the last delay goes on. */
export function delayOf({ delays }: Retrying, retry: number): number {
  return Math.min(delays[retry] ?? delays.at(-1) ?? DELAY_MS, LONGEST_DELAY_MS);
}

export async function pause(ms: number): Promise<void> {
  await wait(ms);
}

/** ISO 8601: `PT1S`, `PT0.5S`, `PT1M30S`. Milliseconds. */
export function readDuration(text: string): number | undefined {
  const [all, hours, minutes, seconds] =
    /^PT(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,4}(?:\.\d{1,9})?)S)?$/i.exec(text) ?? [];
  if (all === undefined || (hours ?? minutes ?? seconds) === undefined) return undefined;
  return (Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)) * 1000;
}
