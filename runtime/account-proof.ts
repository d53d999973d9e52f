// What a person who is signed in has to show before they change how they sign in. A session alone is never enough: it may be
// in somebody else's hands, by an unlocked computer or a stolen cookie.
import type { FactorType } from '#actions/post-login.ts';
import type { SessionRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import { factors, isEnrolled, usable } from './factors/catalogue.ts';
import type { Person } from './factors/factor.ts';
import { fromSession, withMethods } from './sessions/session.ts';
import type { ChallengeAsk, LoginTransaction } from './transaction/transaction.ts';

/** How long a proof counts. */
const PROOF_LIFETIME_MS = 10 * 60_000;

export type ProofNeeded =
  /** It was shown within the last minutes; `by`: what it was. */
  | { kind: 'none'; by: 'factor' | 'sign-in' }
  /** One of the person's factors. */
  | { kind: 'factor'; ask: ChallengeAsk }
  /** The first factor once more, of somebody who has no other. */
  | { kind: 'sign-in' };

export function proofNeeded(person: Person, session: SessionRecord, now: number): ProofNeeded {
  const isFresh = (at: number): boolean => now - at <= PROOF_LIFETIME_MS;
  const own = provable(person);
  if (own.length === 0) return isFresh(session.authenticatedAt) ? { kind: 'none', by: 'sign-in' } : { kind: 'sign-in' };
  // What was taken away since, or is of an account that a script took the login from, shows nothing.
  const isShown = fromSession(session).some(
    ({ name, type, authenticatorId, at }) =>
      name === 'mfa' &&
      isFresh(at) &&
      own.some((each) => each.type === type && authenticatorId !== undefined && each.ids.includes(authenticatorId)),
  );
  if (isShown) return { kind: 'none', by: 'factor' };
  const requests = own.map(({ type }) => ({ type }));
  // A browser that is remembered stands in for nothing here.
  return {
    kind: 'factor',
    ask: { kind: 'challenge', prefer: 'first', factors: requests, ordinal: 1, shownAnew: true },
  };
}

/** What counts as proof: a mailbox that enrolled itself does only where the person has nothing else. */
function provable(person: Person): { type: FactorType; ids: string[] }[] {
  const isSetUp = isEnrolled(person);
  return factors('server')
    .map((factor) => {
      const counted = usable(factor, person).filter(({ record }) => isSetUp === (record !== undefined));
      return { type: factor.type, ids: counted.map(({ id }) => id) };
    })
    .filter(({ ids }) => ids.length > 0);
}

/**
 * The session that an enrollment set out from, with what was shown in it: so the next change within minutes asks for nothing
 * again. One that has ended meanwhile does not come back.
 */
export function provenInSession(
  { origin, methods }: LoginTransaction,
  session: SessionRecord | undefined,
  now: number,
): Change[] {
  const shown = methods.filter((method) => method.in === 'transaction');
  if (origin.kind !== 'session' || !session || shown.length === 0) return [];
  return [{ kind: 'session.put', session: { ...withMethods(session, shown), updatedAt: now }, renews: true }];
}
