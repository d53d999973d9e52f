// The contract of the wall: what goes into a sandbox and what comes out, whatever the sandbox is made of.
// Only strings and plain records cross it. No script ever runs in this process.

import type { TriggerId } from '#actions/triggers.ts';
import type { Egress } from '../egress/egress.ts';
import type { ScriptLimits } from '../script-limits.ts';

/** A deployed text. `versionId` never names another text, so everything made from it may be cached under it. */
export type Script = {
  versionId: string;
  /** The author's file as traces show it, e.g. `phone-or-push.js`. */
  fileName: string;
  /** The bundle: CommonJS, one file. */
  source: string;
  /** Source map (version 3, JSON) from the bundle to the author's files; without one the bundle is the author's file. */
  map?: () => string;
};

export type RunRequest = {
  tenantId: string;
  script: Script;
  /** Which contract of `actions/` builds the `api`. */
  trigger: TriggerId;
  /** One of the contract's. */
  handler: string;
  /** The event without secrets, made once per login step and shared by its Actions. */
  eventJson: string;
  /** `event.secrets` of this Action alone. */
  secretsJson: string;
  /** For scripts with shared modules: the secrets of each, by its name. */
  moduleSecretsJson?: string;
  /** What `api.cache` holds: JSON of `{key: {value, expires_at}}`; nothing when absent. */
  cacheJson?: string;
  /**
   * Answers what the script asks of the host, such as `groups.getUserGroups`; never twice for the same question of a run.
   * `payload` is JSON of the checked arguments, in which nothing is to be trusted; so is the answer, of what the script
   * gets or, when not `ok`, of the error `{name?, code?, message}`.
   */
  answer?: (operation: string, payload: string) => Promise<{ ok: boolean; payload: string }>;
  /** Makes the requests of this run, in place of the sandbox's own egress. The same promises hold. */
  request?: Egress['request'];
  /** The script's clock at its start, milliseconds since 1970. */
  now: number;
  /** No answer moves the script's clock, however long it took: the same run shows the same times whenever it is made. */
  still?: true;
  /** Seeds `Math.random`. */
  seed: string;
  limits: ScriptLimits;
  /** What is left of the wall clock of the trigger's scripts together, in milliseconds. */
  wallMs: number;
};

/** What a script recorded by calling `api`, untrusted: name of the method and its arguments. */
export type RecordedCommand = { name: string; args: unknown[] };

/** `at`: where in the author's file it was written, e.g. `phone-or-push.ts:4:23`. */
export type ConsoleLine = { level: 'log' | 'info' | 'warn' | 'error' | 'debug' | 'trace'; text: string; at?: string };

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
  /** The author's file, e.g. `phone-or-push.ts`. */
  fileName: string;
  /** Where in it the run stood: the innermost frame, or the last call out. Unknown when its isolate or process is gone. */
  at?: string;
  /** Frames in the author's files only, e.g. `at check (phone-or-push.ts:4:23)`. */
  stack: string[];
  /** The limit that ended the run, if one did: its name and its value, in the unit of the limits. */
  limit?: { name: keyof ScriptLimits; value: number };
};

/**
 * `cpuMs` is CPU time; `wallMs` the time from the call to the answer, waiting included.
 * `lateCalls` names the methods of `api` that the script called after its handler had settled, such as `access.deny`:
 * they did nothing, and the tenant's log says so. Absent when there were none.
 */
export type RunResult =
  | {
      ok: true;
      commands: RecordedCommand[];
      console: ConsoleLine[];
      cpuMs: number;
      wallMs: number;
      lateCalls?: string[];
    }
  | { ok: false; fault: ScriptFault; console: ConsoleLine[]; cpuMs: number; wallMs: number; lateCalls?: string[] };

/**
 * A script is put into quarantine for ten minutes: it runs there one at a time, and nobody else waits for it.
 * - `slow`: it used more CPU at a stretch than others can wait for.
 * - `ended`: a process ended, or had to be ended, under it.
 * - `repeated`: the tenant's scripts did so twice; all of them are in quarantine.
 */
export type Offence = {
  kind: 'slow' | 'ended' | 'repeated';
  tenantId: string;
  versionId: string;
  /** Unknown when it happened while a context was made ahead. */
  fileName?: string;
};

export interface Sandbox {
  /** Never rejects: whatever a script does is a result. */
  run(request: RunRequest): Promise<RunResult>;
  /** A login is coming: have contexts of these scripts ready, of post-login unless told. Returns at once. */
  prefetch(tenantId: string, scripts: Script[], limits: ScriptLimits, trigger?: TriggerId): void;
  /** A run of this script is about to be asked for, in a millisecond or so: be awake. Returns at once. */
  expect(tenantId: string, versionId: string): void;
  /** Ready to run scripts. */
  ready(): Promise<void>;
  /** Ends every cell; runs in flight get up to `graceMs`. */
  drain(graceMs: number): Promise<void>;
}
