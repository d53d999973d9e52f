// The guide, page 3: what happens while somebody is asked.
import { simulateLogin } from 'sallyport/testing';
import { expect, test } from 'vitest';

test('a wrong code leaves the login where it is', async () => {
  const login = await simulateLogin({ user: 'ben', actions: ['second-factor'] });
  await login.wrong();
  expect(login.state).toBe('challenging');
  await login.answer();
  expect(login.state).toBe('completed');
});

test('a code is good for five minutes, and another one can be had', async () => {
  const login = await simulateLogin({ user: 'ben', actions: ['second-factor'] });
  const late = login.messages.at(-1)?.code;

  login.clock.advance('6 minutes');
  await login.answer(late);
  expect(login.state).toBe('challenging');

  await login.resend();
  await login.answer();
  expect(login.state).toBe('completed');
});

test('the second script runs after the pause, not before', async () => {
  const login = await simulateLogin({ user: 'ana' });
  const names = () => login.executions.flatMap(({ results }) => results.map(({ actionName }) => actionName));
  expect(names()).toEqual(['second-factor']);

  await login.choose('otp');
  await login.answer();
  expect(names()).toEqual(['second-factor', 'email-for-admins']);
});

test('a tap on the phone', async () => {
  const login = await simulateLogin({ user: 'emil', actions: ['tap-to-approve'] });
  expect(login.factor).toBe('push-notification');
  await login.rejectPush();
  expect(login.state).toBe('challenging');

  await login.reconsider();
  await login.choose('otp');
  await login.answer();
  expect(login.state).toBe('completed');
});
