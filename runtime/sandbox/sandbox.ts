// The contract of the wall: what goes into a sandbox and what comes out, whatever the sandbox is made of.
// Only strings and plain records cross it. No script ever runs in this process.

/** A deployed text. `versionId` never names another text, so everything made from it may be cached under it. */
export type Script = {
  versionId: string;
  /** The file name that traces show, e.g. `phone-or-push.js`. */
  fileName: string;
  source: string;
};

export type RunRequest = {
  tenantId: string;
  script: Script;
  /** Which contract of `actions/` builds the `api`. */
  trigger: 'post-login';
  handler: 'onExecutePostLogin';
  /** The event without secrets, made once per login step and shared by its Actions. */
  eventJson: string;
  /** `event.secrets` of this Action alone. */
  secretsJson: string;
  /** The script's clock at its start, milliseconds since 1970. */
  now: number;
  /** Seeds `Math.random`. */
  seed: string;
  /** What is left of the trigger's 20 s, in milliseconds. */
  wallMs: number;
};

/** What a script recorded by calling `api`, untrusted: name of the method and its arguments. */
export type RecordedCommand = { name: string; args: unknown[] };

export type ConsoleLine = { level: 'log' | 'info' | 'warn' | 'error' | 'debug' | 'trace'; text: string };

/**
 * Why a run has no result. `message` is what the tenant and the failed login are told.
 * - `threw`: the script threw or its promise was rejected.
 * - `exports`: it exports the wrong thing, or fails before its handler is reached.
 * - `timeout`: wall clock or CPU. `memory`: its heap. `limit`: operations, output, commands.
 * - `stalled`: its promise can never settle.
 * - `crash`: the process that ran it died, twice.
 */
export type ScriptFault = {
  kind: 'threw' | 'exports' | 'timeout' | 'memory' | 'limit' | 'stalled' | 'crash';
  /** The error's class name as the script shows it, e.g. `TypeError`. */
  name: string;
  message: string;
  /** Frames in the author's file only, e.g. `at check (phone-or-push.js:4:23)`. */
  stack: string[];
};

/**
 * `lateCalls` names the methods of `api` that the script called after its handler had settled, such as `access.deny`:
 * they did nothing, and the tenant's log says so. Absent when there were none.
 */
export type RunResult =
  | { ok: true; commands: RecordedCommand[]; console: ConsoleLine[]; cpuMs: number; lateCalls?: string[] }
  | { ok: false; fault: ScriptFault; console: ConsoleLine[]; cpuMs: number; lateCalls?: string[] };

export interface Sandbox {
  /** Never rejects: whatever a script does is a result. */
  run(request: RunRequest): Promise<RunResult>;
  /** A login is coming: have contexts of these scripts ready. Returns at once. */
  prefetch(tenantId: string, scripts: Script[]): void;
  /** Ready to run scripts. */
  ready(): Promise<void>;
  /** Ends every cell; runs in flight get up to `graceMs`. */
  drain(graceMs: number): Promise<void>;
}
