// The examples of `docs/testing.md`, as they stand there; the layout test holds the page against this file.
import { describe, expect, test } from 'vitest';
import { simulateLogin } from '#server/testing/testing.ts';

describe('the examples', () => {
  test('a paused login', async () => {
    const login = await simulateLogin({
      user: { factors: ['phone', 'otp'] },
      actions: [
        {
          name: 'second-factor',
          code: `exports.onExecutePostLogin = async (event, api) => {
            api.authentication.challengeWithAny([{ type: 'phone' }, { type: 'otp' }]);
          };`,
        },
        {
          name: 'methods',
          code: `exports.onExecutePostLogin = async (event, api) => {
            api.idToken.setCustomClaim('https://example.com/methods', event.authentication.methods.map(({ name }) => name));
          };`,
        },
      ],
    });
    expect(login.state).toBe('choosing');
    await login.choose('phone');
    await login.answer();
    expect(login.tokens?.idToken['https://example.com/methods']).toEqual(['pwd', 'mfa']);
  });

  const code = `exports.onExecutePostLogin = async (event, api) => {
    const answer = await fetch('https://api.example.com/risk', { method: 'POST', body: '{}' });
    const { score } = await answer.json();
    if (score > 0.8) api.access.deny('risky');
  };`;

  test('a stubbed call', async () => {
    const login = await simulateLogin({
      actions: [{ code }],
      fetch: {
        'POST https://api.example.com/risk': { status: 200, body: { score: 0.9 } },
        'https://api.example.com/*': ({ url }) => ({ status: 404, body: `nothing at ${url}` }),
        'https://down.example.com/*': { error: 'ECONNREFUSED' },
      },
    });
    expect(login.denied?.reason).toBe('risky');
    expect(login.calls.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST https://api.example.com/risk']);
  });

  test('the session answers later', async () => {
    const login = await simulateLogin();
    login.clock.advance('2 hours');
    const next = await login.again({ prompt: 'none' });
    expect(next.state).toBe('completed');
    login.clock.advance('30 days');
    expect((await login.again({ prompt: 'none' })).denied?.code).toBe('login_required');
  });
});
