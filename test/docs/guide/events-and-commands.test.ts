// The guide, page 2: what a script reads and what it commands.
import { simulateLogin } from 'sallyport/testing';
import { expect, test } from 'vitest';

test('roles become a claim', async () => {
  const login = await simulateLogin({ user: 'ana', actions: ['claims'] });
  expect(login.tokens?.idToken['https://example.com/roles']).toEqual(['admin']);
});

test('what is written about a person is there when the login is over', async () => {
  const login = await simulateLogin({
    user: 'ana',
    actions: ['claims'],
    request: { geoip: { countryCode: 'JP' } },
  });
  expect(await login.user()).toMatchObject({ user_metadata: { seen_from: 'JP' } });
});

test('somebody who is shut out hears why', async () => {
  const login = await simulateLogin({
    user: { email: 'eve@example.com', app_metadata: { shut_out: true } },
    actions: ['claims'],
  });
  expect(login.denied?.reason).toBe('Your account is closed. Please write to us.');
  expect(login.tokens).toBeUndefined();
});

test('the commands of a run are kept in their order', async () => {
  const login = await simulateLogin({ user: 'ana', actions: ['claims'] });
  const [run] = login.executions.flatMap(({ results }) => results);
  expect(run?.commands.map(({ name }) => name)).toEqual(['idToken.setCustomClaim', 'user.setUserMetadata']);
});
