// The guide, page 7: the same person once more, and the same person elsewhere.
import { simulateLogin } from 'sallyport/testing';
import { expect, test } from 'vitest';

const PAYMENT = 'urn:shop:payment';

test('a session is stepped up when an application wants it', async () => {
  const morning = await simulateLogin({ user: 'ben', actions: ['step-up'] });
  expect(morning.state).toBe('completed');

  const payment = await morning.again({ request: { query: { acr_values: PAYMENT } } });
  await payment.choose('phone');
  await payment.answer();

  const second = await payment.again({ request: { query: { acr_values: PAYMENT } } });
  expect(second.state).toBe('completed');
});

test('a remembered browser is spared the second time', async () => {
  const login = await simulateLogin({ user: 'ben', actions: ['second-factor'] });
  await login.answer(undefined, { remember: true });

  const next = await login.again({ prompt: 'login' });
  expect(next.state).toBe('completed');

  next.clock.advance('8 days');
  const later = await next.again({ prompt: 'login' });
  expect(later.factor).toBe('phone');
});

test('an organization names its factor', async () => {
  const login = await simulateLogin({ user: 'ana', organization: 'acme', actions: ['factor-of-organization'] });
  expect(login.factor).toBe('otp');
});

test('outside an organization nothing is asked', async () => {
  const login = await simulateLogin({ user: 'ana', actions: ['factor-of-organization'] });
  expect(login.state).toBe('completed');
});
