// The same simulation is the same login: ids, codes, tokens and what scripts draw follow from what the test gives.
import { expect, test } from 'vitest';
import { type Simulation, simulateLogin } from '#server/testing/testing.ts';

const SIMULATION: Simulation = {
  user: { factors: ['phone', 'otp', 'webauthn-roaming'] },
  organization: { name: 'acme' },
  request: { query: { scope: 'openid offline_access' } },
  fetch: { '*': { body: { ok: true } } },
  actions: [
    {
      code: `exports.onExecutePostLogin = async (event, api) => {
        await fetch('https://api.example.com/');
        api.idToken.setCustomClaim('https://x/c', [Math.random(), Date.now(), crypto.randomUUID()]);
        api.authentication.challengeWith({ type: 'phone' });
        console.log(Math.random());
      };`,
    },
  ],
};

async function told(more: Partial<Simulation> = {}) {
  const login = await simulateLogin({ ...SIMULATION, ...more });
  const [code] = login.messages.map((message) => message.code);
  await login.answer();
  const lines = login.executions.flatMap(({ results }) => results.flatMap(({ console }) => console));
  return {
    code,
    lines,
    tokens: login.tokens,
    person: await login.user(),
    ids: login.executions.map(({ id, transactionId }) => [id, transactionId]),
  };
}

test('twice the same', async () => {
  const [one, other] = [await told(), await told()];
  const drawn = (claims: unknown) => (claims as unknown[] | undefined)?.slice(0, 2);
  expect(drawn(one.tokens?.idToken['https://x/c'])).toEqual(drawn(other.tokens?.idToken['https://x/c']));
  expect(other.code).toBe(one.code);
  expect(other.lines).toEqual(one.lines);
  expect(other.ids).toEqual(one.ids);
  expect(other.person).toEqual(one.person);
  expect(other.tokens?.accessToken).toEqual(one.tokens?.accessToken);
  expect(other.tokens?.refreshToken).toEqual(one.tokens?.refreshToken);
  expect({ ...other.tokens?.idToken, 'https://x/c': 0 }).toEqual({ ...one.tokens?.idToken, 'https://x/c': 0 });
});

test('another seed, another code; the same person', async () => {
  const [one, other] = [await told(), await told({ seed: 'another' })];
  expect(other.code).not.toBe(one.code);
  expect(other.tokens?.accessToken.jti).not.toBe(one.tokens?.accessToken.jti);
  expect(other.tokens?.idToken.sub).toBe(one.tokens?.idToken.sub);
});

test('side by side they know nothing of each other', async () => {
  const logins = await Promise.all(
    ['a', 'b', 'c', 'd', 'e', 'f'].map(async (seed) => {
      const login = await simulateLogin({ ...SIMULATION, seed });
      expect(login.messages).toHaveLength(1);
      return login;
    }),
  );
  await logins[0]?.answer();
  expect(logins.map(({ state }) => state)).toEqual(['completed', ...Array(5).fill('challenging')]);
  logins[1]?.clock.advance('1 hour');
  expect(logins[2]?.clock.now()).toBe(Date.UTC(2026, 0, 15, 12));
});
