// The only place where "what next?" is decided, read top to bottom: a login, a fact, and what follows.
// Pure: no clock, no I/O, no dice. Writes leave as data (`changes`, all with their guards), tenant log lines as drafts,
// and messages by id (`deliver`), for after the write. A pair that is not in the table is refused and changes nothing.
import type { PostLoginCommand } from '#actions/post-login-command.ts';
import type { JsonObject } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { DenialCode, Notice } from '../codes.ts';
import type { Input, LogDraft } from './input.ts';
import {
  type Ask,
  type Challenge,
  type FactorRequest,
  type LoginState,
  type LoginTransaction,
  proceed,
} from './transaction.ts';

/** At most this many MFA commands may execute in one login, all Actions together. */
export const MFA_COMMANDS_PER_LOGIN = 4;

/** Custom claims of one login together, both tokens, as JSON (Actions reference, section 2.11). */
const CLAIMS_LIMIT_BYTES = 100 * 1024;

export type Moved = {
  ok: true;
  tx: LoginTransaction;
  changes: Change[];
  logs: LogDraft[];
  /** Messages to deliver once the write has landed. */
  deliver: string[];
  /** Why the login stayed where it was, for the page. */
  notice?: Notice;
};
export type Step = Moved | { ok: false };

type StateOf<Name extends LoginState['name']> = Extract<LoginState, { name: Name }>;
type InputOf<Kind extends Input['kind']> = Extract<Input, { kind: Kind }>;
type Arrow<Name extends LoginState['name'], Kind extends Input['kind']> = (
  tx: LoginTransaction,
  state: StateOf<Name>,
  input: InputOf<Kind>,
  now: number,
) => Step;
type Table = { [Name in LoginState['name']]: { [Kind in Input['kind']]?: Arrow<Name, Kind> } };

const REFUSED: Step = { ok: false };

/**
 * Moves `tx` by one fact.
 * @param now milliseconds since 1970.
 * @returns the next login with what must be written, or `{ ok: false }` when the state does not take this fact.
 */
export function transition(tx: LoginTransaction, input: Input, now: number): Step {
  const row = TABLE[tx.state.name] as { [Kind in Input['kind']]?: Arrow<LoginState['name'], Input['kind']> };
  return row[input.kind]?.(tx, tx.state, input, now) ?? REFUSED;
}

const TABLE: Table = {
  identifying: {
    submitted: (tx, state, { identifier, password }) =>
      move(tx, { name: 'verifying', submission: { method: 'password', identifier, password }, from: state }),
    barred: bar,
  },
  choosing: {
    chosen: (tx, { ask, offers }, { factor }) =>
      offers.some((offer) => offer.factor === factor) ? move(tx, { name: 'preparing', ask, chosen: factor }) : REFUSED,
    // Going back sends nothing: the code that is out stays good.
    returned: (tx, { ask, offers, back }) =>
      back === undefined ? REFUSED : move(tx, { name: 'challenging', ask, offers, challengeId: back }),
    barred: bar,
  },
  challenging: {
    responded: (tx, state, { code }) =>
      move(tx, {
        name: 'verifying',
        submission: { method: 'code', challengeId: state.challengeId, code },
        from: state,
      }),
    resent: (tx, { ask, challengeId }) => {
      const challenge = openChallenge(tx, challengeId);
      if (!challenge?.sentTo) return REFUSED;
      return move(tx, { name: 'preparing', ask, chosen: challenge.factor, resend: true });
    },
    reconsidered: (tx, { ask, offers, challengeId }) =>
      offers.length < 2 ? REFUSED : move(tx, { name: 'choosing', ask, offers, back: challengeId }),
    undelivered: (tx, state, { challengeId, logs }) =>
      move(
        {
          ...tx,
          challenges: tx.challenges.map((c) => (c.id === challengeId ? { ...c, undelivered: true as const } : c)),
        },
        state,
        { logs },
      ),
    barred: bar,
  },
  verifying: {
    verified: (tx, { submission }, { method, subject, changes, logs }) => {
      const passed: LoginTransaction = { ...tx, methods: [...tx.methods, method], ...(subject ? { subject } : {}) };
      // The first valid answer meets the ask and closes every challenge that was open for it.
      const met = submission.method === 'code' ? { ...passed, queue: passed.queue.slice(1), challenges: [] } : passed;
      return move(met, proceed(met), { changes, logs });
    },
    rejected: (tx, { from }, { notice, logs }) => move(tx, from, { logs, notice }),
    throttled: (tx, { from }, { retryAfterSeconds, logs }) =>
      move(tx, from, { logs, notice: { key: 'too-many-failures', retryAfterSeconds } }),
    withdrawn: (tx, { from }) =>
      from.name === 'challenging' ? move(tx, { name: 'preparing', ask: from.ask }) : REFUSED,
    barred: bar,
  },
  running: {
    ran: (tx, _state, { commands, logs }, now) => applyCommands(tx, commands, logs, now),
    // What the failed run recorded is gone with it, and so is what earlier Actions left pending.
    failed: (tx, _state, { reason, logs }, now) => deny(dropMetadata(tx), 'access_denied', reason, logs, now),
    barred: bar,
  },
  preparing: {
    prepared: (tx, { ask }, input, now) => {
      switch (input.result) {
        case 'satisfied': {
          const met = { ...tx, queue: tx.queue.slice(1) };
          return move(met, proceed(met), { logs: input.logs });
        }
        case 'unusable':
          return deny(tx, 'access_denied', input.reason, input.logs, now);
        case 'unattended':
          return deny(tx, 'interaction_required', 'Multifactor authentication required', input.logs, now);
        case 'offered':
          return move(atAsk(tx, ask), { name: 'choosing', ask, offers: input.offers }, { logs: input.logs });
        case 'challenged': {
          const { offers, challenge, changes, deliver, logs } = input;
          const others = tx.challenges.filter((open) => open.authenticatorId !== challenge.authenticatorId);
          const next = atAsk({ ...tx, challenges: [...others, challenge] }, ask);
          return move(
            next,
            { name: 'challenging', ask, offers, challengeId: challenge.id },
            { changes, deliver, logs },
          );
        }
      }
    },
    barred: bar,
  },
  settling: {
    settled: (tx, _state, { session }, now) =>
      move(
        final(tx),
        { name: 'completed', taken: false },
        {
          changes: [...metadataChanges(tx, now), { kind: 'session.put', session }],
          logs: [{ type: 's', description: 'Successful login' }],
        },
      ),
    barred: bar,
  },
  completed: {
    taken: (tx, { taken }) => (taken ? REFUSED : move(tx, { name: 'completed', taken: true })),
  },
  denied: {},
};

/** Takes a script's commands in call order. A denial beats every challenge; what was recorded beside it is kept. */
function applyCommands(tx: LoginTransaction, commands: PostLoginCommand[], logs: LogDraft[], now: number): Step {
  const outcome = structuredClone(tx.outcome);
  const asks: Ask[] = [];
  let denial: string | undefined;
  const askedBy = tx.plan[tx.cursor]?.name ?? '';
  const ask = (prefer: Ask['prefer'], factors: FactorRequest[]) => {
    asks.push({
      kind: 'challenge',
      ordinal: tx.commanded + asks.length + 1,
      source: 'command',
      prefer,
      factors,
      askedBy,
    });
  };
  for (const command of commands) {
    switch (command.name) {
      case 'access.deny':
        denial ??= command.reason;
        break;
      case 'idToken.setCustomClaim':
        setKey(outcome.idTokenClaims, command.key, command.value);
        break;
      case 'accessToken.setCustomClaim':
        setKey(outcome.accessTokenClaims, command.key, command.value);
        break;
      case 'user.setAppMetadata':
        setKey(outcome.appMetadata, command.key, command.value);
        break;
      case 'user.setUserMetadata':
        setKey(outcome.userMetadata, command.key, command.value);
        break;
      case 'authentication.challengeWith':
        ask('first', [command.factor, ...command.additionalFactors] as FactorRequest[]);
        break;
      case 'authentication.challengeWithAny':
        ask('any', command.factors as FactorRequest[]);
        break;
    }
  }
  const commanded = tx.commanded + asks.length;
  const ran = { ...tx, outcome, cursor: tx.cursor + 1, queue: [...tx.queue, ...asks], commanded };
  const fail = (from: LoginTransaction, reason: string) =>
    deny(from, 'access_denied', reason, [...logs, { type: 'f', description: reason }], now);
  if (denial !== undefined) return fail(ran, denial);
  if (commanded > MFA_COMMANDS_PER_LOGIN) {
    return fail(dropMetadata(tx), `The scripts asked for more MFA challenges than the limit of four in one login.`);
  }
  if (Buffer.byteLength(JSON.stringify([outcome.idTokenClaims, outcome.accessTokenClaims])) > CLAIMS_LIMIT_BYTES) {
    return fail(dropMetadata(tx), 'The custom claims are larger than the limit of 100 KB.');
  }
  return move(ran, proceed(ran), { logs });
}

/** Own keys only: `__proto__` from a script is a key like any other. */
function setKey(target: JsonObject, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

function deny(tx: LoginTransaction, code: DenialCode, reason: string, logs: LogDraft[], now: number): Step {
  const over = { ...final(tx), queue: [] };
  return move(over, { name: 'denied', code, reason }, { changes: metadataChanges(tx, now), logs });
}

/** The person or the client is no longer what it was: nothing pending is written to a row that may be gone. */
function bar(tx: LoginTransaction, _state: LoginState, input: InputOf<'barred'>, now: number): Step {
  return deny(dropMetadata(tx), input.code, input.reason, input.logs, now);
}

/** Nothing stays open, and handles of the last ask become stale. */
function final(tx: LoginTransaction): LoginTransaction {
  return { ...tx, challenges: [], ask: tx.ask + 1 };
}

function atAsk(tx: LoginTransaction, ask: Ask): LoginTransaction {
  return { ...tx, ask: ask.ordinal };
}

function dropMetadata(tx: LoginTransaction): LoginTransaction {
  return { ...tx, outcome: { ...tx.outcome, appMetadata: {}, userMetadata: {} } };
}

function metadataChanges(tx: LoginTransaction, now: number): Change[] {
  const { appMetadata, userMetadata } = tx.outcome;
  if (tx.subject.kind !== 'user' || Object.keys({ ...appMetadata, ...userMetadata }).length === 0) return [];
  const { userId } = tx.subject;
  return [
    { kind: 'user.merge-metadata', tenantId: tx.tenantId, id: userId, app: appMetadata, user: userMetadata, at: now },
  ];
}

function openChallenge(tx: LoginTransaction, id: string): Challenge | undefined {
  return tx.challenges.find((challenge) => challenge.id === id);
}

function move(tx: LoginTransaction, state: LoginState, rest: Partial<Omit<Moved, 'ok' | 'tx'>> = {}): Moved {
  return { ok: true, tx: { ...tx, state }, changes: [], logs: [], deliver: [], ...rest };
}
