// Model: policies of the JSON flow thrown by dice, and a judge of them that shares no line with the one in the product. It
// knows counts by name and two facts about the person, compares them with its own hands, and says whether somebody may go on.
import type { AuthenticationPolicy, PolicyCondition } from '#runtime/authentication-policy.ts';
import type { Dice } from '#test/kit/dice.ts';

/** What was counted of one interaction. */
export type Tally = { calls: number; successes: number; failures: number };
export type Known = { emailVerified: boolean; phoneVerified: boolean };
export type Standing = 'locked' | 'failure' | 'success' | 'in_progress';

const INTERACTIONS = [
  'password-authentication',
  'initial-registration',
  'sms-authentication-challenge',
  'sms-authentication',
  'email-authentication-challenge',
  'email-authentication',
] as const;

const FIRST = ['password-authentication', 'initial-registration'] as const;
const SECOND = ['sms-authentication', 'email-authentication'] as const;
const METHODS = ['password', 'initial-registration', 'sms', 'email'] as const;

export function randomPolicies(dice: Dice): AuthenticationPolicy[] {
  const last = randomPolicy(dice);
  if (dice.next() < 0.8) return [last];
  const attribute = dice.one(['email_verified', 'phone_number_verified']);
  const about = { path: `$.user.${attribute}`, operation: 'eq', value: dice.next() < 0.5 };
  const picky = randomPolicy(dice);
  return [{ ...picky, priority: 10, conditions: { ...picky.conditions, user_attributes: [about] } }, last];
}

function randomPolicy(dice: Dice): AuthenticationPolicy {
  const some = <T>(most: number, make: () => T): T[] => Array.from({ length: 1 + dice.below(most) }, make);
  const limits = () => [
    [{ path: `$.${dice.one(INTERACTIONS)}.failure_count`, operation: 'gte', value: 1 + dice.below(3) }],
  ];
  return {
    priority: 0,
    conditions: { client_ids: [], acr_values: [], scopes: [], user_attributes: [] },
    available_methods: dice.next() < 0.8 ? [] : METHODS.filter(() => dice.next() < 0.8),
    acr_mapping_rules: {},
    level_of_authentication_scopes: {},
    step_definitions: dice.next() < 0.7 ? [] : [randomStep(dice)],
    success_conditions: { any_of: some(3, () => randomGroup(dice)) },
    ...(dice.next() < 0.2 ? { failure_conditions: { any_of: limits() } } : {}),
    ...(dice.next() < 0.2 ? { lock_conditions: { any_of: limits() } } : {}),
  };
}

/** Mostly as people write them: one thing and another; sometimes anything at all. */
function randomGroup(dice: Dice): PolicyCondition[] {
  if (dice.next() < 0.7) {
    const both = [dice.one(FIRST), dice.one(SECOND)];
    return both.map((name) => ({ path: `$.${name}.success_count`, operation: 'gte', value: 1 }));
  }
  return Array.from({ length: dice.below(4) }, () => randomCondition(dice));
}

function randomCondition(dice: Dice): PolicyCondition {
  if (dice.next() < 0.15) {
    const path = `$.user.${dice.one(['email_verified', 'phone_number_verified'])}`;
    return { path, operation: 'eq', value: dice.next() < 0.7 };
  }
  const field = dice.one(['success_count', 'success_count', 'failure_count', 'call_count']);
  const path = `$.${dice.one(INTERACTIONS)}.${field}`;
  const operation = dice.one([
    'gte',
    'gte',
    'gt',
    'lt',
    'lte',
    'eq',
    'ne',
    'in',
    'nin',
    'exists',
    'missing',
    'GTE',
    'odd',
  ]);
  const number = () => dice.below(3);
  return { path, operation, value: operation === 'in' || operation === 'nin' ? [number(), number()] : number() };
}

function randomStep(dice: Dice): AuthenticationPolicy['step_definitions'][number] {
  const chance = () => dice.next() < 0.5;
  return { method: dice.one(['sms', 'email']), order: 1, requires_user: chance(), allow_registration: chance() };
}

/** @param person undefined while nobody is known. */
export function naiveStanding(
  policies: readonly AuthenticationPolicy[],
  tallies: ReadonlyMap<string, Tally>,
  person: Known | undefined,
): Standing {
  const found = (path: string): number | boolean | undefined => {
    const [, name = '', field = ''] = path.split('.');
    if (name === 'user') return field === 'email_verified' ? person?.emailVerified : person?.phoneVerified;
    const tally = tallies.get(name);
    if (field === 'success_count') return tally?.successes;
    return field === 'failure_count' ? tally?.failures : tally?.calls;
  };
  const isTrue = ({ path, operation, value }: PolicyCondition): boolean => {
    const actual = found(path);
    const numbers = typeof actual === 'number' && typeof value === 'number' ? { actual, value } : undefined;
    switch (operation.toUpperCase()) {
      case 'GTE':
        return numbers !== undefined && !(numbers.actual < numbers.value);
      case 'GT':
        return numbers !== undefined && numbers.actual > numbers.value;
      case 'LTE':
        return numbers !== undefined && !(numbers.actual > numbers.value);
      case 'LT':
        return numbers !== undefined && numbers.actual < numbers.value;
      case 'EQ':
        return actual === value;
      case 'NE':
        return actual !== value;
      case 'IN':
        return Array.isArray(value) && actual !== undefined && value.includes(actual);
      case 'NIN':
        return Array.isArray(value) && (actual === undefined || !value.includes(actual));
      case 'EXISTS':
        return actual !== undefined;
      case 'MISSING':
        return actual === undefined;
      default:
        return false;
    }
  };
  const met = (groups: { any_of: PolicyCondition[][] } | undefined) => {
    for (const group of groups?.any_of ?? []) if (!group.some((condition) => !isTrue(condition))) return true;
    return false;
  };
  const policy = policies.find(({ conditions: { user_attributes: wishes } }) =>
    wishes.length === 0 ? true : person !== undefined && wishes.every(isTrue),
  );
  if (!policy) return 'in_progress';
  if (met(policy.lock_conditions)) return 'locked';
  if (met(policy.failure_conditions)) return 'failure';
  return met(policy.success_conditions) ? 'success' : 'in_progress';
}
