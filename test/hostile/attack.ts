// The hostile corpus: what an attack is, and which of its ends are right. An attack is a whole script, as a tenant would
// upload it; what it may do to anybody else is the same for all of them and stands in `verdict.ts`.

import type { RecordedCommand, ScriptFault } from '#runtime/sandbox/sandbox.ts';

export const ATTACK_CLASSES = [
  'cpu',
  'stalls',
  'memory',
  'stack',
  'throws',
  'tampering',
  'escapes',
  'host-calls',
  'output',
  'late-calls',
  're-entrancy',
  'egress',
] as const;
export type AttackClass = (typeof ATTACK_CLASSES)[number];

/** `refused`: the run ended well, but the host does not take what it recorded, so its login fails. */
export type End = 'ok' | 'refused' | ScriptFault['kind'];

export type Expectation = {
  ends: readonly End[];
  /** Of a run that ends `ok`: what it commanded, exactly; nothing unless told. `its own`: whatever it liked to say. */
  commands?: readonly RecordedCommand[] | 'its own';
  /** Of a run that ends `ok`: its console, line by line. Looked at when told. */
  lines?: readonly string[];
  /** Of a fault: what its message must match. */
  message?: RegExp;
  /** Methods of `api` that were called too late. Looked at when told. */
  late?: readonly string[];
};

export type Attack = {
  id: string;
  class: AttackClass;
  /** One line for whoever reads the summary. */
  about: string;
  source: string;
  /** It goes through the build first, as a deployed Action does: it uses globals which the build supplies. */
  built: boolean;
  /** Wall clock of the run, milliseconds: short where an attack does nothing but wait. */
  wallMs: number;
  /** How often it is run, one after the other: some attacks wait for a context that was made ahead. */
  times: number;
  expect: Expectation;
};

type Row = Pick<Attack, 'id' | 'about' | 'expect'> & { wallMs?: number; built?: boolean; times?: number } & (
    | { source: string }
    /** What stands inside the handler. */
    | { body: string }
  );

const WALL_MS = 8000;

/** The rows of one class as attacks. */
export const attacks = (name: AttackClass, rows: readonly Row[]): Attack[] =>
  rows.map((row) => ({
    id: row.id,
    class: name,
    about: row.about,
    source:
      'source' in row ? row.source : `exports.onExecutePostLogin = async (event, api) => {\n${row.body.trim()}\n};`,
    built: row.built ?? false,
    wallMs: row.wallMs ?? WALL_MS,
    times: row.times ?? 1,
    expect: row.expect,
  }));

export const TIMEOUT: Expectation = { ends: ['timeout'], message: /^Script timed out after / };
export const MEMORY: Expectation = { ends: ['memory'] };
/** A bomb of heap that also burns CPU: which limit it meets first depends on the machine. */
export const TIMEOUT_OR_MEMORY: Expectation = { ends: ['timeout', 'memory'] };
export const LIMIT: Expectation = { ends: ['limit'] };
export const STALLED: Expectation = { ends: ['stalled'] };
export const HARMLESS: Expectation = { ends: ['ok'] };

export const threw = (message: RegExp): Expectation => ({ ends: ['threw'], message });
export const says = (...lines: string[]): Expectation => ({ ends: ['ok'], lines });

export const claim = (key: string, value: unknown): RecordedCommand => ({
  name: 'idToken.setCustomClaim',
  args: [key, value],
});
export const gives = (...commands: RecordedCommand[]): Expectation => ({ ends: ['ok'], commands });
