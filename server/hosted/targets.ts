// Server, hosted pages: which of a person's authenticators could answer, as a page names them: an address, masked, or the
// name that a device was given.
import type { FactorType } from '#actions/post-login.ts';
import { factorOf, usable } from '#runtime/factors/catalogue.ts';
import type { Screen, View } from './screen.ts';

/** `index`: its place in the offer, which stays while the page is open, whatever is removed meanwhile. */
export type Target = { index: number; authenticatorId: string; text: string | undefined };

/** What is still there of an offer; empty for something to enroll. */
export function targetsOf({ login, surroundings }: View, type: FactorType): Target[] {
  const { state } = login;
  const factor = factorOf(type);
  const { person } = surroundings;
  if (state.name === 'gated') {
    const text = type === 'phone' || type === 'email' ? surroundings.reach?.[type] : undefined;
    return text === undefined ? [] : [{ index: 0, authenticatorId: '', text }];
  }
  if (!factor || !person || !('offers' in state)) return [];
  const own = usable(factor, person);
  const offered = state.offers.find((offer) => offer.factor === type)?.authenticators ?? [];
  return offered.flatMap((authenticatorId, index) => {
    const authenticator = own.find(({ id }) => id === authenticatorId);
    return authenticator ? [{ index, authenticatorId, text: factor.describe(authenticator) }] : [];
  });
}

/** Whether there is another one of the same factor to go to. */
export function hasSeveral(view: View, type: FactorType): boolean {
  return targetsOf(view, type).length > 1;
}

/** Whether the tenant reaches phones both by text messages and by calls. */
export function reachesBothWays({ surroundings }: View): boolean {
  return (surroundings.person?.tenant.messageTypes.length ?? 0) > 1;
}

/** Where somebody who wants another one of the same factor is led. */
export const ANOTHER_ONE: ReturnType<Screen['read']> = { ok: true, input: { kind: 'reconsidered', within: true } };
