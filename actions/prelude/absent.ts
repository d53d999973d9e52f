// Guest code: what scripts look for in vain, and why. The names stay undefined so that `typeof` tells the truth;
// the reason is added to the error of a script that uses one all the same.

import { slice } from './primordials.ts';

const REASONS: Record<string, string> = {
  fetch: 'scripts make no outgoing calls',
  XMLHttpRequest: 'scripts make no outgoing calls',
  WebSocket: 'scripts make no outgoing calls',
  process: 'scripts do not see the process of the host; settings belong into the secrets of the Action',
  Buffer: 'use TextEncoder, TextDecoder, btoa and atob',
  crypto: 'scripts have no cryptography',
  performance: 'the clock of a script stands still between its timers; use Date',
  WebAssembly: 'scripts are JavaScript only',
  SharedArrayBuffer: 'scripts share memory with nobody',
  Atomics: 'scripts share memory with nobody',
  FinalizationRegistry: 'nothing of a script outlives its run',
  __dirname: 'a script has no file system',
  __filename: 'a script has no file system',
};
// Assigned, not written as a literal key: it keeps `Object.prototype` out of the look-up below.
Object.setPrototypeOf(REASONS, null);

const NOT_DEFINED = ' is not defined';

/** Adds the reason to `<name> is not defined`, and leaves every other message as it is. */
export function explainAbsence(errorName: string, message: string): string {
  if (errorName !== 'ReferenceError') return message;
  const end = message.length - NOT_DEFINED.length;
  if (end <= 0 || slice(message, end, message.length) !== NOT_DEFINED) return message;
  const reason = REASONS[slice(message, 0, end)];
  return reason === undefined ? message : `${message}: ${reason}`;
}
