// Why a factor was shown, or none: read off the same rows as the decision, once it was made. Pure, and nothing follows
// from it: it is what the journal of a login says for whoever asks later.
import { actionDetails, type Preparation } from '../transaction/input.ts';
import type { Ask, BusyState, EnrollAsk, FactorAsk, LoginTransaction, PolicyAsk } from '../transaction/transaction.ts';
import { type Asked, canShow, enrollable, factors, usable } from './catalogue.ts';
import type { Factor, Person } from './factor.ts';
import { isOf, isPassed, requested } from './select.ts';

/** Why an ask was met as it was. */
export const REASONS = [
  'only-usable',
  'first-usable',
  'default-order',
  'several-usable',
  'chosen',
  'sent-again',
  'which-authenticator',
  'how-to-reach',
  'client-chooses',
  'only-enrollable',
  'first-enrollable',
  'several-enrollable',
  'going-on',
  'passed-already',
  'enrolled-already',
  'remembered-browser',
  'met-by-interactions',
  'nobody-there',
  'nothing-usable',
  'sent-away',
] as const;
export type Reason = (typeof REASONS)[number];

/** How one of the factors in question stands. */
export const STANDINGS = [
  'usable',
  'can-be-enrolled',
  'passed-already',
  'enrolled-already',
  'switched-off',
  'not-enrolled',
  'cannot-be-enrolled',
  'not-in-this-browser',
  'not-for-clients',
  'unknown',
] as const;
export type Standing = (typeof STANDINGS)[number];

export type Why = {
  code: Reason;
  ask: Ask['kind'];
  /** Absent: the tenant's policy, or `multifactor.enable`. */
  asked_by?: { action_name: string; action_version?: number };
  /** What was shown. */
  factor?: string;
  factors?: { factor: string; standing: Standing }[];
};

type Preparing = Extract<BusyState, { name: 'preparing' }>;

/** A script may write any number of names, of any length. */
const MOST_FACTORS = 20;
const LONGEST_NAME = 60;

/** Why `prepared` followed from an ask that was met with this person. */
export function whyPrepared(
  tx: LoginTransaction,
  { ask, chosen, resend, enrollment }: Preparing,
  prepared: Preparation,
  person: Person,
): Why {
  const by = 'askedBy' in ask && ask.askedBy ? (actionDetails(ask.askedBy) as NonNullable<Why['asked_by']>) : undefined;
  const about = { ask: ask.kind, ...(by ? { asked_by: by } : {}) };
  if (ask.kind === 'redirect' || ask.kind === 'form') {
    return { code: prepared.result === 'redirected' ? 'sent-away' : 'nobody-there', ...about };
  }
  const standings = standingsOf(ask, person, tx)
    .slice(0, MOST_FACTORS)
    .map(({ factor, standing }) => ({ factor: factor.slice(0, LONGEST_NAME), standing }));
  const said = { ...about, factors: standings };
  switch (prepared.result) {
    case 'satisfied':
      return { code: SATISFIED[prepared.by], ...said };
    case 'unusable':
      return { code: 'nothing-usable', ...said };
    case 'unattended':
      return { code: 'nobody-there', ...said };
    case 'awaited':
      return { code: 'met-by-interactions', ...said };
    case 'redirected':
      return { code: 'sent-away', ...said };
    case 'offered': {
      if (prepared.within) {
        const { by: list, factor } = prepared.within;
        return { code: list === 'channel' ? 'how-to-reach' : 'which-authenticator', factor, ...said };
      }
      if (tx.selection === 'client') return { code: 'client-chooses', ...said };
      return { code: prepared.to === 'enroll' ? 'several-enrollable' : 'several-usable', ...said };
    }
    case 'challenged': {
      const { factor } = prepared.challenge;
      return { code: resend ? 'sent-again' : shownAs(ask, chosen === factor, prepared.offers.length), factor, ...said };
    }
    case 'enrolling': {
      const { factor } = prepared.enrollment;
      if (enrollment) return { code: resend ? 'sent-again' : 'going-on', factor, ...said };
      const one = prepared.offers.length === 1 ? 'only-enrollable' : 'first-enrollable';
      return { code: chosen === factor ? 'chosen' : one, factor, ...said };
    }
  }
}

const SATISFIED = {
  passed: 'passed-already',
  enrolled: 'enrolled-already',
  remembered: 'remembered-browser',
} as const satisfies Record<Extract<Preparation, { result: 'satisfied' }>['by'], Reason>;

function shownAs(ask: FactorAsk, isChosen: boolean, offers: number): Reason {
  if (isChosen) return 'chosen';
  if (offers === 1) return 'only-usable';
  return ask.kind === 'challenge-or-enroll' ? 'default-order' : 'first-usable';
}

type Stands = { factor: string; standing: Standing };

function standingsOf(ask: FactorAsk, person: Person, tx: LoginTransaction): Stands[] {
  switch (ask.kind) {
    case 'challenge':
      return requested(ask, tx.selection).map(({ name, factor }) => ({
        factor: name,
        standing: isPassed(tx.methods, name)
          ? 'passed-already'
          : (missing(name, factor, tx) ?? toShow(factor, person, tx)),
      }));
    case 'enroll':
      return requested(ask, tx.selection).map(({ name, factor }) => ({
        factor: name,
        standing: missing(name, factor, tx) ?? toEnroll(ask, factor, person, tx),
      }));
    case 'challenge-or-enroll':
      return ofPolicy(ask, person, tx);
  }
}

function ofPolicy({ provider }: PolicyAsk, person: Person, tx: LoginTransaction): Stands[] {
  return factors(tx.selection)
    .filter((factor) => isOf(provider, factor))
    .map((factor) => ({
      factor: factor.type,
      standing: enrollable(factor, person, tx) ? 'can-be-enrolled' : toShow(factor, person, tx),
    }));
}

/** A name that is no factor's, or none that can be shown there. */
function missing(name: string, factor: Factor | undefined, { selection }: LoginTransaction): Standing | undefined {
  if (factor) return undefined;
  const isKnown = factors('server').some(({ type }) => type === name);
  return isKnown && selection === 'client' ? 'not-for-clients' : 'unknown';
}

function toShow(factor: Factor | undefined, person: Person, { capabilities }: Asked): Standing {
  if (!factor) return 'unknown';
  if (!person.tenant.factors[factor.switch]) return 'switched-off';
  if (usable(factor, person).length === 0) return 'not-enrolled';
  return canShow(factor, capabilities) ? 'usable' : 'not-in-this-browser';
}

function toEnroll(ask: EnrollAsk, factor: Factor | undefined, person: Person, asked: Asked): Standing {
  if (!factor) return 'unknown';
  if (enrollable(factor, person, asked, ask)) return 'can-be-enrolled';
  if (!person.tenant.factors[factor.switch]) return 'switched-off';
  return usable(factor, person).length > 0 ? 'enrolled-already' : 'cannot-be-enrolled';
}
