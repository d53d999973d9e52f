// Guest code: calls out. A call is written down, the host reads it when the slice ends and answers in a later one; nothing
// of the host is ever inside. What is computed in the same breath goes through the one function the host gives.

import { clock } from './clock.ts';
import type { Host } from './host.ts';
import { captureSite, construct, defineProperty, NativeError, NativePromise, parse, stringify } from './primordials.ts';
import { limits, overLimit, run } from './recorder.ts';

/** UTF-16 units of one call: base64 of the largest body that the outside takes, and its headers. */
const MAX_PAYLOAD = 2 * 1024 * 1024;

type Waiting = { __proto__: null; resolve: (text: string) => void; reject: (reason: unknown) => void };

/** Calls that wait for their answers, by number. */
const waiting = { __proto__: null } as unknown as Record<number, Waiting | undefined>;
let open = 0;
/** JSON of the calls and of the numbers given up since the host last looked. */
const fresh = { calls: '', cancelled: '' };

/** The host's function for computations; only contexts whose script needs it have one. */
let computeOutside: ((operation: string, payload: string) => unknown) | undefined;

export function setComputeOutside(compute: unknown): void {
  if (typeof compute === 'function') computeOutside = compute as typeof computeOutside;
}

/** An error as the outside describes it: `{name, code, message}`. */
function errorOf(description: unknown): Error {
  const { name, code, message } = description as { name?: string; code?: string; message?: string };
  const error = construct(NativeError, [message ?? '']) as Error;
  const hidden = { configurable: true, writable: true, enumerable: false };
  if (name !== undefined && name !== 'Error') defineProperty(error, 'name', { value: name, ...hidden });
  if (code !== undefined) defineProperty(error, 'code', { value: code, ...hidden, enumerable: true });
  return error;
}

const ABSOLUTE_URL = /^\s*[a-z][a-z0-9+.-]*:\/\/[^\s/?#]/i;

/** Whether Node reads the text as a URL; where this context cannot ask it, whether it looks like one. */
export function isUrl(text: string): boolean {
  if (computeOutside === undefined) return ABSOLUTE_URL.test(text);
  return compute('url', stringify({ url: text })) !== '';
}

/** Refuses what would need a login where there is none yet. */
export function refuseWhileLoading(what: string): void {
  if (run.phase !== 'loading') return;
  throw new NativeError(
    `${what} cannot be used at the top level of an Action, which may run before anybody logs in; use it inside the handler.`,
  );
}

function call(operation: string, payload: string): { answer: Promise<string>; cancel(): void } {
  refuseWhileLoading(operation === 'fetch' ? 'fetch' : 'crypto.subtle');
  if (typeof operation !== 'string' || typeof payload !== 'string') throw new NativeError('a call out is text');
  if (payload.length > MAX_PAYLOAD) throw overLimit(undefined, 'What a script sends in one call must not exceed 2 MB.');
  if (++run.calls > limits.calls)
    throw overLimit('calls', `A script must not make more than ${limits.calls} calls out.`);
  const number = run.calls;
  run.site = captureSite(call);
  const answer = new NativePromise<string>((resolve, reject) => {
    waiting[number] = { __proto__: null, resolve, reject };
  });
  open++;
  const entry = `{"call":${number},"operation":${stringify(operation)},"payload":${stringify(payload)}}`;
  fresh.calls = fresh.calls === '' ? entry : `${fresh.calls},${entry}`;
  return {
    answer,
    cancel() {
      if (waiting[number] === undefined) return;
      waiting[number] = undefined;
      open--;
      fresh.cancelled = fresh.cancelled === '' ? `${number}` : `${fresh.cancelled},${number}`;
    },
  };
}

function compute(operation: string, payload: string): string {
  if (typeof operation !== 'string' || typeof payload !== 'string') throw new NativeError('a computation is text');
  if (computeOutside === undefined) throw new NativeError('this context cannot compute');
  const { v, e } = parse(computeOutside(operation, payload) as string) as { v?: string; e?: unknown };
  if (e !== undefined) throw errorOf(e);
  return v ?? '';
}

/** A question that the host answers with JSON. What `say` throws rejects, as everything does that such a method throws. */
export async function ask(operation: string, say: () => unknown[]): Promise<unknown> {
  return parse(await call(operation, stringify(say())).answer);
}

/** Secrets of the shared modules, by module; there are none before the run starts. */
let moduleSecrets = { __proto__: null } as unknown as Record<string, Record<string, string> | undefined>;

export function setModuleSecrets(json: string): void {
  moduleSecrets = parse(json) as typeof moduleSecrets;
}

function moduleOf(name: string): { readonly secrets: Record<string, string> } {
  return {
    get secrets() {
      refuseWhileLoading('actions.secrets');
      return moduleSecrets[name] ?? {};
    },
  };
}

export const host: Host = { call, compute, module: moduleOf };

/** Takes an answer in. `now`: what the clock shows from here on. */
export function settleCall(number: number, ok: boolean, payload: string, now: number): void {
  const entry = waiting[number];
  if (now > clock.now) clock.now = now;
  if (entry === undefined) return;
  waiting[number] = undefined;
  open--;
  if (ok) entry.resolve(payload);
  else entry.reject(errorOf(parse(payload)));
}

export const hasOpenCalls = (): boolean => open > 0;

/** What the host has not seen yet, as the end of a JSON object; empty when there is nothing. */
export function takeFresh(): string {
  const { calls, cancelled } = fresh;
  fresh.calls = '';
  fresh.cancelled = '';
  return `${calls === '' ? '' : `,"calls":[${calls}]`}${cancelled === '' ? '' : `,"cancelled":[${cancelled}]`}`;
}
