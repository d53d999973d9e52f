// What is asked of a replay and what it answers: recorded logins, run again with other scripts in place of those that ran
// then. Types alone.
import type { ActionSecret, Json, TenantRecord } from '#storage/records.ts';
import type { Script } from './sandbox/sandbox.ts';

/** A text that stands where an Action stood. */
export type ReplayScript = {
  name: string;
  script: Script;
  secrets: ActionSecret[];
  /** Shared modules in it, and what each is told. */
  modules?: { moduleName: string }[];
  moduleSecrets?: Record<string, ActionSecret[]>;
};

/**
 * An Action in the order that is tried. `actionId` is absent where the tenant has none of its name; `boundSince` where it is
 * not bound: a login that began later did not come to its turn.
 */
export type ReplayBinding = ReplayScript & { actionId?: string; boundSince?: number };

export type ReplayRequest = {
  tenant: TenantRecord;
  /** Logins that began in this time, milliseconds since 1970; `until` is not part of it. */
  since: number;
  until: number;
  /** At most so many. */
  logins: number;
  /** Where a replay that did not come to the end is taken up. */
  from?: number;
  userId?: string;
  /** Only logins in which this Action ran. */
  actionId?: string;
  /** By the id of the Action whose place they take. */
  drafts: ReadonlyMap<string, ReplayScript>;
  /** All Actions of the trigger in the order that is tried; absent: as they ran. */
  order?: readonly ReplayBinding[];
  /** Ends it after the run that is under way. */
  ended?: AbortSignal;
};

/**
 * How a decision differs. `not_reached`: an earlier script now ends the login. `unknown`: what was recorded does not tell.
 * `unrecorded_call`: it asked for something outside that the recorded run had not asked for, and got a network failure.
 */
export const REPLAY_CHANGES = [
  'denied',
  'no_longer_denied',
  'denied_differently',
  'fails',
  'no_longer_fails',
  'fails_differently',
  'challenged_differently',
  'enrolls_differently',
  'redirected_differently',
  'claims_changed',
  'scopes_changed',
  'metadata_changed',
  'otherwise_changed',
  'unrecorded_call',
  'not_reached',
  'unknown',
] as const;
export type ReplayChange = (typeof REPLAY_CHANGES)[number];

export type ChangedDecision = {
  transactionId: string;
  userId?: string;
  /** When the run began that was recorded, or beside which the new one stands. */
  at: number;
  action: string;
  change: ReplayChange;
  /** What was decided then and now; null: nothing. Absent where `reason` says why it is not known. */
  before?: Json;
  after?: Json;
  /** In words, where there is something to say beside that. */
  reason?: string;
  /** Method and address without its query, or the method of `api`. */
  calls?: string[];
};

export type ReplayNews =
  | { kind: 'change'; change: ChangedDecision }
  /** After each login. */
  | { kind: 'progress'; logins: number };

export type ReplaySummary = {
  /** Logins that were looked at, and those of them of which something differs. */
  logins: number;
  loginsChanged: number;
  /** Logins of which nothing that could be run again was recorded. */
  notRecorded: number;
  /** Runs that were made again. */
  runs: number;
  /** Runs that decided as before. */
  same: number;
  /** Rows by their kind; those of which there is none are absent. */
  changes: Partial<Record<ReplayChange, number>>;
  /** There are older logins: where to go on. */
  next?: number;
};
