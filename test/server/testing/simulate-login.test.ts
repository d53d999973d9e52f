// The harness drives logins: every method, every factor, both handlers, what a script sees of its surroundings, and how a
// login looks from outside once it is over.
// Longer than 300 lines because it is rows: each method, each factor, each thing that a script can see.
import { describe, expect, test } from 'vitest';
import { type SimulatedLogin, type Simulation, simulateLogin } from '#server/testing/testing.ts';

const script = (body: string) => ({ code: `exports.onExecutePostLogin = async (event, api) => { ${body} };` });
const challenge = (...types: string[]) =>
  script(`api.authentication.challengeWithAny([${types.map((type) => `{ type: '${type}' }`).join(', ')}]);`);
const enrollment = (...types: string[]) =>
  script(`api.authentication.enrollWithAny([${types.map((type) => `{ type: '${type}' }`).join(', ')}]);`);
/** Puts what an expression gives into the id_token. */
const claim = (expression: string) => script(`api.idToken.setCustomClaim('https://x/c', ${expression});`);
const claimed = (login: SimulatedLogin) => login.tokens?.idToken['https://x/c'];
const METHODS = claim('event.authentication.methods.map(({ name, type }) => type ?? name)');

test('without anything somebody signs in and gets tokens', async () => {
  const login = await simulateLogin();
  expect(login.state).toBe('completed');
  expect(login.tokens?.idToken).toMatchObject({
    email: 'somebody@example.com',
    iss: 'https://simulation.example.com/',
  });
  expect(login.tokens?.scope).toEqual(['openid', 'profile', 'email']);
  expect(login.denied).toBeUndefined();
});

test('the flow of the README: two scripts, a picker, a code by phone', async () => {
  const login = await simulateLogin({
    user: { factors: ['phone', 'otp'] },
    actions: [challenge('phone', 'otp'), METHODS],
  });
  expect(login.state).toBe('choosing');
  expect(login.offers).toEqual([{ factor: 'phone' }, { factor: 'otp' }]);
  await login.choose('phone');
  expect(login.offers).toEqual([{ factor: 'phone', to: 'XXXXXXXX0123' }]);
  expect(login.messages).toMatchObject([
    { channel: 'sms', to: '+14155550123', code: expect.stringMatching(/^\d{6}$/) },
  ]);
  await login.wrong();
  expect([login.state, login.notice]).toEqual(['challenging', 'invalid-code']);
  await login.answer();
  expect(claimed(login)).toEqual(['pwd', 'phone']);
  expect(login.executions.map(({ status, results }) => [status, results.map(({ actionName }) => actionName)])).toEqual([
    ['suspended', ['action-1']],
    ['final', ['action-2']],
  ]);
  expect(login.logs.map(({ type }) => type)).toEqual([
    'gd_send_sms',
    'gd_auth_failed',
    'gd_auth_succeed',
    's',
    'seacft',
  ]);
});

describe('each factor', () => {
  test.each(['otp', 'phone', 'email', 'push-notification', 'webauthn-roaming', 'webauthn-platform'] as const)(
    '%s is answered rightly, and a wrong answer is one',
    async (factor) => {
      const simulation: Simulation = { user: { factors: [factor] }, actions: [challenge(factor), METHODS] };
      const login = await simulateLogin(simulation);
      expect([login.state, login.factor]).toEqual(['challenging', factor]);
      await login.answer();
      expect(claimed(login)).toEqual(['pwd', factor]);
      const other = await simulateLogin(simulation);
      await other.wrong();
      expect(other.state).toBe('challenging');
      expect(other.notice).toBeDefined();
      expect(other.tokens).toBeUndefined();
    },
  );

  test('recovery-code stands in for another, and the next login takes the new one', async () => {
    const login = await simulateLogin({
      user: { factors: ['otp', 'recovery-code'] },
      actions: [
        script(
          `api.authentication.challengeWith({ type: 'otp' }, { additionalFactors: [{ type: 'recovery-code' }] });`,
        ),
        METHODS,
      ],
    });
    await login.reconsider();
    await login.choose('recovery-code');
    await login.wrong();
    expect(login.notice).toBe('invalid-code');
    await login.answer();
    if (login.state === 'informing') await login.acknowledge();
    expect(claimed(login)).toEqual(['pwd', 'recovery-code']);
    const next = await login.again({ prompt: 'login' });
    await next.reconsider();
    await next.choose('recovery-code');
    await next.answer();
    if (next.state === 'informing') await next.acknowledge();
    expect(next.state).toBe('completed');
  });

  test('a push is approved or refused', async () => {
    const simulation: Simulation = {
      user: { factors: ['push-notification'] },
      actions: [challenge('push-notification')],
    };
    expect((await (await simulateLogin(simulation)).approvePush()).state).toBe('completed');
    const refused = await (await simulateLogin(simulation)).rejectPush();
    expect([refused.state, refused.notice]).toEqual(['challenging', 'transaction-rejected']);
  });

  test.each(['otp', 'phone', 'push-notification', 'webauthn-roaming', 'webauthn-platform'] as const)(
    '%s is enrolled, and answers the next login',
    async (factor) => {
      const login = await simulateLogin({
        factors: [factor],
        actions: [enrollment(factor)],
      });
      expect([login.state, login.factor]).toEqual(['enrolling', factor]);
      await login.enroll();
      while (login.state === 'informing') await login.acknowledge();
      expect(login.state).toBe('completed');
      login.clock.advance('1 minute');
      const next = await login.again({ prompt: 'login', actions: [challenge(factor), METHODS] });
      expect([next.state, next.factor]).toEqual(['challenging', factor]);
      await next.answer();
      expect(claimed(next)).toEqual(['pwd', factor]);
    },
  );

  test('a number that is given is used, and one that is none is refused', async () => {
    const login = await simulateLogin({ factors: ['phone'], actions: [enrollment('phone')] });
    await login.enroll('not a number');
    expect([login.state, login.notice]).toEqual(['enrolling', 'invalid-phone']);
    await login.enroll('+447700900777');
    expect(login.messages.map(({ to }) => to)).toEqual(['+447700900777']);
    expect(login.state).toBe('completed');
  });

  test('resend sends another code, and the first is worth nothing', async () => {
    const login = await simulateLogin({ user: { factors: ['phone'] }, actions: [challenge('phone')] });
    const [first] = login.messages;
    await login.resend();
    expect(login.messages).toHaveLength(2);
    await login.answer(first?.code);
    expect(login.notice).toBe('invalid-code');
    expect((await login.answer()).state).toBe('completed');
  });
});

describe('time', () => {
  test('a code runs out', async () => {
    const login = await simulateLogin({ user: { factors: ['phone'] }, actions: [challenge('phone')] });
    login.clock.advance('6 minutes');
    await login.answer();
    expect([login.state, login.notice]).toEqual(['challenging', 'invalid-code']);
  });

  test('the login runs out', async () => {
    const login = await simulateLogin({ user: { factors: ['phone'] }, actions: [challenge('phone')] });
    login.clock.advance('2 hours');
    await expect(login.answer()).rejects.toThrow('the login has run out');
  });

  test('scripts see the clock of the simulation', async () => {
    const login = await simulateLogin({ now: '2030-02-03T04:05:06Z', actions: [claim('new Date().toISOString()')] });
    expect(String(claimed(login))).toMatch(/^2030-02-03T04:05:06/);
  });

  test('a code of an app is good once; the next is another', async () => {
    const login = await simulateLogin({ user: { factors: ['otp'] }, actions: [challenge('otp')] });
    await login.finish();
    const second = await login.again({ prompt: 'login' });
    await second.finish();
    const third = await login.again({ prompt: 'login' });
    await expect(third.answer()).rejects.toThrow("clock.advance('30 seconds')");
    login.clock.advance('1 minute');
    expect((await third.answer()).state).toBe('completed');
  });
});

describe('leaving and coming back', () => {
  const away = {
    code: `
exports.onExecutePostLogin = async (event, api) => { api.redirect.sendUserTo('https://terms.example.com/?v=2'); };
exports.onContinuePostLogin = async (event, api) => {
  if (event.request.method === 'GET' && event.request.query.agreed !== 'yes') return api.access.deny('terms');
  api.idToken.setCustomClaim('https://x/c', [event.request.query.agreed, event.request.body.agreed]);
};`,
  };

  test('by GET', async () => {
    const login = await simulateLogin({ actions: [away] });
    expect(login.state).toBe('redirected');
    expect(login.redirected?.href).toMatch(/^https:\/\/terms\.example\.com\/\?v=2&state=[\w-]{43}$/);
    await login.continue({ query: { agreed: 'yes' } });
    expect(claimed(login)).toEqual(['yes', null]);
  });

  test('by POST', async () => {
    const login = await simulateLogin({ actions: [away] });
    await login.continue({ body: { agreed: 'of course' } });
    expect(claimed(login)).toEqual([null, 'of course']);
  });

  test('denied on the way back', async () => {
    const login = await simulateLogin({ actions: [away] });
    await login.continue();
    expect(login.denied).toEqual({ code: 'access_denied', reason: 'terms' });
    expect(login.tokens).toBeUndefined();
  });

  test('a form', async () => {
    const login = await simulateLogin({
      actions: [
        {
          code: `
exports.onExecutePostLogin = async (event, api) => { api.prompt.render('ap_form', { fields: { a: '1' } }); };
exports.onContinuePostLogin = async (event, api) => { api.idToken.setCustomClaim('https://x/c', event.prompt); };`,
        },
      ],
    });
    expect(login.form).toMatchObject({ id: 'ap_form', fields: { a: '1' } });
    expect(login.redirected).toBeUndefined();
    await login.submit({ name: 'Ana' });
    expect(claimed(login)).toMatchObject({ id: 'ap_form', fields: { name: 'Ana' } });
  });
});

describe('the end', () => {
  test('a script denies', async () => {
    const login = await simulateLogin({ actions: [script(`api.access.deny('not today');`)] });
    expect([login.state, login.denied]).toEqual(['denied', { code: 'access_denied', reason: 'not today' }]);
  });

  test('a script throws', async () => {
    const login = await simulateLogin({ actions: [{ name: 'broken', ...script(`throw new TypeError('oh');`) }] });
    expect(login.state).toBe('denied');
    expect(login.executions[0]?.results[0]?.error).toMatchObject({
      name: 'TypeError',
      message: expect.stringContaining('oh'),
    });
    expect(login.executions[0]?.results[0]?.error?.stack.join()).toContain('broken.js:1');
  });

  test('a factor that nobody has', async () => {
    const login = await simulateLogin({ actions: [challenge('otp')] });
    expect(login.denied?.code).toBe('access_denied');
  });

  test('finish goes all the way, and stops where a script sends the person away', async () => {
    const login = await simulateLogin({
      signIn: false,
      user: { factors: ['otp', 'email'] },
      actions: [challenge('otp'), challenge('email'), METHODS],
    });
    expect(login.state).toBe('identifying');
    await login.finish();
    expect(claimed(login)).toEqual(['pwd', 'otp', 'email']);
    const away = await simulateLogin({ actions: [script(`api.redirect.sendUserTo('https://e.example.com/');`)] });
    await expect(away.finish()).rejects.toThrow('Call continue(');
  });
});

describe('what scripts see', () => {
  test.each<[what: string, simulation: Simulation, expression: string, seen: unknown]>([
    ['secrets of the Action', { actions: [{ ...claim('event.secrets.KEY'), secrets: { KEY: 'k' } }] }, '', 'k'],
    [
      'secrets of the simulation over its own',
      {
        actions: [{ name: 'one', ...claim('event.secrets.KEY'), secrets: { KEY: 'k' } }],
        secrets: { one: { KEY: 'l' } },
      },
      '',
      'l',
    ],
    ['roles', { user: { roles: ['admin', 'staff'] } }, 'event.authorization.roles', ['admin', 'staff']],
    [
      'the organization',
      { organization: { name: 'acme', metadata: { plan: 'gold' } } },
      'event.organization.metadata.plan',
      'gold',
    ],
    [
      'roles there',
      { organization: { name: 'acme', members: { somebody: ['owner'] } } },
      'event.authorization.roles',
      ['owner'],
    ],
    [
      'metadata',
      { user: { app_metadata: { a: 1 }, user_metadata: { b: 2 } } },
      '[event.user.app_metadata, event.user.user_metadata]',
      [{ a: 1 }, { b: 2 }],
    ],
    [
      'the client',
      { client: { name: 'Shop', metadata: { tier: '1' } } },
      '[event.client.name, event.client.metadata.tier]',
      ['Shop', '1'],
    ],
    [
      'address and browser',
      { request: { ip: '198.51.100.9', userAgent: 'Tests', language: 'ja' } },
      '[event.request.ip, event.request.user_agent, event.request.language]',
      ['198.51.100.9', 'Tests', 'ja'],
    ],
    [
      'headers of a browser, read as a server reads them',
      { request: { userAgent: '', language: 'de-CH;q=0.5, en' } },
      `['user_agent' in event.request, event.request.language]`,
      [false, 'de-CH'],
    ],
    ['where on Earth', { request: { geoip: { countryCode: 'JP' } } }, 'event.request.geoip.countryCode', 'JP'],
    [
      'parameters',
      { request: { query: { acr_values: 'gold', ui_locales: 'fr' } } },
      '[event.transaction.acr_values, event.request.query.acr_values]',
      [['gold'], 'gold'],
    ],
    [
      'a parameter without a value as one that was left out',
      { request: { query: { login_hint: '', audience: '', prompt: '' } } },
      `[typeof event.transaction.login_hint, 'prompt' in event.request.query]`,
      ['undefined', false],
    ],
    ['how often they came', { user: { logins_count: 4 } }, 'event.stats.logins_count', 5],
    [
      'which factors they have',
      { user: { factors: ['otp', 'phone'], email_verified: false } },
      'event.user.enrolledFactors.map(({ type }) => type).sort()',
      ['otp', 'phone'],
    ],
    [
      'TypeScript',
      {
        actions: [
          {
            typescript: true,
            code: `exports.onExecutePostLogin = async (event: any, api: any): Promise<void> => { api.idToken.setCustomClaim('https://x/c', 'ts'); };`,
          },
        ],
      },
      '',
      'ts',
    ],
    ['settings', { settings: { friendly_name: 'Our shop' } }, 'event.tenant.id', 'simulation'],
  ])('%s', async (_what, simulation, expression, seen) => {
    const login = await simulateLogin({ actions: [claim(expression)], ...simulation });
    expect(claimed(login)).toEqual(seen);
  });

  test('an API, and claims for it', async () => {
    const login = await simulateLogin({
      request: { query: { audience: 'https://api.example.com', scope: 'openid read:things offline_access' } },
      actions: [
        script(`api.accessToken.setCustomClaim('https://x/c', 1); api.accessToken.removeScope('read:things');`),
      ],
    });
    expect(login.tokens?.accessToken).toMatchObject({
      aud: expect.arrayContaining(['https://api.example.com']),
      'https://x/c': 1,
    });
    expect(login.tokens?.scope).not.toContain('read:things');
    expect(login.tokens?.refreshToken).toBeDefined();
  });

  test('metadata is written, and user() shows it', async () => {
    const login = await simulateLogin({ actions: [script(`api.user.setAppMetadata('seen', true);`)] });
    expect(await login.user()).toMatchObject({ app_metadata: { seen: true }, email: 'somebody@example.com' });
    expect(JSON.stringify(await login.user())).not.toContain('knows this');
  });
});

describe('the same browser once more', () => {
  test('the session answers, and scripts run', async () => {
    const login = await simulateLogin({ actions: [METHODS] });
    const next = await login.again();
    expect(next.state).toBe('completed');
    expect(claimed(next)).toEqual(['pwd']);
    expect(next.tokens?.idToken.sid).toBe(login.tokens?.idToken.sid);
    expect(next.logs.map(({ type }) => type)).toEqual(['s', 'seacft']);
  });

  test('nobody is there to ask', async () => {
    const login = await simulateLogin({ user: { factors: ['otp'] } });
    expect((await login.again({ prompt: 'none' })).state).toBe('completed');
    const asked = await login.again({ prompt: 'none', actions: [challenge('otp')] });
    expect(asked.denied?.code).toBe('interaction_required');
    login.clock.advance('30 days');
    expect((await login.again({ prompt: 'none', actions: [] })).denied?.code).toBe('login_required');
  });

  test('a browser that is remembered', async () => {
    const mfa = script(`api.multifactor.enable('any', { allowRememberBrowser: true });`);
    const login = await simulateLogin({ user: { factors: ['otp'] }, actions: [mfa], factors: ['otp'] });
    await login.answer(undefined, { remember: true });
    expect((await login.again({ prompt: 'login' })).state).toBe('completed');
  });
});

test('a wrong password stays where it is', async () => {
  const login = await simulateLogin({ signIn: false });
  await login.wrong();
  expect([login.state, login.notice]).toEqual(['identifying', 'wrong-credentials']);
  await login.signIn();
  expect(login.state).toBe('completed');
  const own = await simulateLogin({ user: { password: 'my own' }, signIn: false });
  expect((await own.signIn('my own')).state).toBe('completed');
});

test('the page is the one that the server shows', async () => {
  const login = await simulateLogin({
    user: { factors: ['otp', 'phone'] },
    actions: [challenge('otp', 'phone')],
    request: { language: 'ja' },
  });
  const page = await login.page();
  expect(page).toContain('<html lang="ja"');
  await login.choose('otp');
  expect(await login.page()).toContain('name="code"');
  await login.answer();
  await expect(login.page()).rejects.toThrow('there is no page of ours');
});

test('the timeline is that of a real login', async () => {
  const login = await simulateLogin({ user: { factors: ['otp'] }, actions: [challenge('otp')] });
  await login.finish();
  expect(JSON.stringify(await login.timeline())).toContain('action-1');
});
