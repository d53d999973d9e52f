// Guest code: turns whatever a script threw into three texts. A thrown value is hostile: its getters may throw,
// loop or lie, so each is read once, under the time limit of the slice, and only as text.

import { explainAbsence } from './absent.ts';
import { isError, slice, stringify, textOf } from './primordials.ts';
import { run } from './recorder.ts';

const MAX_NAME = 100;
const MAX_MESSAGE = 4096;
const MAX_STACK = 16_384;

function read(error: Error, key: 'name' | 'message' | 'stack', most: number): string {
  try {
    const value: unknown = error[key];
    if (value === undefined || value === null) return '';
    return slice(typeof value === 'string' ? value : textOf(value), 0, most);
  } catch {
    return '';
  }
}

/** Notes a fault of the kinds the guest can tell apart; the first one stays. */
export function noteFault(kind: 'threw' | 'exports', thrown: unknown): void {
  if (run.fault !== '') return;
  if (!isError(thrown)) {
    noteMessage(kind, 'Error', 'Script threw a value that is not an error', '');
    return;
  }
  const name = read(thrown, 'name', MAX_NAME);
  noteMessage(kind, name, explainAbsence(name, read(thrown, 'message', MAX_MESSAGE)), read(thrown, 'stack', MAX_STACK));
}

export function noteMessage(
  kind: 'threw' | 'exports' | 'limit' | 'stalled',
  name: string,
  message: string,
  stack: string,
): void {
  run.fault = `{"kind":${stringify(kind)},"name":${stringify(name)},"message":${stringify(message)},"stack":${stringify(stack)}}`;
}
