// The only place where "what next?" is decided, read top to bottom: a login, a fact, and what follows.
// Pure: no clock, no I/O, no dice. Writes leave as data (`changes`, all with their guards), tenant log lines as drafts,
// and messages by id (`deliver`), for after the write. A pair that is not in the table is refused and changes nothing.
// Longer than 300 lines because it is one table, and every state's answers are read beside the others'.

import type { FactorType } from '#actions/post-login.ts';
import type { JsonObject } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import { applyCommands } from './apply-commands.ts';
import { awaited, gated, interacted, opened, unopened } from './gated.ts';
import type { Input, LogDraft } from './input.ts';
import {
  atAsk,
  bar,
  deny,
  dropMetadata,
  final,
  type InputOf,
  type Moved,
  metadataChanges,
  move,
  REFUSED,
  type Step,
  withdrawn,
} from './move.ts';
import { enrolledNotes, suggestedNotes } from './notes.ts';
import type {
  AddressedEnrollment,
  Ask,
  Capabilities,
  Challenge,
  Enrollment,
  FactorAsk,
  Information,
  LoginState,
  LoginTransaction,
  Offer,
  PolicyAsk,
  Submission,
} from './transaction.ts';
import { hasPages, proceed } from './transaction.ts';

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
    submitted: (tx, from, { identifier, password, capabilities }) =>
      move(capable(tx, capabilities), {
        name: 'verifying',
        submission: { method: 'password', identifier, password },
        from,
      }),
    asserted: (tx, from, { response, capabilities }) =>
      tx.passkeyChallenge === undefined
        ? REFUSED
        : move(capable(tx, capabilities), { name: 'verifying', submission: { method: 'passkey', response }, from }),
    registered: (tx, from, { registration }) =>
      move(tx, { name: 'verifying', submission: { method: 'sign-up', registration }, from }),
    presented: (tx, from, { connection, address, code, capabilities }) =>
      move(capable(tx, capabilities), {
        name: 'verifying',
        submission: { method: 'passwordless', connection, address, code },
        from,
      }),
    // A code is for somebody at a page; a client asks for one before it begins a login.
    addressed: (tx, from, { connection, address, locale }) =>
      connection === undefined || tx.selection !== 'server'
        ? REFUSED
        : move(inLanguage(tx, locale), { name: 'sending', connection, address, from }),
    barred: bar,
  },
  gated: {
    ...gated,
    consented: (tx, _state, { allowed }, now) =>
      allowed
        ? REFUSED
        : deny(tx, 'access_denied', REFUSED_CONSENT, [{ type: 'f', description: REFUSED_CONSENT }], now),
    barred: bar,
  },
  interacting: { interacted, barred: bar },
  opening: { opened, unopened, barred: bar },
  expecting: {
    responded: (tx, from, { code }) => {
      const { connection, address } = from;
      const submission = { method: 'passwordless', connection, address, code } as const;
      return move(tx, { name: 'verifying', submission, from });
    },
    resent: (tx, from) => {
      const { connection, address } = from;
      return move(tx, { name: 'sending', connection, address, from });
    },
    // Back to the address, which may have been mistyped.
    returned: (tx) => move(tx, { name: 'identifying' }),
    undelivered: (tx, state, input) => move(tx, { ...state, ...notThrough(input) }, { logs: input.logs }),
    barred: bar,
  },
  choosing: {
    chosen,
    detected,
    // From a list within one factor to the picker of all, or from how a phone is reached to which phone.
    reconsidered: (tx, { within, ...state }, { within: another }) => {
      if (!another) return within && state.offers.length > 1 ? move(tx, state) : REFUSED;
      return within?.by === 'channel' && authenticatorsOf(state, 'phone').length > 1
        ? move(tx, { ...state, within: { factor: 'phone', by: 'authenticator' } })
        : REFUSED;
    },
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
    asserted: (tx, state, { response, remember = false, challengeId = state.challengeId }) =>
      openChallenge(tx, challengeId)?.ceremony
        ? move(tx, {
            name: 'verifying',
            submission: { method: 'assertion', challengeId, response, remember },
            from: state,
          })
        : REFUSED,
    polled: (tx, state, { remember = false, challengeId = state.challengeId }) =>
      openChallenge(tx, challengeId)?.number === undefined
        ? REFUSED
        : move(tx, { name: 'verifying', submission: { method: 'answer', challengeId, remember }, from: state }),
    resent: (tx, { ask, challengeId }, { via }) => {
      const challenge = openChallenge(tx, challengeId);
      // A key that was not used in time is asked for anew; an app that makes its codes by itself has nothing to send again.
      const isPosed = challenge?.sentTo !== undefined || challenge?.number !== undefined || challenge?.ceremony;
      if (!challenge || !isPosed) return REFUSED;
      const { factor: chosen, authenticatorId } = challenge;
      const how = via ?? challenge.via;
      return move(tx, {
        name: 'preparing',
        ask,
        chosen,
        authenticatorId,
        ...(how === undefined ? {} : { via: how }),
        resend: true,
      });
    },
    reconsidered: (tx, { ask, offers, challengeId }, { within }) => {
      const factor = openChallenge(tx, challengeId)?.factor;
      const state = { name: 'choosing', ask, to: 'challenge', offers, back: challengeId } as const;
      if (!within) return offers.length < 2 ? REFUSED : move(tx, state);
      return factor === undefined || authenticatorsOf({ offers }, factor).length < 2
        ? REFUSED
        : move(tx, { ...state, within: { factor, by: 'authenticator' } });
    },
    detected,
    undelivered: (tx, state, input) => {
      const challenges = tx.challenges.map((c) => (c.id === state.challengeId ? { ...c, ...notThrough(input) } : c));
      return move({ ...tx, challenges }, state, { logs: input.logs });
    },
    barred: bar,
  },
  enrolling: {
    responded: (tx, from, { code }) => {
      const { enrollment } = from;
      // What cannot be proved by a code, or not yet: none was sent before there is a number or a mailbox.
      if (isAttested(enrollment) || enrollment.factor === 'push-notification') return REFUSED;
      if (isAddressed(enrollment) && !enrollment.sent) return REFUSED;
      return move(tx, { name: 'verifying', submission: { method: 'enrollment', code }, from });
    },
    asserted: (tx, from, { response, name }) =>
      isAttested(from.enrollment)
        ? move(tx, { name: 'verifying', submission: attestation(response, name), from })
        : REFUSED,
    polled: (tx, from) =>
      from.enrollment.factor === 'push-notification'
        ? move(tx, { name: 'verifying', submission: { method: 'device' }, from })
        : REFUSED,
    chosen: (tx, state, input) => (tx.selection === 'client' ? chosen(tx, state, input) : REFUSED),
    addressed: (tx, { ask, enrollment }, { address, via, locale }) => {
      if (!isAddressed(enrollment)) return REFUSED;
      const { sent: _voided, ...blank } = enrollment;
      const how = via === undefined ? {} : { via };
      const addressed = blank.factor === 'phone' ? { ...blank, ...how, phoneNumber: address } : { ...blank, address };
      return move(inLanguage(tx, locale), { name: 'preparing', ask, chosen: enrollment.factor, enrollment: addressed });
    },
    resent: (tx, { ask, enrollment }, { via }) => {
      if (enrollment.factor === 'push-notification') {
        return move(tx, { name: 'preparing', ask, chosen: enrollment.factor, resend: true });
      }
      if (!isAddressed(enrollment) || !enrollment.sent) return REFUSED;
      const again = enrollment.factor === 'phone' && via !== undefined ? { ...enrollment, via } : enrollment;
      return move(tx, { name: 'preparing', ask, chosen: enrollment.factor, enrollment: again, resend: true });
    },
    reconsidered: (tx, { ask, offers }) =>
      offers.length < 2 ? REFUSED : move(tx, { name: 'choosing', ask, to: 'enroll', offers }),
    // Back to the number, which may have been mistyped.
    returned: (tx, state) => {
      if (!isAddressed(state.enrollment) || !state.enrollment.sent) return REFUSED;
      const { sent: _voided, ...blank } = state.enrollment;
      return move(tx, { ...state, enrollment: blank });
    },
    undelivered: (tx, state, input) => {
      const { enrollment } = state;
      if (!isAddressed(enrollment) || !enrollment.sent) return REFUSED;
      const sent = { ...enrollment.sent, ...notThrough(input) };
      return move(tx, { ...state, enrollment: { ...enrollment, sent } }, { logs: input.logs });
    },
    detected,
    barred: bar,
  },
  suggesting: {
    asserted: (tx, from, { response, name }) =>
      move(tx, { name: 'verifying', submission: attestation(response, name), from }),
    skipped: (tx) => move(tx, proceed(tx)),
    barred: bar,
  },
  informing: {
    acknowledged: (tx, { notes }) => read(tx, notes.slice(1)),
    named: (tx, { notes }, { name }) => {
      const [note, ...others] = notes;
      if (note?.kind !== 'naming') return REFUSED;
      const { authenticatorId: id } = note;
      const told = others.map((each) => (each.kind === 'enrolled' ? { ...each, name } : each));
      // Removed in another window meanwhile: there is nothing to name, and the login goes on.
      return read(tx, told, [{ kind: 'authenticator.name', tenantId: tx.tenantId, id, name, ifThere: true }]);
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
  sending: {
    // Counted whether or not there is somebody to deliver it to: that shows nowhere.
    sent: (tx, _state, { connection, strategy, address, changes, messageId, logs }) => {
      const awaited = messageId === undefined ? {} : { messageId };
      const deliver = messageId === undefined ? [] : [messageId];
      const state = { name: 'expecting', connection, strategy, address, ...awaited } as const;
      return move({ ...tx, messages: tx.messages + 1 }, state, { changes, deliver, logs });
    },
    rejected: (tx, { from }, { notice, logs }) => move(tx, from, { logs, notice }),
    barred: bar,
  },
  verifying: {
    verified: (tx, { submission, from }, input) => {
      if (submission.method === 'new-password') return REFUSED;
      const { method, subject, logs, recoveryCode } = input;
      const answered = submission.method === 'answer' ? submission.challengeId : undefined;
      const changes = [...input.changes, ...withdrawn(tx, answered)];
      const passed: LoginTransaction = { ...tx, methods: [...tx.methods, method], ...(subject ? { subject } : {}) };
      // The first valid answer meets the ask and closes every challenge that was open for it.
      const met = from.name === 'challenging' || from.name === 'enrolling' ? metBy(passed, submission) : passed;
      // A client is told in the answer itself.
      if (tx.selection !== 'server') {
        return move(met, proceed(met), { changes, logs, ...(recoveryCode === undefined ? {} : { recoveryCode }) });
      }
      const notes = from.name === 'enrolling' ? enrolledNotes(from.enrollment, submission) : [];
      const used: Information[] =
        recoveryCode === undefined ? [] : [{ kind: 'recovery-code', because: 'used', code: recoveryCode }];
      return inform(met, [...notes, ...used], { changes, logs });
    },
    attested: (tx, { submission, from }, { changes, logs }) => {
      if (from.name !== 'suggesting') return REFUSED;
      return inform(tx, suggestedNotes(from.suggestion, submission), { changes, logs });
    },
    declined: (tx, { submission, from }, { logs }) => {
      if (from.name !== 'challenging' || !('challengeId' in submission)) return REFUSED;
      const { challengeId } = submission;
      const challenges = tx.challenges.map((c) => (c.id === challengeId ? { ...c, refused: true as const } : c));
      return move({ ...tx, challenges }, from, { logs, notice: { key: 'transaction-rejected' } });
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
          const kept = input.by === 'enrolled' ? tx.mfa : mfa;
          // What is open for this ask answers no other.
          const met = { ...tx, mfa: kept, queue: tx.queue.slice(1), challenges: [] };
          return move(met, proceed(met), { changes: withdrawn(tx), logs });
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
        case 'awaited': {
          if (!isFactorAsk(ask)) return REFUSED;
          return awaited(atAsk(called, ask), { name: 'gated', ask, offers: input.offers }, { logs }, now);
        }
        case 'offered': {
          if (!isFactorAsk(ask)) return REFUSED;
          const { offers, to, within } = input;
          const state = { name: 'choosing', ask, to, offers, ...(within ? { within } : {}) } as const;
          return move(rememberable(atAsk(called, ask), input), state, { logs });
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
    suggested: (tx, _state, { suggestion }) =>
      tx.selection === 'server'
        ? move({ ...askedOnce(tx), suggested: true }, { name: 'suggesting', suggestion })
        : REFUSED,
    unconsented: (tx, _state, { scope }, now) =>
      hasPages(tx)
        ? move(askedOnce(tx), { name: 'consenting', scope })
        : deny(tx, 'consent_required', 'Consent required', [], now),
    cleared: (tx) => (tx.purpose === 'password-reset' ? move(askedOnce(tx), { name: 'resetting' }) : REFUSED),
    settled: (tx, _state, { session, formerUserId, account = [], changes, logs }, now) => {
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
        { changes: [...account, ...metadataChanges(tx, now), ...put, ...changes], logs: [...logs, ...said] },
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
  { factor, authenticatorId, via, byCode, locale }: InputOf<'chosen'>,
): Step {
  const spoken = inLanguage(tx, locale);
  const offer = offers.find((each) => each.factor === factor);
  if (!offer) return REFUSED;
  const how = { ...(via === undefined ? {} : { via }), ...(byCode ? { byCode } : {}) };
  if (authenticatorId === undefined) return move(spoken, { name: 'preparing', ask, chosen: factor, ...how });
  return offer.authenticators.includes(authenticatorId)
    ? move(spoken, { name: 'preparing', ask, chosen: factor, authenticatorId, ...how })
    : REFUSED;
}

function authenticatorsOf({ offers }: { offers: Offer[] }, factor: FactorType): string[] {
  return offers.find((offer) => offer.factor === factor)?.authenticators ?? [];
}

/** What can be offered is asked again, now that it is known what the browser can do. */
function detected(
  tx: LoginTransaction,
  { ask }: StateOf<'choosing' | 'challenging' | 'enrolling'>,
  { capabilities }: InputOf<'detected'>,
): Step {
  return move(capable(tx, capabilities), { name: 'preparing', ask });
}

/** What a challenge or an enrollment says of its message. */
function notThrough({ unconfirmed }: { unconfirmed?: true }): { undelivered: true } | { unconfirmed: true } {
  return unconfirmed ? { unconfirmed } : { undelivered: true };
}

function capable(tx: LoginTransaction, capabilities: Capabilities | undefined): LoginTransaction {
  return capabilities ? { ...tx, capabilities } : tx;
}

/** Handles of what was asked before become stale. */
function askedOnce(tx: LoginTransaction): LoginTransaction {
  return { ...tx, asked: tx.asked + 1, ask: tx.asked + 1 };
}

type Written = Pick<Moved, 'changes' | 'logs'>;

/** Goes on once everything was read. */
function inform(tx: LoginTransaction, notes: Information[], written: Written): Step {
  return notes.length === 0
    ? move(tx, proceed(tx), written)
    : move(askedOnce(tx), { name: 'informing', notes }, written);
}

function read(tx: LoginTransaction, notes: Information[], changes: Change[] = []): Step {
  return inform(tx, notes, { changes, logs: [] });
}

function attestation(response: JsonObject, name: string | undefined): Submission {
  return { method: 'attestation', response, ...(name === undefined ? {} : { name }) };
}

function isAddressed(enrollment: Enrollment): enrollment is AddressedEnrollment {
  return enrollment.factor === 'phone' || enrollment.factor === 'email';
}

function isAttested({ factor }: Enrollment): boolean {
  return factor === 'webauthn-roaming' || factor === 'webauthn-platform';
}

function inLanguage(tx: LoginTransaction, locale: string | undefined): LoginTransaction {
  return locale === undefined ? tx : { ...tx, request: { ...tx.request, locale } };
}

function openChallenge(tx: LoginTransaction, id: string): Challenge | undefined {
  return tx.challenges.find((challenge) => challenge.id === id);
}

const isFactorAsk = (ask: Ask): ask is FactorAsk => ask.kind !== 'redirect' && ask.kind !== 'form';

/** The ask is met. A browser is remembered by whom the person showed a factor in it. */
function metBy(tx: LoginTransaction, submission: Submission): LoginTransaction {
  const { rememberable: choice = 'never' } = tx.mfa;
  const ticked = 'remember' in submission && submission.remember;
  const remember = choice === 'always' || (choice === 'offered' && ticked);
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
