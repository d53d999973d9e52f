// Which factors can meet an ask, and what is told about those that cannot. Pure: fresh rows in, a decision out.
// Rules and texts: actions-api reference, sections 3.2, 3.3, 3.6 and 3.8.
import type { MfaProvider } from '#actions/post-login-command.ts';
import {
  type ChallengeAsk,
  type EnrollAsk,
  type FactorAsk,
  isProven,
  type LoginTransaction,
  type Offer,
  type PolicyAsk,
  type ProvenMethod,
  type Selection,
} from '../transaction/transaction.ts';
import {
  type Asked,
  canShow,
  enrollable,
  factorNamed,
  factorOf,
  factors,
  isEnrolled,
  properName,
  usable,
} from './catalogue.ts';
import type { Factor, Person } from './factor.ts';

/** `unusable`: names of requested factors that cannot be used while another can. */
export type Selected =
  /** Everything asked for was passed in this transaction, or is enrolled already. */
  | { kind: 'satisfied'; by: 'passed' | 'enrolled'; unusable: string[] }
  | { kind: 'none'; reason: string }
  | { kind: 'challenge'; offers: Offer[]; prefer: 'first' | 'any'; unusable: string[] }
  | { kind: 'enroll'; offers: Offer[]; prefer: 'first' | 'any'; unusable: string[] };

/** Wire texts of the tenant log (§3.8). */
export const NOTHING_USABLE =
  'An MFA challenge is used in a PostLogin action but the requested factors are not properly set up. To perform MFA, enable the requested factors and ensure the user is enrolled with them.';
export const NOTHING_ENROLLABLE =
  'An MFA enrollment is used in a PostLogin action but the requested factors are not properly set up. To perform MFA, enable the requested factors and ensure the user is not already enrolled with them.';
export const CHALLENGE_FIRST =
  'An MFA enrollment was requested but the user is already enrolled in MFA. Challenge with at least one existing factor before enrolling a new one.';
const NO_FACTOR =
  'Multi-factor authentication is required, but the user has no factor that can be used and none can be enrolled. Enable a factor for the tenant.';

export function select(
  ask: FactorAsk,
  person: Person,
  { methods, ...asked }: Pick<LoginTransaction, 'methods' | 'selection' | 'capabilities'>,
): Selected {
  switch (ask.kind) {
    case 'challenge':
      return selectChallenge(ask, person, methods, asked);
    case 'enroll':
      return selectEnrollment(ask, person, methods, asked);
    case 'challenge-or-enroll':
      return selectForPolicy(ask, person, asked);
  }
}

function selectChallenge(ask: ChallengeAsk, person: Person, methods: ProvenMethod[], asked: Asked): Selected {
  const found: Offer[] = [];
  const unusable: string[] = [];
  let passed = 0;
  for (const { factor, name } of requested(ask, asked.selection)) {
    const offer = factor && offerOf(factor, person);
    if (isPassed(methods, name)) passed++;
    else if (offer) found.push(offer);
    else unusable.push(name);
  }
  const offers = showable(found, asked);
  if (offers.length > 0) return { kind: 'challenge', offers, prefer: ask.prefer, unusable };
  return passed > 0 ? { kind: 'satisfied', by: 'passed', unusable } : { kind: 'none', reason: NOTHING_USABLE };
}

/**
 * With nothing left to enroll because the person has it all, the login goes on. Otherwise somebody who only knows a
 * password must not give a second factor to an account that has one: its owner's is asked for first.
 */
function selectEnrollment(ask: EnrollAsk, person: Person, methods: ProvenMethod[], asked: Asked): Selected {
  const offers: Offer[] = [];
  const unusable: string[] = [];
  let enrolled = 0;
  for (const { factor, name } of requested(ask, asked.selection)) {
    if (factor && enrollable(factor, person, asked, ask)) offers.push({ factor: factor.type, authenticators: [] });
    else if (factor && usable(factor, person).length > 0) enrolled++;
    else unusable.push(name);
  }
  if (offers.length === 0) {
    return enrolled > 0
      ? { kind: 'satisfied', by: 'enrolled', unusable }
      : { kind: 'none', reason: NOTHING_ENROLLABLE };
  }
  if (isEnrolled(person) && !isProven(methods) && !ask.vouched) return { kind: 'none', reason: CHALLENGE_FIRST };
  return { kind: 'enroll', offers, prefer: ask.prefer, unusable };
}

/**
 * Whoever has a factor shows one. Whoever has none enrolls one; but where the login looks risky, a mailbox that was
 * verified before says more than a phone that nobody has seen.
 */
function selectForPolicy({ provider, adaptive }: PolicyAsk, person: Person, asked: Asked): Selected {
  const { selection } = asked;
  const taken = factors(selection).filter((factor) => isOf(provider, factor));
  const found = taken.map((factor) => offerOf(factor, person)).filter((offer) => offer !== undefined);
  const offers = showable(found, asked);
  const challenge: Selected = { kind: 'challenge', offers, prefer: 'first', unusable: [] };
  // Somebody who only knows a password never gives another factor to an account that has one.
  if (isEnrolled(person)) return offers.length > 0 ? challenge : { kind: 'none', reason: NO_FACTOR };
  if (adaptive && offers.length > 0) return challenge;
  const open = taken.filter((factor) => enrollable(factor, person, asked));
  if (open.length > 0) {
    // A client reads of a mailbox that enrolled itself, and may ask for a code there: nobody gets further by it than by
    // enrolling, which is open to them.
    const choices = open.map((factor): Offer => {
      const offer = selection === 'client' ? offerOf(factor, person) : undefined;
      return offer ?? { factor: factor.type, authenticators: [] };
    });
    return { kind: 'enroll', offers: choices, prefer: 'any', unusable: [] };
  }
  return offers.length > 0 ? challenge : { kind: 'none', reason: NO_FACTOR };
}

/** Factors of a provider. We have no Duo. */
export function isOf(provider: MfaProvider, factor: Factor): boolean {
  switch (provider) {
    case 'any':
    case 'guardian':
      return true;
    case 'google-authenticator':
      return factor.type === 'otp';
    case 'duo':
    case 'none':
      return false;
  }
}

/** The requested factors in their order, each once. */
export function requested(ask: ChallengeAsk | EnrollAsk, selection: Selection): { factor?: Factor; name: string }[] {
  const named = new Map<string, Factor | undefined>();
  for (const { type } of ask.factors) {
    const factor = factorNamed(type, selection);
    const name = properName(type);
    if (!named.has(name)) named.set(name, factor);
  }
  return [...named].map(([name, factor]) => ({ name, ...(factor ? { factor } : {}) }));
}

/** What this browser cannot show is left out, unless there is nothing else: then its page says so. */
function showable(offers: Offer[], { capabilities }: Asked): Offer[] {
  const shown = offers.filter(({ factor }) => {
    const known = factorOf(factor);
    return known !== undefined && canShow(known, capabilities);
  });
  return shown.length > 0 ? shown : offers;
}

function offerOf(factor: Factor, person: Person): Offer | undefined {
  const authenticators = usable(factor, person).map(({ id }) => id);
  return authenticators.length > 0 ? { factor: factor.type, authenticators } : undefined;
}

export function isPassed(methods: ProvenMethod[], name: string): boolean {
  return methods.some((method) => method.in === 'transaction' && method.name === 'mfa' && method.type === name);
}

/** Wire text of the tenant log when one factor is not usable and another is. */
export function oneUnusable(kind: FactorAsk['kind'], factorName: string): string {
  return kind === 'enroll'
    ? `An MFA enrollment is used in a PostLogin action, but the requested factor ${factorName} is not properly set up. Enable the requested factor and ensure the user is not already enrolled with it.`
    : `An MFA challenge is used in a PostLogin action, but the requested factor ${factorName} is not properly set up. Enable the requested factor and ensure the user is enrolled with it.`;
}
