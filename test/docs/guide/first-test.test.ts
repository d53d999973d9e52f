// The guide, page 1, and the first screen of the README: a login that pauses.
import { simulateLogin } from 'sallyport/testing';
import { expect, test } from 'vitest';

test('an administrator proves a phone and then an email address', async () => {
  const login = await simulateLogin({ user: 'ana' });

  // The first script has run. The login is paused: Ana has to choose.
  expect(login.state).toBe('choosing');
  expect(login.offers.map(({ factor }) => factor)).toEqual(['phone', 'otp']);
  await login.choose('phone');
  await login.answer(); // the code that was sent to her phone

  // The second script saw what she proved, and that she is an administrator.
  expect(login.state).toBe('challenging');
  expect(login.factor).toBe('email');
  await login.answer();

  expect(login.state).toBe('completed');
  expect(login.tokens?.idToken['https://example.com/second_factor']).toBe('phone');
});

test('whoever has no second factor is not let in', async () => {
  const login = await simulateLogin({ user: 'cleo', actions: ['second-factor'], factors: ['otp', 'sms'] });
  expect(login.state).toBe('denied');
  expect(login.logs.map(({ type }) => type)).toContain('mfar');
});
