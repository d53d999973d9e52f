// Tests: cases for the reference model, made by fast-check: tenants, people, chains of Actions and what people do. Weighted so
// that most chains ask for something that the person has, and every rule is met often.
import fc from 'fast-check';
import type { Action, Case, Condition, Having, Move, Person, Preferred, Statement, Tenant, Visit } from './chain.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const often = fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) });
const rarely = fc.oneof({ weight: 12, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });

const tenant: fc.Arbitrary<Tenant> = fc.record({
  otp: often,
  sms: often,
  email: often,
  messageTypes: fc.oneof(
    { weight: 4, arbitrary: fc.constant<Tenant['messageTypes']>(['sms']) },
    { weight: 6, arbitrary: fc.constant<Tenant['messageTypes']>(['sms', 'voice']) },
    { weight: 1, arbitrary: fc.constant<Tenant['messageTypes']>(['voice']) },
  ),
  policies: fc.oneof(
    { weight: 4, arbitrary: fc.constant<Tenant['policies']>([]) },
    { weight: 2, arbitrary: fc.constant<Tenant['policies']>(['all-applications']) },
    { weight: 2, arbitrary: fc.constant<Tenant['policies']>(['confidence-score']) },
    { weight: 1, arbitrary: fc.constant<Tenant['policies']>(['all-applications', 'confidence-score']) },
  ),
  customizeMfa: rarely.map((off) => !off),
});

const having: fc.Arbitrary<Having> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Having>('confirmed') },
  { weight: 3, arbitrary: fc.constant<Having>('none') },
  { weight: 1, arbitrary: fc.constant<Having>('unconfirmed') },
);
const person: fc.Arbitrary<Person> = fc.record({
  otp: having,
  phone: having,
  mailbox: fc.oneof({ weight: 6, arbitrary: fc.constant<Having>('none') }, { weight: 1, arbitrary: having }),
  emailVerified: fc.boolean(),
  roles: fc.subarray(['admin', 'staff']),
});

const known = fc.constantFrom<'otp' | 'phone' | 'email'>('otp', 'phone', 'email');
/** As scripts write them: an alias, one that is not usable yet and one that there is not are among them. */
const factor: fc.Arbitrary<string> = fc.oneof(
  { weight: 14, arbitrary: known },
  {
    weight: 1,
    arbitrary: fc.constantFrom('push', 'push-notification', 'recovery-code', 'webauthn-roaming', 'carrier-pigeon'),
  },
);
const key = fc.constantFrom('k', 'l');
const value = fc.constantFrom('1', '2');

const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ is: fc.constant('proven' as const), factor: known }),
  fc.record({ is: fc.constant('anyMfa' as const) }),
  fc.record({ is: fc.constant('enrolled' as const), factor: known }),
  fc.record({ is: fc.constant('noted' as const), key, value }),
  fc.record({ is: fc.constant('stored' as const), key, value }),
  fc.record({ is: fc.constant('role' as const), name: fc.constantFrom('admin', 'staff') }),
  fc.record({ is: fc.constant('lowConfidence' as const) }),
  fc.record({ is: fc.constant('stepUp' as const) }),
  fc.record({ is: fc.constant('method' as const), url: fc.constantFrom('pwd', 'https://methods.example/card') }),
);

const asks: fc.Arbitrary<Statement> = fc.oneof(
  fc
    .record({
      say: fc.constantFrom(
        'challengeWith' as const,
        'challengeWith' as const,
        'challengeWith' as const,
        'enrollWith' as const,
      ),
      factor,
      additional: fc.option(fc.array(factor, { maxLength: 3 }), { nil: undefined }),
      preferred: fc.option(fc.constantFrom<Preferred>('sms', 'voice', 'both', 'both'), { nil: undefined }),
    })
    .map(({ additional, preferred, ...rest }) => ({
      ...rest,
      ...(additional === undefined ? {} : { additional }),
      ...(preferred === undefined ? {} : { preferred }),
    })),
  fc.record({
    say: fc.constantFrom('challengeWithAny' as const, 'challengeWithAny' as const, 'enrollWithAny' as const),
    factors: fc.oneof(
      { weight: 4, arbitrary: fc.array(factor, { minLength: 1, maxLength: 4 }) },
      { weight: 1, arbitrary: fc.constant('enrolledFactors' as const) },
    ),
  }),
);

const enable: fc.Arbitrary<Statement> = fc
  .record({
    say: fc.constant('enable' as const),
    provider: fc.oneof(
      { weight: 3, arbitrary: fc.constant('any' as const) },
      { weight: 2, arbitrary: fc.constantFrom('none' as const, 'guardian' as const, 'google-authenticator' as const) },
      { weight: 1, arbitrary: fc.constant('duo' as const) },
    ),
    allowRememberBrowser: fc.constantFrom(true, true, false, undefined),
  })
  .map(({ allowRememberBrowser, ...rest }) =>
    allowRememberBrowser === undefined ? rest : { ...rest, allowRememberBrowser },
  );

const writes: fc.Arbitrary<Statement> = fc.record({
  say: fc.constantFrom('setAppMetadata' as const, 'setUserMetadata' as const, 'note' as const),
  key,
  value: fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) }),
});

const ends: fc.Arbitrary<Statement> = fc.oneof(
  fc.record({ say: fc.constant('deny' as const), reason: fc.constantFrom('not you', 'not today') }),
  fc.record({ say: fc.constant('revokeSession' as const), reason: fc.constant('session over') }),
  fc.record({
    say: fc.constant('validationError' as const),
    code: fc.constant('bad'),
    message: fc.constant('bad input'),
  }),
  fc.record({ say: fc.constant('throw' as const), message: fc.constant('out of order') }),
);

const leaves: fc.Arbitrary<Statement> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      say: fc.constant('sendUserTo' as const),
      url: fc.constantFrom('https://one.example/', 'https://two.example/'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ say: fc.constant('render' as const) }) },
);

const recorded: fc.Arbitrary<Statement> = fc.record({
  say: fc.constant('recordMethod' as const),
  url: fc.constant('https://methods.example/card'),
});

const simple = (more: fc.WeightedArbitrary<Statement>[]) =>
  fc.oneof(
    { weight: 10, arbitrary: asks },
    { weight: 3, arbitrary: enable },
    { weight: 4, arbitrary: writes },
    ...more,
  );

const seldomSaid = [
  { weight: 1, arbitrary: ends },
  { weight: 2, arbitrary: leaves },
];

/** Some under a condition; what ends a login stands under one more often than not. */
function statements(more: fc.WeightedArbitrary<Statement>[], maxLength: number): fc.Arbitrary<Statement[]> {
  const plain = simple(more);
  const some = fc.array(plain, { minLength: 1, maxLength: 2 });
  const branch = fc.record({
    say: fc.constant('if' as const),
    when: condition,
    body: some,
    otherwise: fc.oneof({ weight: 2, arbitrary: fc.constant<Statement[]>([]) }, { weight: 1, arbitrary: some }),
  });
  return fc.array(fc.oneof({ weight: 5, arbitrary: plain }, { weight: 3, arbitrary: branch }), { maxLength });
}

const action: fc.Arbitrary<Action> = fc
  .record({
    execute: statements(seldomSaid, 4),
    resume: fc.option(statements([...seldomSaid, { weight: 2, arbitrary: recorded }], 3), { nil: undefined, freq: 9 }),
    broken: fc.oneof(
      { weight: 60, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom('not async' as const, 'top level' as const) },
    ),
  })
  .map(({ execute, resume, broken }) => ({
    execute,
    ...(resume === undefined ? {} : { resume }),
    ...(broken === undefined ? {} : { broken }),
  }));

const on: fc.Arbitrary<Move> = fc.record({
  act: fc.constant('on' as const),
  pick: fc.nat({ max: 2 }),
  remember: fc.boolean(),
});
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 12, arbitrary: on },
  { weight: 2, arbitrary: fc.constant<Move>({ act: 'another' }) },
  { weight: 1, arbitrary: fc.constant<Move>({ act: 'back' }) },
  { weight: 1, arbitrary: fc.constant<Move>({ act: 'resend' }) },
  { weight: 1, arbitrary: fc.constant<Move>({ act: 'forge' }) },
  { weight: 1, arbitrary: fc.constant<Move>({ act: 'wrong' }) },
);
/** Few enough wrong codes that no bucket of attempts runs dry: that is another rule, with tests of its own. */
const moves = fc.tuple(fc.array(move, { maxLength: 12 }), rarely).map(([all, leaves]) => {
  let wrong = 0;
  const bounded = all.filter(({ act }) => act !== 'wrong' || ++wrong <= 3);
  return leaves ? [...bounded, { act: 'leave' as const }] : bounded;
});

/** Most people are at a desk of their own, with a session from the last time. */
const visit: fc.Arbitrary<Visit> = fc
  .record({
    after: fc.oneof(
      { weight: 3, arbitrary: fc.constant(90 * MINUTE) },
      { weight: 3, arbitrary: fc.constantFrom(DAY, 6 * DAY, 7 * DAY - 1, 7 * DAY, 8 * DAY, 20 * DAY, 31 * DAY) },
    ),
    by: fc.constantFrom<Visit['by'][]>('browser', 'browser', 'browser', 'browser', 'password', 'refresh', 'refresh'),
    stale: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    browser: fc.constantFrom('a' as const, 'a' as const, 'b' as const),
    userAgent: fc.constantFrom('alpha' as const, 'alpha' as const, 'beta' as const),
    session: fc.boolean(),
    silent: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    stepUp: rarely,
    mfaAudience: rarely,
    moves,
  })
  // Silence without a session is soon told.
  .map((made) => (made.by === 'browser' ? made : atClient(made)))
  .map((made) => (made.silent ? { ...made, session: made.session || made.moves.length > 0 } : made));

/** There is no session, nobody is silent, and a refresh token is for what it was given for. */
function atClient(made: Visit): Visit {
  const isForMfa = made.mfaAudience && made.by === 'password';
  return { ...made, session: false, silent: false, stepUp: false, mfaAudience: isForMfa };
}

export const cases: fc.Arbitrary<Case> = fc.record({
  tenant,
  person,
  actions: fc.array(action, { maxLength: 4 }),
  visits: fc.array(visit, { minLength: 1, maxLength: 7, size: 'max' }),
});
