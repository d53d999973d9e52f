// The harness: made-up people play made-up logins through the ready scripts, and what should hold holds; a script that breaks
// it is found, shrunk, and told with its steps.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  arbitraries,
  atMostChallenges,
  denyIsFinal,
  noFactorCountsTwice,
  noTokenWithoutFactors,
  playLogin,
  runAction,
  type SimulatedAction,
  type SimulatedLogin,
  simulateLogin,
} from '#server/testing/testing.ts';
import { count } from '#test/kit/counts.ts';

const SEED = 20260115;
const { answers, event, login: anyLogin, user } = arbitraries(fc);

type Law = (login: SimulatedLogin) => void;

async function search(actions: readonly SimulatedAction[], laws: readonly Law[], numRuns: number) {
  const property = fc.asyncProperty(anyLogin({ actions }), answers(), async (simulation, acts) => {
    const login = await simulateLogin(simulation);
    await playLogin(login, acts);
    for (const law of laws) law(login);
  });
  return fc.check(property, { numRuns, seed: SEED, endOnFailure: false });
}

const always: Law[] = [
  (login) => noTokenWithoutFactors(login),
  denyIsFinal,
  noFactorCountsTwice,
  (login) => atMostChallenges(login, 4),
];

const library = (...names: string[]) => names.map((name) => `./actions/library/${name}.js`);

test.each([
  [library('enrolled-factors')],
  [library('enroll-when-missing')],
  [library('by-role')],
  [library('sequence-first', 'sequence-second')],
  [library('recovery-first', 'recovery-second')],
  [library('other-method')],
  [library('enrolled-as-other-methods')],
  [library('preferred-method')],
  [library('push-first')],
  [library('keys-first')],
  [library('adaptive', 'shorter-session')],
])('whoever logs in, and whatever they do: %j', async (actions) => {
  const { failed, errorInstance, counterexample } = await search(actions, always, count(8, 300));
  expect({ failed, why: errorInstance, counterexample }).toEqual({ failed: false, why: null, counterexample: null });
});

const inline = (code: string) => [
  { name: 'planted', code: `exports.onExecutePostLogin = async (event, api) => {${code}};` },
];
const CHALLENGE = 'api.authentication.challengeWithAny(event.user.enrolledFactors)';

test.each<[name: string, actions: SimulatedAction[], law: Law, says: string]>([
  [
    'administrators are forgotten',
    inline(`if (!event.authorization.roles.includes('admin') && event.user.enrolledFactors.length) ${CHALLENGE};`),
    (login) =>
      noTokenWithoutFactors(login, [
        ['otp', 'phone', 'email', 'push-notification', 'webauthn-roaming', 'webauthn-platform', 'recovery-code'],
      ]),
    'there are tokens without the factors: The test demands otp or phone',
  ],
  [
    'one challenge after the other',
    inline("for (const type of ['otp', 'phone', 'email']) api.authentication.challengeWith({ type });"),
    (login) => atMostChallenges(login, 1),
    'too many challenges: ',
  ],
])('seen failing, shrunk and told: %s', async (_name, actions, law, says) => {
  const { failed, errorInstance, counterexample } = await search(actions, [law], 60);
  expect(failed).toBe(true);
  expect(String(errorInstance)).toContain(says);
  // Nothing is left of names, metadata and addresses, which have nothing to do with it.
  expect(counterexample?.[0].user).not.toHaveProperty('app_metadata');
});

test('a failure tells the steps that led to it', async () => {
  const login = await simulateLogin({ user: { factors: ['phone', 'otp'] }, actions: library('sequence-first') });
  const steps = await playLogin(login, [
    { act: 'answer' },
    { act: 'choose', nth: 1 },
    { act: 'wrong' },
    { act: 'answer' },
  ]);
  expect(steps.map(({ act, to }) => `${act} → ${to}`)).toEqual([
    'choose → challenging',
    'wrong → challenging',
    'answer → completed',
  ]);
  expect(() => atMostChallenges(login, 0)).toThrow(
    'Steps:\n  1. choose (choosing) → challenging\n  2. wrong (challenging otp) → challenging, invalid-code\n  3. answer (challenging otp) → completed',
  );
});

const alone = async (action: SimulatedAction, numRuns: number) =>
  fc.check(
    fc.asyncProperty(event(), async (given) => {
      const { error } = await runAction({ action, event: given });
      if (error) throw new Error(`${error.name} at ${error.at}: ${error.message}`);
    }),
    { numRuns, seed: SEED },
  );

test.each([
  ...library('adaptive', 'by-organization-and-metadata', 'by-role', 'enroll-when-missing', 'enrolled-as-other-methods'),
  ...library('enrolled-factors', 'keys-first', 'other-method', 'preferred-method', 'push-first', 'recovery-first'),
  ...library('recovery-second', 'sequence-first', 'sequence-second', 'shorter-session'),
])('no event makes %s fail', async (action) => {
  const { failed, errorInstance, counterexample } = await alone(action, count(25, 2000));
  expect({ failed, why: errorInstance, counterexample }).toEqual({ failed: false, why: null, counterexample: null });
});

test('an event that a script did not think of is found', async () => {
  const code = 'exports.onExecutePostLogin = async (event, api) => {\n  api.access.deny(event.organization.name);\n};';
  const { failed, errorInstance, counterexample } = await alone({ name: 'trusting', code }, 40);
  expect(failed).toBe(true);
  expect(String(errorInstance)).toContain('TypeError at trusting.js:2:');
  expect(counterexample?.[0]).not.toHaveProperty('organization');
});

test('a run alone tells what it did, and what it called', async () => {
  const action = {
    name: 'caller',
    code: `exports.onExecutePostLogin = async (event, api) => {
      console.log((await fetch('https://api.example.com/risk')).status, event.secrets.KEY);
      api.idToken.setCustomClaim('n', 1);
    };`,
  };
  const [given] = fc.sample(event(), { numRuns: 1, seed: SEED });
  if (!given) throw new Error('no event');
  const fetch = { 'https://api.example.com/*': { status: 204 } };
  const ran = await runAction({ action, event: given, fetch, secrets: { caller: { KEY: 'k' } } });
  expect(ran.commands).toEqual([{ name: 'idToken.setCustomClaim', args: ['n', 1] }]);
  expect(ran.console).toHaveLength(1);
  expect(ran.calls.map(({ url }) => url)).toEqual(['https://api.example.com/risk']);
  await expect(runAction({ action, event: given })).rejects.toThrow('https://api.example.com/risk');
});

test('made-up people and events come from all corners', () => {
  const people = fc.sample(user(), { numRuns: 300, seed: SEED });
  expect(people.some(({ factors }) => factors?.length === 0)).toBe(true);
  expect(people.some(({ factors }) => factors?.length === 7)).toBe(true);
  expect(people.some(({ name }) => name === undefined)).toBe(true);
  expect(people.some(({ name }) => name?.includes('\u202E'))).toBe(true);

  const events = fc.sample(event(), { numRuns: 300, seed: SEED });
  for (const key of ['organization', 'session', 'refresh_token', 'prompt', 'resource_server'] as const)
    expect([...new Set(events.map((each) => key in each))].sort()).toEqual([false, true]);
  expect(events.every(({ transaction }) => Array.isArray(transaction.acr_values))).toBe(true);
  expect(events.every((each) => JSON.stringify(JSON.parse(JSON.stringify(each))) === JSON.stringify(each))).toBe(true);
});
