// Management: the live console as server-sent events (WHATWG HTML, section 9.2): one event for each run, a comment now
// and then so that proxies keep the connection. Nothing is read ahead: a reader that is slow is slow for itself alone.
import { performance } from 'node:perf_hooks';
import type { Heard, LiveConsole } from '#runtime/live-console.ts';
import { type Answer, refuse } from './answer.ts';
import { optional } from './fields.ts';
import { showResult } from './show-execution.ts';

const PING_MS = 15_000;
/** Readers come back by themselves; a token is judged again then. */
const LONGEST_MS = 60 * 60_000;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // Proxies that gather answers before they pass them on are asked not to.
  'x-accel-buffering': 'no',
};

export function answerLive(live: LiveConsole, tenantId: string, filter: { actionId?: string }): Answer {
  const listening = live.listen(tenantId, filter);
  if (!listening) return refuse(429, 'Too many listeners on the live console of this tenant.', 'too_many_requests');
  const encoder = new TextEncoder();
  const endsAt = performance.now() + LONGEST_MS;
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        controller.enqueue(encoder.encode(': listening\n\n'));
      },
      async pull(controller) {
        const heard = performance.now() < endsAt ? await listening.next(PING_MS) : ({ heard: 'end' } as const);
        if (heard.heard === 'end') {
          listening.stop();
          controller.close();
        } else {
          controller.enqueue(encoder.encode(eventOf(heard)));
        }
      },
      cancel() {
        listening.stop();
      },
    },
    { highWaterMark: 1 },
  );
  return { ok: true, status: 200, stream, headers: HEADERS };
}

/** JSON has no line breaks of its own, so that one `data` line holds it. */
function eventOf(heard: Exclude<Heard, { heard: 'end' }>): string {
  if (heard.heard === 'nothing') return ': ping\n\n';
  const { run, dropped } = heard;
  const data = {
    execution_id: run.executionId,
    ...optional('transaction_id', run.transactionId),
    ...optional('user_id', run.userId),
    ...showResult(run.result),
    // Runs that this reader was too slow for.
    ...(dropped === 0 ? {} : { dropped }),
  };
  return `event: run\ndata: ${JSON.stringify(data)}\n\n`;
}
