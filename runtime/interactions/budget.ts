// Interactions: how much work the rules of one request may come to. What tenants write is run on our own thread, in the
// middle of everybody's logins; when the budget is spent, what is left of the rules gives null, and nothing hangs.

/** Units: about a character that is copied. A microsecond buys ten of them on a slow machine. */
export type Budget = { left: number };

const WHOLE = 3_000_000;

export function createBudget(units: number = WHOLE): Budget {
  return { left: units };
}

/** Takes units. False: there were not as many, and nothing is left. */
export function spend(budget: Budget | undefined, units: number): boolean {
  if (!budget) return true;
  budget.left = Math.max(0, budget.left - units);
  return budget.left > 0;
}
