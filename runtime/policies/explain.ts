// Policies: why a login is not let through yet, condition by condition, and which interactions would lead on. It decides
// nothing: what it leaves out may be called all the same.
import type { Json } from '#storage/records.ts';
import type { AuthenticationPolicy, PolicyCondition } from '../authentication-policy.ts';
import { challengeOf, isIdentifying, methodOf } from '../interaction-names.ts';
import { type Budget, createBudget } from '../interactions/budget.ts';
import { compare } from '../interactions/conditions.ts';
import { readPath } from '../interactions/json-path.ts';
import type { CounterDocument, Explanation, UnmetCondition } from './policy.ts';

/** `$.sms-authentication.success_count` and `$['sms-authentication'].success_count`. */
const COUNTED = /^\$(?:\.([\w-]+)|\[(["'])([\w-]+)\2\])(?:\.(\w+))?$/;
/** What calling an interaction once more cannot make true. */
const BACKWARDS: readonly string[] = ['lt', 'lte', 'missing', 'ne', 'nin'];
/** What of a person an interaction proves. */
const PROVEN_BY: { readonly [field: string]: string } = {
  phone_number_verified: 'sms-authentication',
  email_verified: 'email-authentication',
};

export function explain(policy: AuthenticationPolicy, document: CounterDocument): Explanation {
  const budget = createBudget();
  const groups = (policy.success_conditions?.any_of ?? []).map((conditions, group) =>
    conditions.flatMap((condition) => unmetOf(condition, { group, document, budget })),
  );
  return { unmet: groups.flat(), next: nextOf(groups, policy, document) };
}

/** Where nobody has shown anything and no policy says what they should. */
export const firstSteps = (): string[] => ['password-authentication', 'initial-registration'];

function unmetOf(
  condition: PolicyCondition,
  { group, document, budget }: { group: number; document: CounterDocument; budget: Budget },
): UnmetCondition[] {
  const actual = readPath(document, condition.path, budget);
  return compare(condition.operation, actual, condition.value, budget) ? [] : [{ group, ...condition, actual }];
}

/** Of the groups to which something leads, those that lack the least; what they lack, each once, in their order. */
function nextOf(groups: UnmetCondition[][], policy: AuthenticationPolicy, document: CounterDocument): string[] {
  const ways = groups
    .map((unmet) => ({ lacking: unmet.length, steps: stepsOf(unmet, policy, document) }))
    .filter(({ steps }) => steps.length > 0);
  const least = Math.min(...ways.map(({ lacking }) => lacking));
  const steps = ways.filter(({ lacking }) => lacking === least).flatMap((way) => way.steps);
  return [...new Set(steps)];
}

/** Empty where a condition of the group can be met by nothing. */
function stepsOf(unmet: UnmetCondition[], policy: AuthenticationPolicy, document: CounterDocument): string[] {
  const isKnown = 'user' in document;
  const wanted: string[] = [];
  for (const condition of unmet) {
    const interaction = interactionFor(condition);
    if (interaction === undefined || !isOpen(interaction, policy, isKnown)) return [];
    wanted.push(interaction);
  }
  // Nobody's number is known before somebody is: who says who they are comes first.
  const identifying = wanted.filter(isIdentifying);
  const first = isKnown || identifying.length === 0 ? wanted : identifying;
  return first.flatMap((interaction) => inOrder(interaction, document));
}

function interactionFor({ path, operation }: UnmetCondition): string | undefined {
  if (BACKWARDS.includes(operation.toLowerCase())) return undefined;
  const [, dotted, , bracketed, field] = COUNTED.exec(path) ?? [];
  const name = dotted ?? bracketed;
  if (name === 'user') return field === undefined ? 'password-authentication' : PROVEN_BY[field];
  return field === 'failure_count' ? undefined : name;
}

function isOpen(interaction: string, policy: AuthenticationPolicy, isKnown: boolean): boolean {
  if (isKnown && interaction === 'initial-registration') return false;
  const { available_methods: methods, enforce_available_methods: isEnforced = true } = policy;
  return (
    !isEnforced || methods.length === 0 || [interaction, methodOf(interaction)].some((name) => methods.includes(name))
  );
}

/** A challenge before its answer; once something was sent, the answer first. */
function inOrder(interaction: string, document: CounterDocument): string[] {
  const challenge = challengeOf(interaction);
  if (challenge === undefined) return [interaction];
  const sent = readPath(document, `$.${challenge}.success_count`);
  return isPositive(sent) ? [interaction, challenge] : [challenge];
}

const isPositive = (value: Json): boolean => typeof value === 'number' && value > 0;
