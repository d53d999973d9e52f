// Server, lint: what is told of users who might not get through, as the wire has it.
import type { FactorCommandName } from './factor-commands.ts';

/** Whom a finding names. */
export type LockedOut = { user_id: string; email?: string; name?: string };

export type CommandPlace = { action: string; line: number; command: FactorCommandName };

export type LockoutFinding = {
  /**
   * `challenge`: who has none of the factors. `enroll`: who has another one and may not enroll these before a challenge.
   * `switch`: Actions may not choose factors at all.
   */
  kind: 'challenge' | 'enroll' | 'switch';
  /** Named, and on. */
  factors: readonly string[];
  /** Named, and off. */
  off: readonly string[];
  /** Names of no factor. */
  unknown: readonly string[];
  /** Whatever the person is enrolled in is named too. */
  enrolled: boolean;
  /** More is named that only a run tells. */
  unread: boolean;
  commands: readonly CommandPlace[];
  /** Enrolls that may come first. */
  may_enroll_by: readonly CommandPlace[];
  /** How many the tenant has that are not blocked, and how many of them may be denied. */
  users: number;
  lacking: number;
  message: string;
  examples: readonly LockedOut[];
};

export type LockoutReport = {
  users: number;
  findings: LockoutFinding[];
  /** What could not be read: a text that is none, a factor that only a run tells. */
  unread: { action: string; line: number; message: string }[];
};
