// From an ask to something a person can answer: which factor, whose, sent how. Nothing is sent here: the message is a row
// of the commit that shows the challenge.
import type { PushRequestRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import { MESSAGES_PER_LOGIN, tooMany } from '../message-limit.ts';
import type { Ports } from '../ports.ts';
import { actionDetails, type LogDraft, type WorkInput } from '../transaction/input.ts';
import {
  type BusyState,
  type Challenge,
  type FactorAsk,
  hasPages,
  isProven,
  type LoginTransaction,
  type Offer,
  type Rememberable,
} from '../transaction/transaction.ts';
import { factorOf, usable } from './catalogue.ts';
import type { Person } from './factor.ts';
import { messageTypeFor } from './message-type.ts';
import { enrollBy } from './prepare-enrollment.ts';
import { type Remembered, rememberableFor, standsIn } from './remembered-browser.ts';
import { CHALLENGE_FIRST, oneUnusable, type Selected, select } from './select.ts';

type Preparing = Extract<BusyState, { name: 'preparing' }>;
type Needed = Pick<Ports, 'random' | 'mac' | 'now'>;

/** What surrounds the login at this step. `about`: what a device tells its person of it. */
export type Situation = { browser: Remembered; about: PushRequestRecord['about'] };

export function prepare(
  ports: Needed,
  tx: LoginTransaction,
  state: Preparing,
  person: Person,
  situation: Situation,
): WorkInput {
  const { browser } = situation;
  const { ask, chosen } = state;
  if (ask.kind === 'redirect' || ask.kind === 'form') {
    // A client has no page to send anybody to.
    const result = hasPages(tx) ? 'redirected' : 'unattended';
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
    : challengeBy(ports, tx, person, { ask, offer, offers, rememberable, state, situation }, logs);
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

type Chosen = {
  ask: FactorAsk;
  offer: Offer;
  offers: Offer[];
  rememberable: Rememberable;
  state: Preparing;
  situation: Situation;
};

function challengeBy(
  { random, mac, now }: Needed,
  tx: LoginTransaction,
  person: Person,
  { ask, offer, offers, rememberable, state, situation }: Chosen,
  logs: LogDraft[],
): WorkInput {
  const factor = factorOf(offer.factor);
  const { authenticatorId, byCode = false, resend = false } = state;
  const own = factor ? usable(factor, person) : [];
  const authenticator = own.find(({ id }) => id === authenticatorId) ?? own[0];
  if (!factor || !authenticator) throw new Error(`an offer without an authenticator: ${offer.factor}`);
  const isClients = tx.selection === 'client';
  const at = now();
  // Coming back to a method whose challenge is still good sends nothing; only "resend" voids what is out. A client has no
  // other way to say "resend" than to ask for the challenge again.
  const open = tx.challenges.find((challenge) => challenge.authenticatorId === authenticator.id);
  const isGood = open && !resend && !isClients && !open.undelivered && !open.refused && at < open.expiresAt;
  const wanted = messageTypeFor(person.tenant, ask, authenticator.record, state.via ?? (isGood ? open.via : undefined));
  if (factor.channel === 'phone' && wanted === 'ask' && !isClients) {
    const within = { factor: 'phone', by: 'channel', authenticatorId: authenticator.id } as const;
    return { kind: 'prepared', result: 'offered', to: 'challenge', offers, within, rememberable, logs };
  }
  const via = wanted === 'ask' ? 'sms' : wanted;
  if (isClients) {
    const details = { authenticator: { type: factor.type } };
    logs.push({ type: 'gd_start_auth', description: 'Second factor asked for', details });
  }
  const result = { kind: 'prepared', result: 'challenged', offers, rememberable } as const;
  if (isGood && (open.via === undefined || open.via === via)) {
    return { ...result, challenge: open, changes: [], deliver: [], logs };
  }
  const blank: Challenge = {
    id: random.uuid(),
    factor: factor.type,
    authenticatorId: authenticator.id,
    createdAt: at,
    expiresAt: tx.expiresAt,
  };
  if (!factor.pose) return { ...result, challenge: blank, changes: [], deliver: [], logs };
  // What the device was asked before is asked no more.
  const asked: Change[] =
    open?.number === undefined ? [] : [{ kind: 'push-request.withdraw', tenantId: tx.tenantId, id: open.id }];
  if (byCode) return { ...result, challenge: blank, changes: asked, deliver: [], logs };
  if (factor.channel && tx.messages >= MESSAGES_PER_LOGIN) {
    // The code that is out stays good.
    const challenge = open ?? { ...blank, undelivered: true, overLimit: true };
    const notice = tooMany(factor.channel === 'phone' ? via : factor.channel);
    return { ...result, challenge, changes: [], deliver: [], logs, notice };
  }
  const { challenge, changes, message } = factor.pose({
    blank,
    authenticator,
    own,
    tenant: person.tenant,
    user: person.user,
    via,
    locale: tx.request.locale,
    transactionId: tx.id,
    matches: !isClients,
    about: situation.about,
    at,
    random,
    mac,
  });
  return {
    ...result,
    challenge: message ? { ...challenge, messageId: message.id } : challenge,
    changes: [...asked, ...changes, ...(message ? [{ kind: 'message.insert', message } as const] : [])],
    deliver: message ? [message.id] : [],
    logs,
  };
}
