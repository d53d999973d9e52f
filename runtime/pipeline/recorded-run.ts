// A run as it is kept for another script to be run in its place: what was read, and every answer from outside. Taken while
// the run goes on, cleaned when it is over: no secret, code or token stays in it.
import { createHash } from 'node:crypto';
import type { OutgoingAnswer, OutgoingCall } from '#actions/outgoing-call.ts';
import type { Json, JsonObject, RecordedCall, RecordedRun } from '#storage/records.ts';
import type { Egress } from '../egress/egress.ts';
import type { RunRequest } from '../sandbox/sandbox.ts';
import {
  bodyWithoutCredentials,
  eventWithoutCredentials,
  headersWithoutCredentials,
  withoutCredentialValues,
  withoutTokens,
} from './left-out.ts';
import { type Redact, redactJson } from './redact.ts';

/** Bytes of one body that is kept, and of one run. */
const RECORDED_BYTES = { body: 64 * 1024, run: 256 * 1024 } as const;

type Answer = NonNullable<RunRequest['answer']>;
type Closing = {
  handler: string;
  eventJson: string;
  now: number;
  seed: string;
  cacheJson: string | undefined;
  redact: Redact;
};

/** How a call ended; `undefined` while it has not. */
type Call = { call: OutgoingCall; outcome?: Awaited<ReturnType<Egress['request']>> };
type Question = { operation: string; payload: string; outcome?: Awaited<ReturnType<Answer>> };

/** `request` and `answer` take the place of those given, and remember. */
export function openRecording(request: Egress['request'], answer: Answer | undefined) {
  const calls: Call[] = [];
  const questions: Question[] = [];
  return {
    request: (async (call, options) => {
      const entry: Call = { call };
      calls.push(entry);
      entry.outcome = await request(call, options);
      return entry.outcome;
    }) satisfies Egress['request'],

    ...(answer && {
      answer: (async (operation, payload) => {
        const entry: Question = { operation, payload };
        questions.push(entry);
        entry.outcome = await answer(operation, payload);
        return entry.outcome;
      }) satisfies Answer,
    }),

    close({ handler, eventJson, now, seed, cacheJson, redact }: Closing): RecordedRun {
      const clean = <T extends Json>(value: T): T => redactJson(withoutCredentialValues(value), redact);
      const tooLarge = { incomplete: `The run read more than ${RECORDED_BYTES.run / 1024} KB.` };
      const kept: RecordedCall[] = [];
      let read = eventJson.length + (cacheJson?.length ?? 0);
      for (const { call, outcome } of calls) {
        // Before anything is looked through: what a run may be answered is far more than what is kept of it.
        read += sizeOf(call.url) + sizeOf(call.body) + (outcome?.ok ? sizeOf(outcome.answer.body) : 0);
        if (read > RECORDED_BYTES.run) return tooLarge;
        const one = recordedCall(call, outcome, redact);
        if ('incomplete' in one) return one;
        kept.push(one);
      }
      const recorded: RecordedRun = {
        handler,
        event: redactJson(eventWithoutCredentials(JSON.parse(eventJson) as JsonObject), redact),
        now,
        seed,
        ...(cacheJson === undefined ? {} : { cache: keptCache(JSON.parse(cacheJson) as Cache, clean) }),
        questions: questions.flatMap(({ operation, payload, outcome }) =>
          outcome ? [{ operation, payload: redact(payload), ok: outcome.ok, answer: redact(outcome.payload) }] : [],
        ),
        calls: kept,
      };
      const bytes = Buffer.byteLength(JSON.stringify(recorded));
      return bytes <= RECORDED_BYTES.run ? recorded : tooLarge;
    },
  };
}

type Cache = Record<string, { value: string; expires_at: number }>;

/** What scripts put into a cache is somebody's access token as often as not: an opaque value is none that may be kept. */
const OPAQUE = /^(?=.*\d)[\w.~+/=-]{16,}$/;

function keptCache(cache: Cache, clean: (value: JsonObject) => JsonObject): JsonObject {
  const entries = Object.entries(cache).map(([key, { value, expires_at }]) => {
    const shown = clean({ [key]: bodyWithoutCredentials(value) })[key];
    return [key, { value: OPAQUE.test(value) ? '***' : (shown ?? '***'), expires_at }];
  });
  return Object.fromEntries(entries) as JsonObject;
}

/** What a call is found by: as it may be kept, whatever stood in it. Untrusted: a script may have bent what it sent. */
export function callKey(
  { method, url, body }: OutgoingCall,
  redact: Redact,
): Pick<RecordedCall, 'method' | 'url' | 'body'> {
  const bytes = bytesOf(body);
  const sent = isText(bytes) ? Buffer.from(redact(bodyWithoutCredentials(bytes.toString()))) : bytes;
  return {
    method: textOf(method),
    url: redact(withoutTokens(textOf(url))),
    ...(sent.length > 0 ? { body: createHash('sha256').update(sent).digest('base64url') } : {}),
  };
}

function recordedCall(
  call: OutgoingCall,
  outcome: Call['outcome'],
  redact: Redact,
): RecordedCall | { incomplete: string } {
  const key = callKey(call, redact);
  if (!outcome) return key;
  if (!outcome.ok) return { ...key, failure: { code: outcome.code, message: redact(outcome.message) } };
  const answer = recordedAnswer(outcome.answer, redact);
  return 'incomplete' in answer ? answer : { ...key, answer };
}

function recordedAnswer(
  { status, statusText, url, redirected, headers, body }: OutgoingAnswer,
  redact: Redact,
): NonNullable<RecordedCall['answer']> | { incomplete: string } {
  const bytes = bytesOf(body);
  if (bytes.length > RECORDED_BYTES.body)
    return { incomplete: `An answer from outside was larger than ${RECORDED_BYTES.body / 1024} KB.` };
  if (!isText(bytes)) return { incomplete: 'An answer from outside was no text.' };
  return {
    status,
    statusText: redact(withoutTokens(statusText)),
    url: redact(withoutTokens(url)),
    redirected,
    headers: headersWithoutCredentials(headers).map(([name, value]) => [name, redact(value)]),
    body: redact(bodyWithoutCredentials(bytes.toString())),
  };
}

const sizeOf = (value: unknown): number => JSON.stringify(value)?.length ?? 0;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function bytesOf(body: unknown): Buffer {
  const { text, base64 } = (typeof body === 'object' && body !== null ? body : {}) as { [key: string]: unknown };
  return typeof text === 'string' ? Buffer.from(text) : Buffer.from(textOf(base64), 'base64');
}

const isText = (bytes: Buffer): boolean => !bytes.includes(0) && Buffer.from(bytes.toString()).equals(bytes);
