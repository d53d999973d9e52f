// What a script asks for in the JSON flow is met by interactions, where the tenant has configured one that sends a code to
// the person's own number or address.
import type { Factor, Person } from './factors/factor.ts';
import type { Ports } from './ports.ts';
import type { WorkInput } from './transaction/input.ts';
import type { Ask, LoginTransaction } from './transaction/transaction.ts';

/** @returns undefined where no interaction meets it: `prepared` stands. */
export async function awaitInteractions(
  _ports: Pick<Ports, 'store'>,
  _tx: LoginTransaction,
  _ask: Ask,
  _prepared: WorkInput,
  _person: Person,
): Promise<WorkInput | undefined> {
  return undefined;
}
export type { Factor };
