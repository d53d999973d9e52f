// From an ask to something a person can answer: which factor, whose, sent how. Nothing is sent here: the message is a row
// of the commit that shows the challenge.
import { codeMessage } from '../delivery/delivery.ts';
import type { Ports } from '../ports.ts';
import { actionDetails, type LogDraft, type WorkInput } from '../transaction/input.ts';
import {
  type BusyState,
  type Challenge,
  type FactorAsk,
  isProven,
  type LoginTransaction,
  type Offer,
  type Rememberable,
} from '../transaction/transaction.ts';
import { factorOf, usable } from './catalogue.ts';
import type { Person } from './factor.ts';
import { MESSAGES_PER_LOGIN, tooMany } from './message-limit.ts';
import { CODE_LIFETIME_MS, newCode } from './one-time-code.ts';
import { enrollBy } from './prepare-enrollment.ts';
import { type Remembered, rememberableFor, standsIn } from './remembered-browser.ts';
import { CHALLENGE_FIRST, oneUnusable, type Selected, select } from './select.ts';

type Preparing = Extract<BusyState, { name: 'preparing' }>;
export type Needed = Pick<Ports, 'random' | 'mac' | 'now'>;

export function prepare(
  ports: Needed,
  tx: LoginTransaction,
  state: Preparing,
  person: Person,
  browser: Remembered,
): WorkInput {
  const { ask, chosen } = state;
  if (ask.kind === 'redirect' || ask.kind === 'form') {
    const result = tx.selection === 'nobody' ? 'unattended' : 'redirected';
    return { kind: 'prepared', result, logs: [] };
  }
  const selected = judgedAgain(select(ask, person, tx.methods), tx, ask);
  const from = ask.askedBy ? { details: actionDetails(ask.askedBy) } : {};
  if (selected.kind === 'none') {
    const { reason } = selected;
    return { kind: 'prepared', result: 'unusable', reason, logs: [{ type: 'mfar', description: reason, ...from }] };
  }
  // Said once per ask: when it is first met, not when the person comes back to it.
  const firstMet = chosen === undefined && tx.ask < ask.ordinal;
  const logs: LogDraft[] = firstMet
    ? selected.unusable.map((name) => ({ type: 'w', description: oneUnusable(ask.kind, name), ...from }))
    : [];
  if (selected.kind === 'satisfied') return { kind: 'prepared', result: 'satisfied', by: selected.by, logs };
  if (selected.kind === 'challenge' && standsIn(browser, tx, ask, person, ports.now())) {
    return { kind: 'prepared', result: 'satisfied', by: 'remembered', logs };
  }
  if (tx.selection === 'nobody') return { kind: 'prepared', result: 'unattended', logs };

  const { offers, prefer } = selected;
  const offer = pick(offers, prefer, chosen);
  const rememberable = selected.kind === 'challenge' ? rememberableFor(browser, tx, ask) : 'never';
  if (!offer) return { kind: 'prepared', result: 'offered', to: selected.kind, offers, rememberable, logs };
  return selected.kind === 'enroll'
    ? enrollBy(ports, tx, person, offer.factor, state, offers, logs)
    : challengeBy(ports, tx, person, { ask, offer, offers, rememberable, resend: state.resend === true }, logs);
}

/**
 * An enrollment that was shown before: the account got its factor from another window since. Whoever began it and has
 * shown nothing may be somebody who only knows the password, and must not pass for having nothing left to enroll.
 */
function judgedAgain(selected: Selected, tx: LoginTransaction, ask: FactorAsk): Selected {
  const wasShown = tx.ask >= ask.ordinal;
  if (!wasShown || selected.kind !== 'satisfied' || selected.by !== 'enrolled' || isProven(tx.methods)) return selected;
  return { kind: 'none', reason: CHALLENGE_FIRST };
}

/** The offer to show at once; undefined means the picker. */
function pick(offers: Offer[], prefer: 'first' | 'any', chosen: string | undefined): Offer | undefined {
  if (chosen !== undefined) {
    const offer = offers.find(({ factor }) => factor === chosen);
    if (offer) return offer;
  }
  return prefer === 'first' || offers.length === 1 ? offers[0] : undefined;
}

type Chosen = { ask: FactorAsk; offer: Offer; offers: Offer[]; rememberable: Rememberable; resend: boolean };

function challengeBy(
  { random, mac, now }: Needed,
  tx: LoginTransaction,
  person: Person,
  { offer, offers, rememberable, resend }: Chosen,
  logs: LogDraft[],
): WorkInput {
  const factor = factorOf(offer.factor);
  const authenticator = factor && usable(factor, person)[0];
  if (!factor || !authenticator) throw new Error(`an offer without an authenticator: ${offer.factor}`);
  const result = { kind: 'prepared', result: 'challenged', offers, rememberable } as const;

  // Coming back to a method whose code is still good sends nothing; only "resend" voids the code that is out.
  const open = tx.challenges.find((challenge) => challenge.authenticatorId === authenticator.id);
  if (open && !resend && !open.undelivered && now() < open.expiresAt) {
    return { ...result, challenge: open, changes: [], deliver: [], logs };
  }

  const at = now();
  const blank: Challenge = {
    id: random.uuid(),
    factor: factor.type,
    authenticatorId: authenticator.id,
    createdAt: at,
    expiresAt: tx.expiresAt,
  };
  if (!factor.channel || authenticator.address === undefined) {
    return { ...result, challenge: blank, changes: [], deliver: [], logs };
  }
  if (tx.messages >= MESSAGES_PER_LOGIN) {
    // The code that is out stays good.
    const challenge = open ?? { ...blank, undelivered: true };
    return { ...result, challenge, changes: [], deliver: [], logs, notice: tooMany(factor.channel) };
  }
  const { code, codeMac } = newCode(blank.id, random, mac);
  const sentTo = factor.describe(authenticator);
  const message = codeMessage({
    id: random.uuid(),
    tenant: person.tenant,
    channel: factor.channel,
    to: authenticator.address,
    code,
    locale: tx.request.locale,
    transactionId: tx.id,
    at,
    expiresAt: at + CODE_LIFETIME_MS,
  });
  return {
    ...result,
    challenge: {
      ...blank,
      codeMac,
      expiresAt: at + CODE_LIFETIME_MS,
      ...(sentTo === undefined ? {} : { sentTo }),
    },
    changes: [{ kind: 'message.insert', message }],
    deliver: [message.id],
    logs,
  };
}
