// Policies: how a login stands. Of several policies the first counts whose wishes about the person are met; then, in this
// order: locked, failed, let through, still on the way. Source: idp-server reference, §3.4.
import type { Json } from '#storage/records.ts';
import type {
  AuthenticationPolicy,
  ConditionGroups,
  PolicyCondition,
  PolicyStanding,
} from '../authentication-policy.ts';
import { type Budget, createBudget } from '../interactions/budget.ts';
import { compare } from '../interactions/conditions.ts';
import { readPath } from '../interactions/json-path.ts';
import { asksNobody } from './choose.ts';
import { explain, firstSteps } from './explain.ts';
import type { CounterDocument, Judged } from './policy.ts';

/**
 * Conditions that come to more work than one judgement may take let nobody through: which of them hold is not known then.
 * @param policies as a login carries them: the last one asks nothing about the person.
 */
export function judge(policies: readonly AuthenticationPolicy[], document: CounterDocument): Judged {
  if (policies.length === 0) return judgeWithout(document);
  const budget = createBudget();
  const policy = countingOf(policies, document, budget);
  // A list that ends in a policy about somebody else: nothing says that this person has shown enough.
  if (!policy) return { standing: 'in_progress', unmet: [], next: [] };
  const judged = standingOf(policy, document, budget);
  const standing = budget.left === 0 ? 'in_progress' : judged;
  const isOver = standing === 'success';
  const { unmet, next } = isOver ? { unmet: [], next: [] } : explain(policy, document);
  return { standing, policy, unmet, next: standing === 'in_progress' ? next : [] };
}

/** Whether one comparison holds. What a path does not find is null. */
function holds({ path, operation, value }: PolicyCondition, document: CounterDocument, budget: Budget): boolean {
  return compare(operation, readPath(document, path, budget), value, budget);
}

function standingOf(policy: AuthenticationPolicy, document: CounterDocument, budget: Budget): PolicyStanding {
  if (isMet(policy.lock_conditions, document, budget)) return 'locked';
  if (isMet(policy.failure_conditions, document, budget)) return 'failure';
  return isMet(policy.success_conditions, document, budget) ? 'success' : 'in_progress';
}

/** One group of which everything holds, an empty one too; no group at all says nothing. */
function isMet(conditions: ConditionGroups | undefined, document: CounterDocument, budget: Budget): boolean {
  return conditions?.any_of.some((group) => group.every((condition) => holds(condition, document, budget))) ?? false;
}

/** While nobody is known, what is said about a person does not count, not even that something is missing. */
function countingOf(
  policies: readonly AuthenticationPolicy[],
  document: CounterDocument,
  budget: Budget,
): AuthenticationPolicy | undefined {
  const isKnown = 'user' in document;
  return policies.find(
    (policy) =>
      asksNobody(policy) ||
      (isKnown && policy.conditions.user_attributes.every((condition) => holds(condition, document, budget))),
  );
}

/** A tenant without policies: any one interaction that shows who somebody is. */
function judgeWithout(document: CounterDocument): Judged {
  const shown = Object.values(document).some((count) => isSuccess(count));
  return shown
    ? { standing: 'success', unmet: [], next: [] }
    : { standing: 'in_progress', unmet: [], next: firstSteps() };
}

function isSuccess(count: Json): boolean {
  if (typeof count !== 'object' || count === null || Array.isArray(count)) return false;
  const { operation_type: operation, success_count: successes } = count;
  return operation !== undefined && operation !== 'CHALLENGE' && typeof successes === 'number' && successes > 0;
}
