// Guest code: the one place where shims hand a request to the outside: `fetch`, and `http` and `https` of Node.

import type { OutgoingAnswer, OutgoingCall } from '../../outgoing-call.ts';
import { host } from '../host.ts';

/** As much of an AbortSignal as is needed here. */
export type Signal = {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
};

/** The failure of a request, as the egress guard words it: `code` is one of its codes, e.g. `ECONNREFUSED`. */
export type OutgoingError = Error & { code?: string };

function failure(reason: unknown): OutgoingError {
  const { code, message } = reason as { code?: string; message?: string };
  const error: OutgoingError = new Error(message ?? 'the request failed');
  if (code !== undefined) error.code = code;
  return error;
}

/**
 * Makes one request. Rejects with an `OutgoingError` when there is no answer, and with the signal's own reason when it is
 * aborted. Throws while the top level of a module runs.
 */
export function send(call: OutgoingCall, signal?: Signal | null): Promise<OutgoingAnswer> {
  if (signal?.aborted) return Promise.reject(signal.reason);
  const { answer, cancel } = host.call('fetch', JSON.stringify(call));
  const settled = answer.then(
    (payload) => JSON.parse(payload) as OutgoingAnswer,
    (reason) => {
      throw failure(reason);
    },
  );
  if (!signal) return settled;
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      cancel();
      reject(signal.reason);
    };
    const forget = (): void => signal.removeEventListener('abort', giveUp);
    signal.addEventListener('abort', giveUp);
    settled.then(resolve, reject).then(forget);
  });
}
