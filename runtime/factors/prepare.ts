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
    // A client has no page to send anybody to.
    const result = tx.selection === 'server' ? 'redirected' : 'unattended';
    return { kind: 'prepared', result, logs: [] };
  }
  const selected = judgedAgain(select(ask, person, tx), tx, ask);
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
  // A client is told what there is and says itself what it wants.
  const offer = pick(offers, tx.selection === 'client' ? 'client' : prefer, chosen);
  const rememberable = selected.kind === 'challenge' ? rememberableFor(browser, tx, ask) : 'never';
  if (!offer) return { kind: 'prepared', result: 'offered', to: selected.kind, offers, rememberable, logs };
  // A client may pick an authenticator that the person has instead of enrolling one.
  return selected.kind === 'enroll' && state.authenticatorId === undefined
    ? enrollBy(ports, tx, person, offer.factor, state, offers, logs)
    : challengeBy(ports, tx, person, { ask, offer, offers, rememberable, state }, logs);
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
function pick(offers: Offer[], prefer: 'first' | 'any' | 'client', chosen: string | undefined): Offer | undefined {
  if (chosen !== undefined) {
    const offer = offers.find(({ factor }) => factor === chosen);
    if (offer) return offer;
  }
  if (prefer === 'client') return undefined;
  return prefer === 'first' || offers.length === 1 ? offers[0] : undefined;
}

type Chosen = { ask: FactorAsk; offer: Offer; offers: Offer[]; rememberable: Rememberable; state: Preparing };

function challengeBy(
  { random, mac, now }: Needed,
  tx: LoginTransaction,
  person: Person,
  { offer, offers, rememberable, state }: Chosen,
  logs: LogDraft[],
): WorkInput {
  const factor = factorOf(offer.factor);
  const { authenticatorId, resend = false } = state;
  const own = factor ? usable(factor, person) : [];
  const authenticator = own.find(({ id }) => id === authenticatorId) ?? own[0];
  if (!factor || !authenticator) throw new Error(`an offer without an authenticator: ${offer.factor}`);
  const result = { kind: 'prepared', result: 'challenged', offers, rememberable } as const;
  const isClients = tx.selection === 'client';
  if (isClients) {
    const details = { authenticator: { type: factor.type } };
    logs.push({ type: 'gd_start_auth', description: 'Second factor asked for', details });
  }

  // Coming back to a method whose code is still good sends nothing; only "resend" voids the code that is out. A client
  // has no other way to say "resend" than to ask for the challenge again.
  const open = tx.challenges.find((challenge) => challenge.authenticatorId === authenticator.id);
  if (open && !resend && !isClients && !open.undelivered && now() < open.expiresAt) {
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
