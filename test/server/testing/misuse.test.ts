// What a test is told when it is wrong: a simulation that cannot be, a step that the login cannot take, a call out that
// nobody stubbed. Each message names the way on.
import { describe, expect, test } from 'vitest';
import {
  playLogin,
  type SimulatedLogin,
  type Simulation,
  SimulationError,
  simulateLogin,
} from '#server/testing/testing.ts';

const script = (body: string) => ({ code: `exports.onExecutePostLogin = async (event, api) => { ${body} };` });
const OTP = script(`api.authentication.challengeWith({ type: 'otp' });`);

describe('a simulation that cannot be', () => {
  test.each<[what: string, simulation: Simulation, said: string]>([
    ['a fixture without a project', { user: 'ana' }, 'no sallyport.json was found here or above'],
    ['an Action without a project', { actions: ['phone-first'] }, 'Give a path that begins with "./"'],
    ['a file that is not there', { actions: ['./nowhere/else.js'] }, 'cannot be read (ENOENT)'],
    [
      'a text that is no script',
      { actions: [{ name: 'bad', code: 'exports.x = (' }] },
      'The Action "bad" cannot be built:\n  bad.js:1:',
    ],
    [
      'a package that is not there',
      { actions: [{ code: `require('no-such-package-of-ours');` }] },
      'no-such-package-of-ours',
    ],
    [
      'one Action twice',
      {
        actions: [
          { name: 'a', ...OTP },
          { name: 'a', ...OTP },
        ],
      },
      'names "a" twice',
    ],
    ['a factor that there is not', { user: { factors: ['sms' as 'phone'] } }, 'expected some of otp, phone, email'],
    ['a switch that there is not', { factors: ['pager'] }, 'expected some of sms, push-notification'],
    [
      'an unverified address as a factor',
      { user: { factors: ['email'], email_verified: false } },
      'only a verified address is one',
    ],
    ['a setting that there is not', { settings: { no_such: 1 } }, 'Additional properties not allowed: no_such'],
    [
      'a moment that is none',
      { now: 'yesterday' },
      "expected milliseconds since 1970 or a date such as '2026-01-15T12:00:00Z'",
    ],
    [
      'a route that is none',
      { fetch: { 'api.example.com': {} } },
      "expected an address such as 'https://api.example.com/*'",
    ],
    [
      'a request that the server refuses',
      { request: { query: { response_type: 'nonsense' } } },
      'the authorization request is refused',
    ],
    ['a folder without a project', { project: '/nowhere/at/all' }, 'cannot be used'],
    [
      'an option that is mistyped',
      { action: ['phone-first'] } as Simulation,
      'simulateLogin has no option "action"; it has user, actions',
    ],
    ['an Action outside of a list', { actions: 'phone-first' as never }, 'actions is no list'],
  ])('%s', async (_what, simulation, said) => {
    const failure = await simulateLogin(simulation).then(
      () => new Error('it was taken'),
      (error: Error) => error,
    );
    expect(failure).toBeInstanceOf(SimulationError);
    expect(failure.message).toContain(said);
  });
});

describe('a step that the login cannot take', () => {
  const challenging = () => simulateLogin({ user: { factors: ['otp'] }, actions: [OTP] });
  const completed = () => simulateLogin();
  test.each<[what: string, at: () => Promise<SimulatedLogin>, step: (login: SimulatedLogin) => unknown, said: string]>([
    [
      'choose while a code is awaited',
      challenging,
      (login) => login.choose('otp'),
      "login.state is 'challenging': it waits for an answer to otp. Call answer(), wrong(), resend()",
    ],
    [
      'approvePush where no phone is asked',
      challenging,
      (login) => login.approvePush(),
      'login.approvePush() cannot be called now',
    ],
    ['continue', challenging, (login) => login.continue(), 'login.continue() cannot be called now'],
    ['submit', challenging, (login) => login.submit({}), 'login.submit() cannot be called now'],
    ['enroll', challenging, (login) => login.enroll(), 'login.enroll() cannot be called now'],
    [
      'reconsider without another way',
      challenging,
      (login) => login.reconsider(),
      'login.reconsider() cannot be called now',
    ],
    ['signIn after it', challenging, (login) => login.signIn(), 'login.signIn() cannot be called now'],
    ['acknowledge', challenging, (login) => login.acknowledge(), 'login.acknowledge() cannot be called now'],
    ['skip', challenging, (login) => login.skip(), 'login.skip() cannot be called now'],
    ['consent', challenging, (login) => login.consent(), 'login.consent() cannot be called now'],
    ['answer after the end', completed, (login) => login.answer(), 'Read login.tokens, or call again()'],
    ['rejectPush after the end', completed, (login) => login.rejectPush(), 'it is completed'],
    ['time that goes back', completed, async (login) => login.clock.advance(-1), 'time does not go back'],
    [
      'time without a unit',
      completed,
      async (login) => login.clock.advance('6 fortnights'),
      "a text such as '30 seconds', '6 minutes'",
    ],
  ])('%s', async (_what, at, step, said) => {
    const login = await at();
    const before = login.state;
    await expect(step(login)).rejects.toThrow(said);
    expect(login.state).toBe(before);
  });

  test('an offer that there is not', async () => {
    const login = await simulateLogin({
      user: { factors: ['otp', 'phone'] },
      actions: [script(`api.authentication.challengeWithAny([{ type: 'otp' }, { type: 'phone' }]);`)],
    });
    await expect(login.choose('email')).rejects.toThrow('offered are otp, phone');
  });
});

describe('calls out', () => {
  const call = (url: string, more = '') =>
    script(`
      try {
        const answer = await fetch('${url}'${more});
        api.idToken.setCustomClaim('https://x/c', [answer.status, await answer.text()]);
      } catch (error) { api.idToken.setCustomClaim('https://x/c', error.cause?.code ?? error.code ?? error.message); }`);

  test('are answered by route, and can be looked at', async () => {
    const login = await simulateLogin({
      actions: [
        call(
          'https://api.example.com/risk?ip=1',
          `, { method: 'POST', body: JSON.stringify({ a: 1 }), headers: { 'X-Key': 'k' } }`,
        ),
      ],
      fetch: {
        'GET https://api.example.com/*': { status: 500 },
        'POST https://api.example.com/*': ({ body }) => ({ status: 201, body: { got: JSON.parse(body) } }),
      },
    });
    expect(login.tokens?.idToken['https://x/c']).toEqual([201, '{"got":{"a":1}}']);
    expect(login.calls).toMatchObject([
      { method: 'POST', url: 'https://api.example.com/risk?ip=1', body: '{"a":1}', headers: { 'x-key': 'k' } },
    ]);
  });

  test('that fail on purpose fail for the script alone', async () => {
    const login = await simulateLogin({
      actions: [call('https://api.example.com/')],
      fetch: { 'https://api.example.com/': { error: 'ECONNREFUSED' } },
    });
    expect(JSON.stringify(login.tokens?.idToken['https://x/c'])).toContain('ECONNREFUSED');
  });

  test('that nobody stubbed fail the test, although the script catches the error', async () => {
    const simulation = { actions: [call('https://other.example.com/x')], fetch: { 'https://api.example.com/*': {} } };
    await expect(simulateLogin(simulation)).rejects.toThrow(
      'A script called GET https://other.example.com/x, and no route of fetch takes it. Routes: https://api.example.com/*.',
    );
  });

  test('that nobody stubbed fail the step that made them, and the tokens too', async () => {
    const login = await simulateLogin({
      user: { factors: ['otp'] },
      actions: [OTP, call('https://other.example.com/x')],
    });
    await expect(login.answer()).rejects.toThrow('Routes: none');
    expect(() => login.tokens).toThrow('other.example.com');
  });

  test.each([
    ['a body that no server sends', `, { method: 'POST', body: 'x'.repeat(1048577) }`, {}],
    ['an answer that no server takes', '', { body: 'x'.repeat(4 * 1048576 + 1) }],
  ])('are bounded as on a server: %s', async (_what, more, answer) => {
    const login = await simulateLogin({ actions: [call('https://api.example.com/', more)], fetch: { '*': answer } });
    expect(login.tokens?.idToken['https://x/c']).toBe('ERR_EGRESS_TOO_LARGE');
  });

  test('a stub that fails fails a login that is played, whatever it says', async () => {
    const fetch = {
      '*': () => {
        throw new Error('the token has run out and cannot be called now');
      },
    };
    const actions = [OTP, call('https://api.example.com/')];
    const login = await simulateLogin({ user: { factors: ['otp'] }, actions, fetch });
    await expect(playLogin(login, [])).rejects.toThrow('The stub "*" failed');
  });

  test('a stub that fails says so', async () => {
    const simulation = {
      actions: [call('https://api.example.com/')],
      fetch: {
        '*': () => {
          throw new Error('the test is wrong');
        },
      },
    };
    await expect(simulateLogin(simulation)).rejects.toThrow(
      'The stub "*" failed for GET https://api.example.com/: the test is wrong',
    );
  });
});
