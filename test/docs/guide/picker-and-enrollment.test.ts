// The guide, page 4: people choose, go another way, and set up what they lack.
import { simulateLogin } from 'sallyport/testing';
import { expect, test } from 'vitest';

test('the picker offers what the person has, in the order of the script', async () => {
  const login = await simulateLogin({ user: 'ana', actions: ['second-factor'] });
  expect(login.offers.map(({ factor }) => factor)).toEqual(['phone', 'otp']);
});

test('whoever has one factor is asked for it at once', async () => {
  const login = await simulateLogin({ user: 'ben', actions: ['second-factor'] });
  expect(login.state).toBe('challenging');
  expect(login.factor).toBe('phone');
});

test('the recovery code stands behind "Try another method"', async () => {
  const login = await simulateLogin({ user: 'dora', actions: ['app-or-recovery'] });
  expect(login.factor).toBe('otp');

  await login.reconsider();
  await login.choose('recovery-code');
  await login.answer();
  await login.finish();
  expect(login.state).toBe('completed');
});

test('whoever has none sets one up', async () => {
  const login = await simulateLogin({ user: 'cleo', actions: ['enroll-once'] });
  await login.choose('otp');
  expect(login.state).toBe('enrolling');

  await login.enroll();
  await login.finish();
  expect(login.state).toBe('completed');

  const next = await login.again({ prompt: 'login' });
  expect(next.offers.map(({ factor }) => factor)).toContain('otp');
});
