// The guide, page 6: secrets, shared modules, and services that scripts ask.
import { simulateLogin } from 'sallyport/testing';
import { expect, test } from 'vitest';

const SCORE = 'POST https://risk.example.com/score';

test('a low score asks for nothing', async () => {
  const login = await simulateLogin({
    user: 'ben',
    actions: ['risk-score'],
    fetch: { [SCORE]: { body: { score: 12 } } },
  });
  expect(login.state).toBe('completed');
  expect(login.calls[0]?.headers.authorization).toBe('Bearer only in tests');
});

test.each([
  ['a high score', { body: { score: 90 } }],
  ['an error', { status: 503 }],
])('%s asks for a second factor', async (_name, answer) => {
  const login = await simulateLogin({ user: 'ben', actions: ['risk-score'], fetch: { [SCORE]: answer } });
  expect(login.offers.map(({ factor }) => factor)).toContain('phone');
});

test('a service that cannot be reached ends the login', async () => {
  const login = await simulateLogin({
    user: 'ben',
    actions: ['risk-score'],
    fetch: { [SCORE]: { error: 'ECONNREFUSED' } },
  });
  expect(login.state).toBe('denied');
});
