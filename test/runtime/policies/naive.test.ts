// Random policies over random logins, judged a second time by the simplest thing that could be right: written from the
// reference (idp-server, §3), sharing nothing with the product.
import { expect, test } from 'vitest';
import type {
  AuthenticationPolicy,
  ConditionGroups,
  PolicyCondition,
  PolicyStanding,
} from '#runtime/authentication-policy.ts';
import { choosePolicies } from '#runtime/policies/choose.ts';
import { judge } from '#runtime/policies/judge.ts';
import type { Json, JsonObject } from '#storage/records.ts';
import { count } from '#test/kit/counts.ts';
import { createDice, type Dice } from '#test/kit/dice.ts';
import { aPolicy, counts } from './policy-sample.ts';

const INTERACTIONS = [
  'password-authentication',
  'initial-registration',
  'sms-authentication',
  'sms-authentication-challenge',
  'email-authentication',
];
const FIELDS = ['success_count', 'failure_count', 'call_count', 'method', 'nothing'];
const OF_USER = ['status', 'sub', 'email_verified', 'roles', 'custom_properties.level', 'email'];
const OPERATIONS = [
  'eq',
  'ne',
  'gt',
  'gte',
  'lt',
  'lte',
  'in',
  'nin',
  'exists',
  'missing',
  'contains',
  'regex',
  'like',
  'GTE',
  'Eq',
];
const VALUES: Json[] = [
  0,
  1,
  2,
  '1',
  '2',
  'x',
  true,
  false,
  null,
  'sms',
  'REGISTERED',
  'admin',
  '[a-z]+',
  ['admin', 1, 'sms'],
  [],
  1.5,
  '1.0',
];

function naive(chosen: AuthenticationPolicy[], document: JsonObject): { standing: PolicyStanding; at: number } {
  if (chosen.length === 0) {
    let shown = false;
    for (const name of INTERACTIONS) {
      const each = document[name] as { success_count: number } | undefined;
      if (each && each.success_count > 0 && name !== 'sms-authentication-challenge') shown = true;
    }
    return { standing: shown ? 'success' : 'in_progress', at: -1 };
  }
  for (const [at, policy] of chosen.entries()) {
    const about = policy.conditions.user_attributes;
    if (about.length > 0 && document.user === undefined) continue;
    if (about.some((condition) => !isTrue(condition, document))) continue;
    if (some(policy.lock_conditions, document)) return { standing: 'locked', at };
    if (some(policy.failure_conditions, document)) return { standing: 'failure', at };
    return { standing: some(policy.success_conditions, document) ? 'success' : 'in_progress', at };
  }
  return { standing: 'in_progress', at: -1 };
}

function some(groups: ConditionGroups | undefined, document: JsonObject): boolean {
  for (const group of groups?.any_of ?? []) {
    let all = true;
    for (const condition of group) if (!isTrue(condition, document)) all = false;
    if (all) return true;
  }
  return false;
}

function isTrue({ path, operation, value = null }: PolicyCondition, document: JsonObject): boolean {
  let found: Json = document;
  for (const name of path.slice(2).split('.')) {
    found = typeof found === 'object' && found !== null && !Array.isArray(found) ? (found[name] ?? null) : null;
  }
  const [a, b] = [Number(found), Number(value)];
  const numeric = [found, value].every(
    (each) => typeof each === 'number' || (typeof each === 'string' && each !== '' && !Number.isNaN(Number(each))),
  );
  const same = JSON.stringify(found) === JSON.stringify(value);
  const member = (list: Json, one: Json) =>
    Array.isArray(list) && list.some((each) => JSON.stringify(each) === JSON.stringify(one));
  switch (operation.toLowerCase()) {
    case 'eq':
      return same;
    case 'ne':
      return !same;
    case 'gt':
      return numeric && a > b;
    case 'gte':
      return numeric && a >= b;
    case 'lt':
      return numeric && a < b;
    case 'lte':
      return numeric && a <= b;
    case 'in':
      return member(value, found);
    case 'nin':
      return Array.isArray(value) && !member(value, found);
    case 'exists':
      return found !== null;
    case 'missing':
      return found === null;
    case 'contains':
      return (
        member(found, value) || (typeof found === 'string' && typeof value === 'string' && found.indexOf(value) !== -1)
      );
    case 'regex':
      return typeof found === 'string' && typeof value === 'string' && new RegExp(`^(?:${value})$`).test(found);
    default:
      return false;
  }
}

/** Written down once more: those that fit, sorted, cut; the first for whoever is left. */
function naiveChoice(policies: AuthenticationPolicy[], clientId: string, scope: string[]): number[] {
  const fitting: number[] = [];
  for (let priority = 3; priority >= 0; priority--) {
    for (const [at, policy] of policies.entries()) {
      const { client_ids, scopes } = policy.conditions;
      if (policy.priority !== priority || (policy.success_conditions?.any_of.length ?? 0) === 0) continue;
      if (client_ids.length > 0 && !client_ids.includes(clientId)) continue;
      if (scopes.length > 0 && scopes.filter((each) => scope.includes(each)).length === 0) continue;
      fitting.push(at);
      if (policy.conditions.user_attributes.length === 0) return fitting;
    }
  }
  return policies.length === 0 ? [] : [...fitting, 0];
}

const upTo = <T>(dice: Dice, most: number, make: () => T): T[] => Array.from({ length: dice.below(most + 1) }, make);

function aCondition(dice: Dice, isOfUser = dice.below(4) === 0): JsonObject {
  const path = isOfUser ? `$.user.${dice.one(OF_USER)}` : `$.${dice.one(INTERACTIONS)}.${dice.one(FIELDS)}`;
  // Mostly what people write; otherwise anything.
  if (!isOfUser && dice.below(2) === 0)
    return { path: path.replace(/\w+$/, 'success_count'), operation: 'gte', value: 1 };
  return { path, operation: dice.one(OPERATIONS), value: dice.one(VALUES) };
}

const someGroups = (dice: Dice): JsonObject => ({ any_of: upTo(dice, 3, () => upTo(dice, 3, () => aCondition(dice))) });

function aRandomPolicy(dice: Dice): AuthenticationPolicy {
  return aPolicy({
    priority: dice.below(4),
    conditions: {
      client_ids: upTo(dice, 1, () => dice.one(['app', 'other'])),
      scopes: upTo(dice, 2, () => dice.one(['openid', 'pay', 'read'])),
      user_attributes: dice.below(2) === 0 ? [] : upTo(dice, 2, () => aCondition(dice, true)),
    },
    ...(dice.below(8) === 0 ? {} : { success_conditions: someGroups(dice) }),
    ...(dice.below(3) === 0 ? { failure_conditions: someGroups(dice) } : {}),
    ...(dice.below(3) === 0 ? { lock_conditions: someGroups(dice) } : {}),
  });
}

function aDocument(dice: Dice): JsonObject {
  const called = Object.fromEntries(
    upTo(dice, 4, () => [dice.one(INTERACTIONS), [dice.below(3), dice.below(3)] as [number, number]]),
  );
  const user = {
    sub: 'x',
    status: dice.one(['REGISTERED', 'INITIALIZED']),
    email_verified: dice.below(2) === 0,
    roles: upTo(dice, 2, () => dice.one(['admin', 'x'])),
    custom_properties: { level: dice.one(VALUES) },
  };
  return { ...counts(called), ...(dice.below(3) === 0 ? {} : { user }) };
}

test('judged as the simplest judge judges', () => {
  const seen = new Map<string, number>();
  for (let seed = 1; seed <= count(1_000, 40_000); seed++) {
    const dice = createDice(seed);
    const policies = upTo(dice, 4, () => aRandomPolicy(dice));
    const scope = upTo(dice, 2, () => dice.one(['openid', 'pay']));
    const chosen = choosePolicies(policies, { clientId: 'app', acrValues: [], scope });
    const places = naiveChoice(policies, 'app', scope);
    expect({ seed, chosen: chosen.map(({ success_conditions }) => success_conditions) }).toEqual({
      seed,
      chosen: places.map((at) => policies[at]?.success_conditions),
    });
    for (let round = 0; round < 4; round++) {
      const document = aDocument(dice);
      const { standing, policy } = judge(chosen, document);
      const expected = naive(chosen, document);
      expect({ seed, document, standing, policy }).toEqual({
        seed,
        document,
        standing: expected.standing,
        policy: chosen[expected.at],
      });
      seen.set(standing, (seen.get(standing) ?? 0) + 1);
    }
  }
  // Each outcome often enough to mean something.
  for (const standing of ['locked', 'failure', 'success', 'in_progress']) {
    expect(seen.get(standing) ?? 0, standing).toBeGreaterThan(100);
  }
});

test('whoever does what is told next gets through', () => {
  for (let seed = 1; seed <= count(500, 10_000); seed++) {
    const dice = createDice(seed);
    const group = () => [
      { path: `$.${dice.one(INTERACTIONS.slice(0, 2))}.success_count`, operation: 'gte', value: 1 },
      ...upTo(dice, 2, () => ({
        path: `$.${dice.one(['sms-authentication', 'email-authentication'])}.success_count`,
        operation: dice.one(['gte', 'exists']),
        value: 1 + dice.below(2),
      })),
    ];
    const policy = aPolicy({ success_conditions: { any_of: [group(), ...upTo(dice, 3, group)] } });
    const done: { [interaction: string]: number } = {};
    const documentNow = () => ({ ...counts(done), ...(Object.keys(done).length > 0 ? { user: { sub: 'x' } } : {}) });
    let judged = judge([policy], documentNow());
    for (let calls = 0; judged.standing !== 'success'; calls++) {
      expect({ seed, calls, next: judged.next.length > 0 }).toEqual({ seed, calls: Math.min(calls, 12), next: true });
      const interaction = dice.one(judged.next);
      // A new account says nothing of one that is there already, and the other way round.
      done[interaction] = (done[interaction] ?? 0) + 1;
      if (interaction.endsWith('-challenge'))
        done[interaction.replace(/-challenge$/, '')] = (done[interaction.replace(/-challenge$/, '')] ?? 0) + 1;
      judged = judge([policy], documentNow());
    }
  }
});
