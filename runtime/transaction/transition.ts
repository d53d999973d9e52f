// The only place where "what next?" is decided, read top to bottom: a login, a fact, and what follows.
// Pure: no clock, no I/O, no dice. Writes leave as data (`changes`, all with their guards), tenant log lines as drafts,
// and messages by id (`deliver`), for after the write. A pair that is not in the table is refused and changes nothing.
// Longer than 300 lines because it is one table, and every state's answers are read beside the others'.

import type { Change } from '#storage/store.ts';
import { applyCommands } from './apply-commands.ts';
import type { Input, LogDraft } from './input.ts';
import {
  atAsk,
  bar,
  deny,
  dropMetadata,
  final,
  type InputOf,
  metadataChanges,
  move,
  REFUSED,
  type Step,
} from './move.ts';
import type { Ask, Challenge, FactorAsk, LoginState, LoginTransaction, PolicyAsk } from './transaction.ts';
import { proceed } from './transaction.ts';

type StateOf<Name extends LoginState['name']> = Extract<LoginState, { name: Name }>;
type Arrow<Name extends LoginState['name'], Kind extends Input['kind']> = (
  tx: LoginTransaction,
  state: StateOf<Name>,
  input: InputOf<Kind>,
  now: number,
) => Step;
type Table = { [Name in LoginState['name']]: { [Kind in Input['kind']]?: Arrow<Name, Kind> } };

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
    submitted: (tx, from, { identifier, password }) =>
      move(tx, { name: 'verifying', submission: { method: 'password', identifier, password }, from }),
    registered: (tx, from, { registration }) =>
      move(tx, { name: 'verifying', submission: { method: 'sign-up', registration }, from }),
    barred: bar,
  },
  choosing: {
    chosen,
    // Going back sends nothing: the code that is out stays good.
    returned: (tx, { ask, offers, to, back }) =>
      back === undefined || to === 'enroll'
        ? REFUSED
        : move(tx, { name: 'challenging', ask, offers, challengeId: back }),
    barred: bar,
  },
  challenging: {
    // A client may ask for another challenge while one is open; a page shows its picker first.
    chosen: (tx, state, input) => (tx.selection === 'client' ? chosen(tx, state, input) : REFUSED),
    responded: (tx, state, { code, remember = false, challengeId = state.challengeId }) =>
      openChallenge(tx, challengeId)
        ? move(tx, { name: 'verifying', submission: { method: 'code', challengeId, code, remember }, from: state })
        : REFUSED,
    resent: (tx, { ask, challengeId }) => {
      const challenge = openChallenge(tx, challengeId);
      if (!challenge?.sentTo) return REFUSED;
      return move(tx, { name: 'preparing', ask, chosen: challenge.factor, resend: true });
    },
    reconsidered: (tx, { ask, offers, challengeId }) =>
      offers.length < 2 ? REFUSED : move(tx, { name: 'choosing', ask, to: 'challenge', offers, back: challengeId }),
    undelivered: (tx, state, { logs }) =>
      move(
        {
          ...tx,
          challenges: tx.challenges.map((c) => (c.id === state.challengeId ? { ...c, undelivered: true as const } : c)),
        },
        state,
        { logs },
      ),
    barred: bar,
  },
  enrolling: {
    responded: (tx, from, { code }) => {
      const { enrollment } = from;
      // Before there is a number or a mailbox, no code was sent to it.
      if (enrollment.factor !== 'otp' && !enrollment.sent) return REFUSED;
      return move(tx, { name: 'verifying', submission: { method: 'enrollment', code }, from });
    },
    chosen: (tx, state, input) => (tx.selection === 'client' ? chosen(tx, state, input) : REFUSED),
    addressed: (tx, { ask, enrollment }, { address, locale }) => {
      if (enrollment.factor === 'otp') return REFUSED;
      const { sent: _voided, ...blank } = enrollment;
      const addressed = blank.factor === 'phone' ? { ...blank, phoneNumber: address } : { ...blank, address };
      return move(inLanguage(tx, locale), { name: 'preparing', ask, chosen: enrollment.factor, enrollment: addressed });
    },
    resent: (tx, { ask, enrollment }) =>
      enrollment.factor !== 'otp' && enrollment.sent
        ? move(tx, { name: 'preparing', ask, chosen: enrollment.factor, enrollment, resend: true })
        : REFUSED,
    reconsidered: (tx, { ask, offers }) =>
      offers.length < 2 ? REFUSED : move(tx, { name: 'choosing', ask, to: 'enroll', offers }),
    // Back to the number, which may have been mistyped.
    returned: (tx, state) => {
      if (state.enrollment.factor === 'otp' || !state.enrollment.sent) return REFUSED;
      const { sent: _voided, ...blank } = state.enrollment;
      return move(tx, { ...state, enrollment: blank });
    },
    undelivered: (tx, state, { logs }) => {
      const { enrollment } = state;
      if (enrollment.factor === 'otp' || !enrollment.sent) return REFUSED;
      const sent = { ...enrollment.sent, undelivered: true as const };
      return move(tx, { ...state, enrollment: { ...enrollment, sent } }, { logs });
    },
    barred: bar,
  },
  redirected: {
    continued: (tx, { ask }, { visit }) =>
      (visit.kind === 'form') === (ask.kind === 'form')
        ? move({ ...tx, queue: tx.queue.slice(1) }, { name: 'running', visit })
        : REFUSED,
    barred: bar,
  },
  consenting: {
    consented: (tx, _state, { allowed }, now) =>
      allowed
        ? move({ ...tx, consented: true }, { name: 'settling' })
        : deny(tx, 'access_denied', REFUSED_CONSENT, [{ type: 'f', description: REFUSED_CONSENT }], now),
    barred: bar,
  },
  resetting: {
    renewed: (tx, from, { password }) =>
      move(tx, { name: 'verifying', submission: { method: 'new-password', password }, from }),
    barred: bar,
  },
  verifying: {
    verified: (tx, { submission }, { method, subject, changes, logs, recoveryCode }) => {
      if (submission.method === 'new-password') return REFUSED;
      const passed: LoginTransaction = { ...tx, methods: [...tx.methods, method], ...(subject ? { subject } : {}) };
      // The first valid answer meets the ask and closes every challenge that was open for it.
      const met =
        submission.method === 'code' || submission.method === 'enrollment' ? metBy(passed, submission) : passed;
      return move(met, proceed(met), { changes, logs, ...(recoveryCode === undefined ? {} : { recoveryCode }) });
    },
    replaced: (tx, { submission }, { changes, logs }, now) => {
      if (submission.method !== 'new-password') return REFUSED;
      const written = [...metadataChanges(tx, now), ...changes];
      return move(final(tx), { name: 'completed', taken: true }, { changes: written, logs });
    },
    rejected: (tx, { from }, { notice, logs }) => move(tx, from, { logs, notice }),
    throttled: (tx, { from }, { retryAfterSeconds, logs }) =>
      move(tx, from, { logs, notice: { key: 'too-many-failures', retryAfterSeconds } }),
    withdrawn: (tx, { from }) => ('ask' in from ? move(tx, { name: 'preparing', ask: from.ask }) : REFUSED),
    barred: bar,
  },
  running: {
    ran: (tx, _state, input, now) => applyCommands(tx, input, now),
    // What the failed run recorded is gone with it, and so is what earlier Actions left pending.
    failed: (tx, _state, { reason, logs }, now) => deny(dropMetadata(tx), 'access_denied', reason, logs, now),
    barred: bar,
  },
  preparing: {
    prepared: (tx, { ask }, input, now) => {
      const { logs } = input;
      const called = calledFor(tx, ask);
      switch (input.result) {
        case 'satisfied': {
          const mfa = input.by === 'remembered' ? { ...called.mfa, remembered: true as const } : called.mfa;
          const met = { ...tx, mfa: input.by === 'enrolled' ? tx.mfa : mfa, queue: tx.queue.slice(1) };
          return move(met, proceed(met), { logs });
        }
        case 'unusable':
          return deny(tx, 'access_denied', input.reason, logs, now);
        case 'unattended':
          return deny(tx, 'interaction_required', unattendedReason(ask), logs, now);
        case 'redirected': {
          if (ask.kind !== 'redirect' && ask.kind !== 'form') return REFUSED;
          // Whoever reads the account while the person is away finds what the scripts have written so far.
          const leaves = ask.kind === 'redirect';
          const changes = leaves ? metadataChanges(tx, now) : [];
          return move(atAsk(leaves ? dropMetadata(tx) : tx, ask), { name: 'redirected', ask }, { changes, logs });
        }
        case 'offered': {
          if (!isFactorAsk(ask)) return REFUSED;
          const { offers, to } = input;
          return move(rememberable(atAsk(called, ask), input), { name: 'choosing', ask, to, offers }, { logs });
        }
        case 'challenged': {
          if (!isFactorAsk(ask)) return REFUSED;
          const { offers, challenge, changes, deliver, notice } = input;
          const others = tx.challenges.filter((open) => open.authenticatorId !== challenge.authenticatorId);
          const next = rememberable(atAsk({ ...called, challenges: [...others, challenge] }, ask), input);
          const state = { name: 'challenging', ask, offers, challengeId: challenge.id } as const;
          return move(sent(next, deliver), state, { changes, deliver, logs, ...(notice ? { notice } : {}) });
        }
        case 'enrolling': {
          if (!isFactorAsk(ask)) return REFUSED;
          const { offers, enrollment, changes, deliver, notice } = input;
          const next = rememberable(atAsk(called, ask), { rememberable: 'never' });
          const rest = { changes, deliver, logs, ...(notice ? { notice } : {}) };
          return move(sent(next, deliver), { name: 'enrolling', ask, offers, enrollment }, rest);
        }
      }
    },
    barred: bar,
  },
  settling: {
    demanded: (tx, _state, { provider, adaptive }) => {
      const ask: PolicyAsk = { kind: 'challenge-or-enroll', ordinal: tx.asked + 1, provider, adaptive };
      const demanded = { ...tx, asked: ask.ordinal, queue: [ask] };
      return move(demanded, proceed(demanded));
    },
    unconsented: (tx, _state, { scope }, now) =>
      tx.selection === 'server'
        ? move({ ...tx, asked: tx.asked + 1, ask: tx.asked + 1 }, { name: 'consenting', scope })
        : deny(tx, 'consent_required', 'Consent required', [], now),
    cleared: (tx) =>
      tx.purpose === 'password-reset'
        ? move({ ...tx, asked: tx.asked + 1, ask: tx.asked + 1 }, { name: 'resetting' })
        : REFUSED,
    settled: (tx, _state, { session, formerUserId, changes, logs }, now) => {
      // Only now is it known whose login it is: a script may have handed it over.
      if (isSomebodyElse(tx))
        return deny(tx, 'login_required', NOT_HINTED, [{ type: 'f', description: NOT_HINTED }], now);
      const put: Change[] = session
        ? [
            {
              kind: 'session.put',
              session,
              ...(formerUserId === undefined ? {} : { formerUserId }),
              ...(tx.origin.kind === 'session' ? { renews: true as const } : {}),
            },
          ]
        : [];
      const said: LogDraft[] = session ? [{ type: 's', description: 'Successful login' }] : [];
      return move(
        final(tx),
        // Without a browser nobody fetches it later: whoever made this step is answered.
        { name: 'completed', taken: !session },
        { changes: [...metadataChanges(tx, now), ...put, ...changes], logs: [...logs, ...said] },
      );
    },
    barred: bar,
  },
  completed: {
    taken: (tx, { taken }) => (taken ? REFUSED : move(tx, { name: 'completed', taken: true })),
  },
  denied: {},
};

const REFUSED_CONSENT = 'User did not authorize the request';
const NOT_HINTED = 'Somebody else than the id_token_hint says has signed in';

/** OpenID Connect Core §3.1.2.1: an answer about another person is none for whom the client means. */
function isSomebodyElse({ request: { hintedUserId }, subject }: LoginTransaction): boolean {
  return hintedUserId !== undefined && !(subject.kind === 'user' && subject.userId === hintedUserId);
}

function chosen(
  tx: LoginTransaction,
  { ask, offers }: StateOf<'choosing' | 'challenging' | 'enrolling'>,
  { factor, authenticatorId, locale }: InputOf<'chosen'>,
): Step {
  const spoken = inLanguage(tx, locale);
  const offer = offers.find((each) => each.factor === factor);
  if (!offer) return REFUSED;
  if (authenticatorId === undefined) return move(spoken, { name: 'preparing', ask, chosen: factor });
  return offer.authenticators.includes(authenticatorId)
    ? move(spoken, { name: 'preparing', ask, chosen: factor, authenticatorId })
    : REFUSED;
}

function inLanguage(tx: LoginTransaction, locale: string | undefined): LoginTransaction {
  return locale === undefined ? tx : { ...tx, request: { ...tx.request, locale } };
}

function openChallenge(tx: LoginTransaction, id: string): Challenge | undefined {
  return tx.challenges.find((challenge) => challenge.id === id);
}

const isFactorAsk = (ask: Ask): ask is FactorAsk => ask.kind !== 'redirect' && ask.kind !== 'form';

/** The ask is met. A browser is remembered by whom the person showed a factor in it. */
function metBy(tx: LoginTransaction, submission: { method: 'code'; remember: boolean } | { method: 'enrollment' }) {
  const { rememberable: choice = 'never' } = tx.mfa;
  const remember = choice === 'always' || (choice === 'offered' && submission.method === 'code' && submission.remember);
  const mfa = remember ? { ...tx.mfa, remember: true as const } : tx.mfa;
  return { ...tx, mfa, queue: tx.queue.slice(1), challenges: [] };
}

/** A browser is only renewed by logins in which a second factor was called for. */
function calledFor(tx: LoginTransaction, ask: Ask): LoginTransaction {
  return ask.kind === 'challenge' || ask.kind === 'challenge-or-enroll'
    ? { ...tx, mfa: { ...tx.mfa, called: true } }
    : tx;
}

function rememberable(
  tx: LoginTransaction,
  { rememberable: choice }: { rememberable: NonNullable<LoginTransaction['mfa']['rememberable']> },
): LoginTransaction {
  return { ...tx, mfa: { ...tx.mfa, rememberable: choice } };
}

function sent(tx: LoginTransaction, messages: string[]): LoginTransaction {
  return { ...tx, messages: tx.messages + messages.length };
}

function unattendedReason({ kind }: Ask): string {
  return kind === 'redirect' || kind === 'form' ? 'User interaction required' : 'Multifactor authentication required';
}
