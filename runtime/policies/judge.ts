// Policies: how a login stands. Of several policies the first counts whose wishes about the person are met; then, in this
// order: locked, failed, let through, still on the way. Source: idp-server reference, §3.4.
import type { Json } from '#storage/records.ts';
import type {
  AuthenticationPolicy,
  ConditionGroups,
  PolicyCondition,
  PolicyStanding,
} from '../authentication-policy.ts';
import { compare } from '../interactions/conditions.ts';
import { readPath } from '../interactions/json-path.ts';
import { asksNobody } from './choose.ts';
import { explain, firstSteps } from './explain.ts';
import type { CounterDocument, Judged } from './policy.ts';

/** @param policies as a login carries them: the last one asks nothing about the person. */
export function judge(policies: readonly AuthenticationPolicy[], document: CounterDocument): Judged {
  if (policies.length === 0) return judgeWithout(document);
  const policy = countingOf(policies, document);
  // A list that ends in a policy about somebody else: nothing says that this person has shown enough.
  if (!policy) return { standing: 'in_progress', unmet: [], next: [] };
  const standing = standingOf(policy, document);
  const isOver = standing === 'success';
  const { unmet, next } = isOver ? { unmet: [], next: [] } : explain(policy, document);
  return { standing, policy, unmet, next: standing === 'in_progress' ? next : [] };
}

/** Whether one comparison holds. What a path does not find is null. */
function holds({ path, operation, value }: PolicyCondition, document: CounterDocument): boolean {
  return compare(operation, readPath(document, path), value);
}

function standingOf(policy: AuthenticationPolicy, document: CounterDocument): PolicyStanding {
  if (isMet(policy.lock_conditions, document)) return 'locked';
  if (isMet(policy.failure_conditions, document)) return 'failure';
  return isMet(policy.success_conditions, document) ? 'success' : 'in_progress';
}

/** One group of which everything holds, an empty one too; no group at all says nothing. */
function isMet(conditions: ConditionGroups | undefined, document: CounterDocument): boolean {
  return conditions?.any_of.some((group) => group.every((condition) => holds(condition, document))) ?? false;
}

/** While nobody is known, what is said about a person does not count, not even that something is missing. */
function countingOf(
  policies: readonly AuthenticationPolicy[],
  document: CounterDocument,
): AuthenticationPolicy | undefined {
  const isKnown = 'user' in document;
  return policies.find(
    (policy) =>
      asksNobody(policy) ||
      (isKnown && policy.conditions.user_attributes.every((condition) => holds(condition, document))),
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
