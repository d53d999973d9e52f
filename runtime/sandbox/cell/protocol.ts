// What the server and a cell say to each other. Types only: the server parses what a cell sends (`../messages.ts`),
// because a cell runs scripts and may have been taken over by one.

export type ScriptText = { fileName: string; source: string; trigger: string };

export type RunOrder = {
  type: 'run';
  id: number;
  tenantId: string;
  versionId: string;
  /** Given when the server believes that the cell does not know this version. */
  text?: ScriptText;
  handler: string;
  eventJson: string;
  secretsJson: string;
  now: number;
  seed: string;
  /** CPU time of the whole run and wall time of one slice, in milliseconds. */
  cpuMs: number;
  sliceMs: number;
};

export type PrefetchOrder = { type: 'prefetch'; tenantId: string; versionId: string; text?: ScriptText };

export type ToCell =
  | {
      type: 'boot';
      prelude: string;
      /** Per trigger, a made-up event as JSON. */
      samples: Record<string, string>;
      /** Heap of one isolate, in megabytes. */
      memoryMb: number;
      /** Most isolates kept warm. */
      isolates: number;
    }
  | RunOrder
  | PrefetchOrder
  | { type: 'stop'; id: number };

/** Why a run ended without having drained. */
export type EndCause = 'timeout' | 'memory' | 'threw' | 'exports';

export type FromCell =
  | { type: 'up' }
  /** From now on the cell is busy with this script, for at most `withinMs`, before it speaks again. */
  | { type: 'beat'; id: number; tenantId: string; versionId: string; withinMs: number }
  /** The thread is free: nothing is being computed for the last beat any more. */
  | { type: 'idle' }
  | { type: 'waiting'; id: number }
  | { type: 'done'; id: number; output: string; cpuMs: number }
  | {
      type: 'ended';
      id: number;
      cause: EndCause;
      name: string;
      message: string;
      stack: string;
      /** JSON of the console lines, as far as they could be had. */
      lines: string;
      /** The isolate held much of what it may hold. */
      full: boolean;
      cpuMs: number;
      /** CPU time of the slice that was ended, and the wall time it was given. */
      slice: { cpuMs: number; wallMs: number };
    }
  /** The cell does not know the script: send the run again, with its text. */
  | { type: 'unknown'; id: number }
  /** The isolate went away under a run that did no wrong. */
  | { type: 'lost'; id: number };
