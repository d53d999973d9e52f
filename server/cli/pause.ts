// Server, command line: waits between two looks at something elsewhere, and ends with the command.
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from './command.ts';

/** Throws `CommandError` where the command was ended meanwhile. */
export async function pause(ms: number, ended: AbortSignal): Promise<void> {
  // The rejection says that it was ended; so does the signal.
  await sleep(ms, undefined, { signal: ended }).catch(() => {});
  if (ended.aborted) throw new CommandError('ended before it was done.');
}
