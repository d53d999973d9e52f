// Guest code: what scripts look for in vain, and why. The names stay undefined so that `typeof` tells the truth;
// the reason is added to the error of a script that uses one all the same.

import { includes, slice } from './primordials.ts';

const REASONS: Record<string, string> = {
  XMLHttpRequest: 'use fetch',
  WebSocket: 'scripts make requests, with fetch; they hold no connections',
  EventSource: 'scripts make requests, with fetch; they hold no connections',
  CompressionStream: 'use zlib',
  DecompressionStream: 'use zlib',
  Worker: 'scripts start no threads',
  MessageChannel: 'scripts start no threads, so there is nobody to talk to',
  BroadcastChannel: 'scripts start no threads, so there is nobody to talk to',
  navigator: 'scripts do not run in a browser',
  window: 'scripts do not run in a browser',
  document: 'scripts do not run in a browser',
  localStorage: 'nothing of a script outlives its run; use the metadata of the user',
  WebAssembly: 'scripts are JavaScript only',
  SharedArrayBuffer: 'scripts share memory with nobody',
  Atomics: 'scripts share memory with nobody',
  FinalizationRegistry: 'nothing of a script outlives its run',
  __dirname: 'a script has no file system',
  __filename: 'a script has no file system',
};
// Assigned, not written as a literal key: it keeps `Object.prototype` out of the look-up below.
Object.setPrototypeOf(REASONS, null);

/**
 * The names of GLOBAL_SHIMS, as a text: every context evaluates this file, and few of them ever look. Such a name is provided,
 * but only where the text of a script, as it was deployed, has it.
 */
export const PROVIDED =
  ' ' +
  'URL URLSearchParams structuredClone DOMException atob btoa TextEncoder TextDecoder Event CustomEvent ' +
  'EventTarget AbortController AbortSignal Headers Request Response fetch FormData Blob File ' +
  'ReadableStream ReadableStreamDefaultReader ReadableStreamBYOBReader ReadableStreamDefaultController ' +
  'ReadableByteStreamController ReadableStreamBYOBRequest WritableStream WritableStreamDefaultWriter ' +
  'WritableStreamDefaultController TransformStream TransformStreamDefaultController ' +
  'ByteLengthQueuingStrategy CountQueuingStrategy TextEncoderStream TextDecoderStream performance ' +
  'Performance crypto Crypto CryptoKey SubtleCrypto Buffer process ';
const UNNAMED = 'the build provides it to scripts that name it literally';

const NOT_DEFINED = ' is not defined';

/** Adds the reason to `<name> is not defined`, and leaves every other message as it is. */
export function explainAbsence(errorName: string, message: string): string {
  if (errorName !== 'ReferenceError') return message;
  const end = message.length - NOT_DEFINED.length;
  if (end <= 0 || slice(message, end, message.length) !== NOT_DEFINED) return message;
  const name = slice(message, 0, end);
  const reason = includes(PROVIDED, ` ${name} `) ? UNNAMED : REASONS[name];
  return reason === undefined ? message : `${message}: ${reason}`;
}
