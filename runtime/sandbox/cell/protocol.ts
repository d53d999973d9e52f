// What the server and a cell say to each other. Types only: the server parses what a cell sends (`../messages.ts`),
// because a cell runs scripts and may have been taken over by one.

export type ScriptText = { fileName: string; source: string; trigger: string };

/** The limits that are kept inside a cell; the wall clock is the server's. */
export type CellLimits = {
  cpuMs: number;
  memoryMb: number;
  calls: number;
  outputSize: number;
  consoleSize: number;
  commands: number;
};

/** Four 32-bit words: the state of the script's dice. */
export type Dice = [number, number, number, number];

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
  moduleSecretsJson?: string;
  cacheJson?: string;
  now: number;
  /** Answers do not move its clock. */
  still?: boolean;
  dice: Dice;
  limits: CellLimits;
  /** Wall time of one slice, in milliseconds. */
  sliceMs: number;
  /** In an isolate that holds nothing else. */
  alone?: boolean;
};

export type PrefetchOrder = {
  type: 'prefetch';
  tenantId: string;
  versionId: string;
  memoryMb: number;
  text?: ScriptText;
};

export type ToCell =
  | {
      type: 'boot';
      prelude: string;
      /** Per trigger, a made-up event as JSON. */
      samples: Record<string, string>;
      /** Most isolates kept warm. */
      isolates: number;
      /** How long the top level of a script may take in an idle moment. */
      loadMs: number;
    }
  | RunOrder
  | PrefetchOrder
  /** A run of this version comes in a moment: its context should be near. */
  | { type: 'expect'; tenantId: string; versionId: string }
  /** The answer to a call of a run. `at`: milliseconds since the run began, for its clock. */
  | { type: 'answer'; id: number; call: number; ok: boolean; payload: string; at: number }
  | { type: 'stop'; id: number };

/** Why a run ended without having drained. */
export type EndCause = 'timeout' | 'memory' | 'threw' | 'exports' | 'stopped';

export type FromCell =
  | { type: 'up' }
  /** From now on the cell is busy with this script, for at most `withinMs`, before it speaks again. */
  | { type: 'beat'; id: number; tenantId: string; versionId: string; withinMs: number }
  /** The thread is free: nothing is being computed for the last beat any more. */
  | { type: 'idle' }
  /** The run waits for a timer, for the answers to its calls, or both. */
  | {
      type: 'waiting';
      id: number;
      calls?: { call: number; operation: string; payload: string }[];
      cancelled?: number[];
    }
  | { type: 'done'; id: number; output: string; cpuMs: number }
  | {
      type: 'ended';
      id: number;
      cause: EndCause;
      name: string;
      message: string;
      stack: string;
      /** JSON of the console lines and of where the run stood, as far as they could be had. */
      left: string;
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
