// Which of the requested factors can meet an ask, and what is told about those that cannot. Pure: fresh rows in, a
// decision out. Rules and texts: actions-api reference, sections 3.2, 3.3 and 3.8.
import type { Ask, Offer, ProvenMethod } from '../transaction/transaction.ts';
import { factorNamed, usable } from './catalogue.ts';
import type { Person } from './factor.ts';

export type Selected =
  /** Everything asked for was passed in this transaction. */
  { kind: 'satisfied'; unusable: string[] } | { kind: 'none' } | { kind: 'some'; offers: Offer[]; unusable: string[] };

/** Wire text of the tenant log when nothing requested is usable. */
export const NOTHING_USABLE =
  'An MFA challenge is used in a PostLogin action but the requested factors are not properly set up. To perform MFA, enable the requested factors and ensure the user is enrolled with them.';

/** Wire text of the tenant log when one factor is not usable and another is. */
export function oneUnusable(factorName: string): string {
  return `An MFA challenge is used in a PostLogin action, but the requested factor ${factorName} is not properly set up. Enable the requested factor and ensure the user is enrolled with it.`;
}

export function select(ask: Ask, person: Person, methods: ProvenMethod[]): Selected {
  const offers: Offer[] = [];
  const unusable: string[] = [];
  const seen = new Set<string>();
  let passed = 0;
  for (const request of ask.factors) {
    const factor = factorNamed(request.type);
    const name = factor?.type ?? request.type;
    if (seen.has(name)) continue;
    seen.add(name);
    const authenticators = factor ? usable(factor, person) : [];
    if (methods.some((method) => method.in === 'transaction' && method.name === 'mfa' && method.type === name))
      passed++;
    else if (factor && authenticators.length > 0) {
      offers.push({ factor: factor.type, authenticators: authenticators.map(({ id }) => id) });
    } else unusable.push(name);
  }
  if (offers.length > 0) return { kind: 'some', offers, unusable };
  return passed > 0 ? { kind: 'satisfied', unusable } : { kind: 'none' };
}
