// The harness: each invariant is content with a login that keeps it, and is seen failing on one that does not, in words that
// name the script and the steps.
import { expect, test } from 'vitest';
import {
  atMostChallenges,
  denyIsFinal,
  type FinishedLogin,
  noFactorCountsTwice,
  noTokenWithoutFactors,
} from '#server/testing/invariants.ts';

type Command = { name: string; args?: never[] };

const ask = (name: string, ...args: unknown[]): Command => ({ name: `authentication.${name}`, args: args as never[] });
const shown = (type: string, event = 'gd_auth_succeed') => ({ type: event, details: { authenticator: { type } } });
const run = (actionName: string, ...commands: Command[]) => ({ actionName, commands });
const failed = (actionName: string) => ({ ...run(actionName), error: { message: 'boom' } });

type Ran = ReturnType<typeof run> | ReturnType<typeof failed>;

const login = (state: string, ran: Ran[], logs: FinishedLogin['logs'] = []): FinishedLogin =>
  ({
    state,
    tokens: state === 'completed' ? { idToken: {}, accessToken: {}, scope: [] } : undefined,
    denied: state === 'denied' ? { code: 'access_denied', reason: 'no' } : undefined,
    logs,
    executions: ran.map((result) => ({ triggerId: 'post-login', results: [result] })),
  }) as unknown as FinishedLogin;

const OTP = { type: 'otp' };
const PHONE = { type: 'phone' };
const first = run('first', ask('challengeWithAny', [PHONE, OTP]));
const deny = run('guard', { name: 'access.deny' });

type Judge = (login: FinishedLogin) => void;
const tokens: Judge = (each) => noTokenWithoutFactors(each);
const demanding: Judge = (each) => noTokenWithoutFactors(each, ['otp', ['phone', 'email']]);
const most: Judge = (each) => atMostChallenges(each, 1);

test.each<[name: string, judge: Judge, login: FinishedLogin]>([
  ['one of any was shown', tokens, login('completed', [first], [shown('otp')])],
  [
    'a recovery code',
    tokens,
    login(
      'completed',
      [run('a', ask('challengeWith', OTP, { additionalFactors: [{ type: 'recovery-code' }] }))],
      [shown('recovery-code', 'gd_recovery_succeed')],
    ),
  ],
  ['no tokens were given', tokens, login('denied', [first])],
  ['what was to be set up was there', tokens, login('completed', [run('a', ask('enrollWith', OTP))])],
  [
    'it was switched off again',
    tokens,
    login('completed', [
      run('a', { name: 'multifactor.enable', args: ['any'] as never[] }),
      run('b', { name: 'multifactor.enable', args: ['none'] as never[] }),
    ]),
  ],
  ['all that was demanded', demanding, login('completed', [], [shown('otp'), shown('email')])],
  ['a denial at the end', denyIsFinal, login('denied', [first, deny], [shown('otp')])],
  ['no denial', denyIsFinal, login('completed', [first], [shown('otp')])],
  ['different factors', noFactorCountsTwice, login('completed', [first], [shown('otp'), shown('phone')])],
  ['as many as may be', most, login('completed', [first], [shown('otp')])],
])('content: %s', (_name, judge, each) => {
  expect(() => judge(each)).not.toThrow();
});

test.each<[name: string, judge: Judge, login: FinishedLogin, says: string]>([
  [
    'nothing was shown',
    tokens,
    login('completed', [first]),
    'there are tokens without the factors: first asked for phone or otp. Shown: nothing.',
  ],
  [
    'another was shown',
    tokens,
    login('completed', [first], [shown('email')]),
    'first asked for phone or otp. Shown: email.',
  ],
  [
    'only the first of two',
    tokens,
    login('completed', [first, run('second', ask('challengeWith', { type: 'email' }))], [shown('otp')]),
    'second asked for email. Shown: otp.',
  ],
  [
    'any factor was wanted',
    tokens,
    login('completed', [run('a', { name: 'multifactor.enable', args: ['any'] as never[] })]),
    'a asked for a second factor. Shown: nothing.',
  ],
  [
    'half of what was demanded',
    demanding,
    login('completed', [], [shown('otp')]),
    'The test demands phone or email. Shown: otp.',
  ],
  [
    'a denied login with tokens',
    denyIsFinal,
    login('completed', [deny]),
    'guard denied the login, and the login is completed.',
  ],
  [
    'a script after the denial',
    denyIsFinal,
    login('denied', [deny, first]),
    'guard denied the login, and then first ran.',
  ],
  [
    'a script after an error',
    denyIsFinal,
    login('denied', [failed('a'), first]),
    'a failed (boom), and then first ran.',
  ],
  [
    'the same factor twice',
    noFactorCountsTwice,
    login('completed', [first], [shown('otp'), shown('otp')]),
    'otp was asked for and shown twice.',
  ],
  ['one too many', most, login('completed', [first], [shown('otp'), shown('phone')]), '2 of at most 1: otp, phone.'],
  [
    'one too many to come',
    most,
    login('challenging', [first], [shown('otp')]),
    '2 of at most 1: otp, challenging now.',
  ],
])('seen failing: %s', (_name, judge, each, says) => {
  expect(() => judge(each)).toThrow(says);
});

test('what tests may import is named where Node looks for it', async () => {
  const [named, all] = await Promise.all([import('sallyport/testing'), import('#server/testing/testing.ts')]);
  expect(Object.keys(named).sort()).toEqual(Object.keys(all).sort());
});
