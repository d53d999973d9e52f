// Server, harness: made-up people, requests and logins for property tests, and what people do in them. All of it is plain
// data, so that fast-check shrinks a failing login to the few words that matter. fast-check is the author's own: nothing
// here imports it but its types.
import type * as FastCheck from 'fast-check';
import type { PostLoginEvent } from '#actions/post-login.ts';
import type { Json, JsonObject } from '#storage/records.ts';
import { FIXTURE_FACTORS, type FixtureFactor, type FixtureUser } from '../project/project.ts';
import { eventArbitrary } from './event-arbitrary.ts';
import type { Answer } from './play-login.ts';
import type { SimulatedRequest, Simulation } from './simulation.ts';

/** As a test imports it: `import fc from 'fast-check'`. */
type Fc = Omit<typeof FastCheck, 'default'>;
type Arbitrary<T> = FastCheck.Arbitrary<T>;

export type Arbitraries = {
  /**
   * A person: with no factor, with some, with all; with and without roles, metadata and a verified address; with names
   * that few people think of.
   * @param only the factors that they may have; absent: all that the harness knows.
   */
  user(only?: readonly FixtureFactor[]): Arbitrary<FixtureUser>;
  /** What `event` may hold when a post-login script begins: valid, with everything optional now there and now absent. */
  event(): Arbitrary<PostLoginEvent>;
  /** Where a login comes from and what it asked for. */
  request(): Arbitrary<SimulatedRequest>;
  /** What somebody does, step after step, for `playLogin`: right and wrong answers, another factor, a wait, a change of mind. */
  answers(): Arbitrary<Answer[]>;
  /**
   * A whole simulation: somebody, a request and a seed.
   * @param fixed what is the same in each; it stands over what is made up.
   */
  login(fixed?: Simulation): Arbitrary<Simulation>;
};

/** Names that people have, or that programs hand over as such. Each has broken somebody's script. */
const ODD_NAMES = [
  'Ana',
  "D'Arcy O'Brien",
  '山田 太郎',
  'Ñandú Ωmega',
  'مريم',
  'e\u0301', // Two code points that look like one.
  '👩‍👩‍👧',
  '\u202Eevil',
  'null',
  '__proto__',
  '<b>x</b>',
  ' ',
] as const;

const WAITS = ['10 seconds', '45 seconds', '4 minutes', '6 minutes', '20 minutes'] as const;
const ADDRESSES = ['192.0.2.10', '198.51.100.7', '203.0.113.99', '2001:db8::7', '2001:db8:0:1::ffff'] as const;
const LANGUAGES = ['en', 'ja', 'de-CH', 'ar', 'pt-BR', 'xx'] as const;
const AGENTS = ['Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0', 'curl/8.9', ''] as const;

/**
 * Made-up people, events, requests, answers and logins.
 * @param fc fast-check, as the test imports it: `import fc from 'fast-check'`.
 */
export function arbitraries(fc: Fc): Arbitraries {
  const metadata = metadataArbitrary(fc);
  const name = () =>
    fc.oneof(fc.constantFrom(...ODD_NAMES), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }));

  const user: Arbitraries['user'] = (only = FIXTURE_FACTORS) =>
    fc
      .record(
        {
          factors: fc.subarray([...only]),
          roles: fc.uniqueArray(fc.constantFrom('admin', 'editor', 'Größe 1'), { maxLength: 3 }),
          email_verified: fc.boolean(),
          name: name(),
          user_metadata: metadata,
          app_metadata: metadata,
          logins_count: fc.constantFrom(0, 1, 2, 1000),
        },
        { requiredKeys: ['factors'] },
      )
      // Only a verified address receives codes.
      .map((made) => (made.factors.includes('email') ? { ...made, email_verified: true } : made));

  const request: Arbitraries['request'] = () =>
    fc.record(
      {
        ip: fc.constantFrom(...ADDRESSES),
        userAgent: fc.constantFrom(...AGENTS),
        language: fc.constantFrom(...LANGUAGES),
        query: fc.record(
          {
            scope: fc.constantFrom('openid', 'openid profile email', 'openid offline_access'),
            acr_values: fc.constantFrom('http://schemas.openid.net/pape/policies/2007/06/multi-factor', 'a b'),
            login_hint: fc.constantFrom('ana@example.com', '+447700900123', '例え'),
            ui_locales: fc.constantFrom('ja', 'de en'),
            colour: name(),
          },
          { requiredKeys: [] },
        ),
        geoip: fc.record(
          { countryCode: fc.constantFrom('DE', 'JP', 'ZZ'), cityName: name(), timeZone: fc.constantFrom('Asia/Tokyo') },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    );

  const answers: Arbitraries['answers'] = () =>
    fc.array(
      fc.oneof(
        { weight: 6, arbitrary: fc.constant<Answer>({ act: 'answer' }) },
        { weight: 3, arbitrary: fc.nat({ max: 6 }).map((nth): Answer => ({ act: 'choose', nth })) },
        { weight: 2, arbitrary: fc.constant<Answer>({ act: 'wrong' }) },
        { weight: 2, arbitrary: fc.constant<Answer>({ act: 'reconsider' }) },
        { weight: 1, arbitrary: fc.constant<Answer>({ act: 'resend' }) },
        { weight: 1, arbitrary: fc.constant<Answer>({ act: 'reject' }) },
        { weight: 1, arbitrary: fc.constantFrom(...WAITS).map((time): Answer => ({ act: 'wait', time })) },
      ),
      { maxLength: 10 },
    );

  return {
    user,
    event: () => eventArbitrary(fc, { name, metadata, address: () => fc.constantFrom(...ADDRESSES) }),
    request,
    answers,
    login: (fixed = {}) =>
      fc
        .record({ user: user(), request: request(), seed: fc.nat({ max: 9999 }).map((seed) => `seed ${seed}`) })
        .map((made): Simulation => ({ ...made, ...fixed })),
  };
}

/** Mostly little; now and then deep, with a key that is dangerous where objects are merged carelessly. */
function metadataArbitrary(fc: Fc): Arbitrary<JsonObject> {
  const value: Arbitrary<Json> = fc.oneof<Arbitrary<Json>[]>(
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }),
    fc.constant({ nested: { deep: [1, '2', null] } }),
  );
  const key = fc.constantFrom(
    'plan',
    'mfa_method',
    'terms_accepted_at',
    'constructor',
    'größe',
    'a.b',
    'länger '.repeat(4),
  );
  return fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true });
}
