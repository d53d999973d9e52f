// The guide, page 5: people leave for another page and come back.
import { simulateLogin } from 'sallyport/testing';
import { expect, test } from 'vitest';

test('terms are accepted on a page of the shop', async () => {
  const login = await simulateLogin({ user: 'ben', actions: ['ask-terms'] });
  expect(login.state).toBe('redirected');
  expect(login.redirected?.origin).toBe('https://shop.example.com');
  expect(login.redirected?.searchParams.has('session_token')).toBe(true);

  await login.continue({ query: { accepted: 'yes' } });
  expect(login.state).toBe('completed');
  expect(await login.user()).toMatchObject({ app_metadata: { terms_accepted_at: '2026-01-15T12:00:00.000Z' } });
});

test('whoever comes back without them is not let in', async () => {
  const login = await simulateLogin({ user: 'ben', actions: ['ask-terms'] });
  await login.continue({ query: {} });
  expect(login.denied?.reason).toBe('You need to accept the terms.');
});

test('nobody can be sent anywhere without a page', async () => {
  const before = await simulateLogin({ user: 'ben', actions: [] });
  const login = await before.again({ prompt: 'none', actions: ['ask-terms'] });
  expect(login.denied?.code).toBe('interaction_required');
});
