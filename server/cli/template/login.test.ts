// Whole logins, played on this machine by the engine that runs them. `npx sallyport test` runs this file.
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

test('everybody else proves one factor, by the right code', async () => {
  const login = await simulateLogin({ user: 'ben' });
  expect(login.factor).toBe('phone');

  await login.wrong();
  expect(login.state).toBe('challenging');

  await login.answer();
  expect(login.state).toBe('completed');
});

test('nobody gets in without a second factor', async () => {
  const login = await simulateLogin({ user: { email: 'cleo@example.com' } });
  expect(login.state).toBe('denied');
});
