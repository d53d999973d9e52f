// Server, JSON flow: what a script has asked for after the gate, in the words of this door.
import { INTERACTIONS } from '#runtime/transaction/gated.ts';
import type { Offer } from '#runtime/transaction/transaction.ts';

/** Factors by our names, and the interactions by which they are asked for and shown. */
export type Awaited = { factors: string[]; interactions: string[] };

export function awaitedOf(offers: readonly Offer[]): Awaited {
  return {
    factors: offers.map(({ factor }) => factor),
    interactions: offers.flatMap(({ factor }) => {
      if (factor !== 'phone' && factor !== 'email') return [];
      const { challenge, verify } = INTERACTIONS[factor];
      return [challenge, verify];
    }),
  };
}
