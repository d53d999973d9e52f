// From an ask to something a person can answer: which factor, whose, sent how. Nothing is sent here: the message is a row
// of the commit that shows the challenge.
import { codeMessage } from '../delivery/delivery.ts';
import type { Ports } from '../ports.ts';
import type { LogDraft, WorkInput } from '../transaction/input.ts';
import type { BusyState, Challenge, LoginTransaction, Offer } from '../transaction/transaction.ts';
import { factorOf, usable } from './catalogue.ts';
import type { Person } from './factor.ts';
import { CODE_LIFETIME_MS, newCode } from './one-time-code.ts';
import { NOTHING_USABLE, oneUnusable, select } from './select.ts';

type Preparing = Extract<BusyState, { name: 'preparing' }>;
type Needed = Pick<Ports, 'random' | 'mac' | 'now'>;

export function prepare(ports: Needed, tx: LoginTransaction, state: Preparing, person: Person): WorkInput {
  const { ask, chosen, resend } = state;
  const selected = select(ask, person, tx.methods);
  if (selected.kind === 'none') {
    const logs: LogDraft[] = [{ type: 'mfar', description: NOTHING_USABLE, details: { action_name: ask.askedBy } }];
    return { kind: 'prepared', result: 'unusable', reason: NOTHING_USABLE, logs };
  }
  // Said once per ask: when it is first met, not when the person comes back to it.
  const firstMet = chosen === undefined && tx.ask < ask.ordinal;
  const logs: LogDraft[] = firstMet ? selected.unusable.map((name) => warning(name, ask.askedBy)) : [];
  if (selected.kind === 'satisfied') return { kind: 'prepared', result: 'satisfied', logs };
  if (tx.selection === 'nobody') return { kind: 'prepared', result: 'unattended', logs };
  const { offers } = selected;
  const offer = pick(offers, ask.prefer, chosen);
  if (!offer) return { kind: 'prepared', result: 'offered', offers, logs };
  return challengeBy(ports, tx, person, offer, offers, resend === true, logs);
}

/** The offer to show at once; undefined means the picker. */
function pick(offers: Offer[], prefer: 'first' | 'any', chosen: string | undefined): Offer | undefined {
  if (chosen !== undefined) {
    const offer = offers.find(({ factor }) => factor === chosen);
    if (offer) return offer;
  }
  return prefer === 'first' || offers.length === 1 ? offers[0] : undefined;
}

function challengeBy(
  { random, mac, now }: Needed,
  tx: LoginTransaction,
  person: Person,
  offer: Offer,
  offers: Offer[],
  resend: boolean,
  logs: LogDraft[],
): WorkInput {
  const factor = factorOf(offer.factor);
  const authenticator = factor && usable(factor, person)[0];
  if (!factor || !authenticator) throw new Error(`an offer without an authenticator: ${offer.factor}`);
  const result = { kind: 'prepared', result: 'challenged', offers } as const;

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

function warning(name: string, askedBy: string): LogDraft {
  return { type: 'w', description: oneUnusable(name), details: { action_name: askedBy } };
}
