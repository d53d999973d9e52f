// How a step is put together: the login as it is now, with what must be written for it to be true.
import type { Change } from '#storage/store.ts';
import type { DenialCode, Notice } from '../codes.ts';
import type { Input, InteractionAnswer, LogDraft } from './input.ts';
import type { Ask, LoginState, LoginTransaction } from './transaction.ts';

export type Moved = {
  ok: true;
  tx: LoginTransaction;
  changes: Change[];
  logs: LogDraft[];
  /** Messages to deliver once the write has landed. */
  deliver: string[];
  /** Why the login stayed where it was, for the page. */
  notice?: Notice;
  /** Shown in the answer to this step and kept nowhere. */
  recoveryCode?: string;
  /** Of an interaction: told in the answer to this step and kept nowhere. */
  answer?: InteractionAnswer;
};
export type Step = Moved | { ok: false };

export type InputOf<Kind extends Input['kind']> = Extract<Input, { kind: Kind }>;

export const REFUSED: Step = { ok: false };

export function move(tx: LoginTransaction, state: LoginState, rest: Partial<Omit<Moved, 'ok' | 'tx'>> = {}): Moved {
  return { ok: true, tx: { ...tx, state }, changes: [], logs: [], deliver: [], ...rest };
}

export function deny(tx: LoginTransaction, code: DenialCode, reason: string, logs: LogDraft[], now: number): Moved {
  const over = { ...final(tx), queue: [] };
  const changes = [...metadataChanges(tx, now), ...withdrawn(tx)];
  return move(over, { name: 'denied', code, reason }, { changes, logs });
}

/** The person or the client is no longer what it was: nothing pending is written to a row that may be gone. */
export function bar(tx: LoginTransaction, _state: LoginState, input: InputOf<'barred'>, now: number): Step {
  return deny(dropMetadata(tx), input.code, input.reason, input.logs, now);
}

/**
 * Devices are asked no more about what nobody waits for.
 * @param answered id of the challenge whose answer stands.
 */
export function withdrawn({ tenantId, challenges }: LoginTransaction, answered?: string): Change[] {
  return challenges
    .filter(({ id, number }) => number !== undefined && id !== answered)
    .map(({ id }) => ({ kind: 'push-request.withdraw', tenantId, id }));
}

/** Nothing stays open, and handles of the last ask become stale. */
export function final(tx: LoginTransaction): LoginTransaction {
  return { ...tx, challenges: [], ask: tx.ask + 1 };
}

export function atAsk(tx: LoginTransaction, { ordinal }: Ask): LoginTransaction {
  return { ...tx, ask: ordinal };
}

export function dropMetadata(tx: LoginTransaction): LoginTransaction {
  return { ...tx, outcome: { ...tx.outcome, appMetadata: {}, userMetadata: {} } };
}

/**
 * What scripts have set so far, as one write to the account that the login is for. One that is not written yet gets it with
 * its row.
 */
export function metadataChanges(tx: LoginTransaction, now: number): Change[] {
  const { appMetadata, userMetadata } = tx.outcome;
  if (tx.draft) return [];
  if (tx.subject.kind !== 'user' || Object.keys({ ...appMetadata, ...userMetadata }).length === 0) return [];
  const { userId } = tx.subject;
  return [
    { kind: 'user.merge-metadata', tenantId: tx.tenantId, id: userId, app: appMetadata, user: userMetadata, at: now },
  ];
}
