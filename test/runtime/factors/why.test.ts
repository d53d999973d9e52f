// Why a factor was shown, or none: what the journal says of each decision, and that every reason and every standing occurs.
import { describe, expect, test } from 'vitest';
import { REASONS, STANDINGS, type Why, whyPrepared } from '#runtime/factors/why.ts';
import type { Preparation } from '#runtime/transaction/input.ts';
import type { Ask } from '#runtime/transaction/transaction.ts';
import { anAsk, anEnrollment, aTransaction, NOW } from '../transaction/sample.ts';
import { ALL, aPerson, passed } from './person.ts';
import { asks, browser, enroll, first, type Given, nobody, prepared } from './prepared.ts';

const BOTH = aPerson([...ALL], ['otp', 'phone']);
const record = { tenantId: 't', userId: 'auth0|1', device: 'hash', renewedAt: NOW, seenAt: NOW };
const policy: Ask = { kind: 'challenge-or-enroll', ordinal: 1, provider: 'any', adaptive: false };
const away: Ask = {
  kind: 'redirect',
  ordinal: 1,
  url: 'https://elsewhere.example/?token=plain',
  askedBy: { name: 'first' },
};

/** What was decided, and why. `in place of`: how it was met in the end, where that is not what `prepare` says. */
function why(given: Given, inPlaceOf?: Preparation): Why {
  const { ask = asks('phone', 'otp'), tx = {}, who = BOTH, known: _known, at: _at, ...state } = given;
  const met = inPlaceOf ?? prepared({ ...given, ask, who });
  return whyPrepared(aTransaction(tx), { name: 'preparing', ask, ...state }, met, who);
}

type Row = [code: Why['code'], given: Given, factors: [string, string][] | undefined, inPlaceOf?: Preparation];
const usable: [string, string][] = [
  ['phone', 'usable'],
  ['otp', 'usable'],
];
const rows: Row[] = [
  ['several-usable', {}, usable],
  ['first-usable', { ask: first('phone', 'otp') }, usable],
  [
    'only-usable',
    { ask: asks('push', 'otp', 'nose') },
    [
      ['push-notification', 'switched-off'],
      ['otp', 'usable'],
      ['nose', 'unknown'],
    ],
  ],
  ['chosen', { chosen: 'otp' }, usable],
  ['sent-again', { chosen: 'phone', resend: true }, usable],
  [
    'how-to-reach',
    {
      ask: anAsk({ factors: [{ type: 'phone', options: { preferredMethod: 'both' } }] }),
      who: { ...BOTH, tenant: { ...BOTH.tenant, messageTypes: ['sms', 'voice'] } },
    },
    [['phone', 'usable']],
  ],
  [
    'which-authenticator',
    {},
    usable,
    {
      result: 'offered',
      to: 'challenge',
      offers: [],
      within: { factor: 'phone', by: 'authenticator' },
      rememberable: 'never',
    },
  ],
  [
    'client-chooses',
    { tx: { selection: 'client' }, ask: asks('phone', 'webauthn-roaming') },
    [
      ['phone', 'usable'],
      ['webauthn-roaming', 'not-for-clients'],
    ],
  ],
  [
    'default-order',
    { ask: policy },
    [
      ['webauthn-platform', 'switched-off'],
      ['webauthn-roaming', 'switched-off'],
      ['push-notification', 'switched-off'],
      ['otp', 'usable'],
      ['phone', 'usable'],
      ['email', 'not-enrolled'],
      ['recovery-code', 'switched-off'],
    ],
  ],
  ['only-enrollable', { ask: enroll('otp'), who: nobody }, [['otp', 'can-be-enrolled']]],
  ['first-enrollable', { ask: { ...first('otp', 'phone'), kind: 'enroll' }, who: nobody }, undefined],
  ['several-enrollable', { ask: enroll('otp', 'phone'), who: nobody }, undefined],
  ['going-on', { ask: enroll('phone'), who: nobody, chosen: 'phone', enrollment: anEnrollment() }, undefined],
  ['passed-already', { ask: asks('phone'), tx: { methods: [passed('phone')] } }, [['phone', 'passed-already']]],
  ['enrolled-already', { ask: enroll('otp') }, [['otp', 'enrolled-already']]],
  ['remembered-browser', { known: { ...browser, record } }, usable],
  ['met-by-interactions', {}, usable, { result: 'awaited', offers: [] }],
  ['nobody-there', { tx: { selection: 'nobody' } }, usable],
  ['nothing-usable', { ask: asks('email') }, [['email', 'not-enrolled']]],
  [
    'nothing-usable',
    { ask: enroll('recovery-code'), who: aPerson(['recovery-code'], []) },
    [['recovery-code', 'cannot-be-enrolled']],
  ],
  ['sent-away', { ask: away }, undefined],
];

describe('why', () => {
  test.each(rows)('%s', (code, given, factors, inPlaceOf) => {
    const said = why(given, inPlaceOf);
    expect(said.code).toBe(code);
    if (factors) expect(said.factors?.map(({ factor, standing }) => [factor, standing])).toEqual(factors);
    expect(JSON.stringify(said)).not.toContain('token=plain');
  });

  test('a key that this browser cannot show', () => {
    const capabilities = { webauthn: false, platform: false, passkeys: false };
    const key = { tenantId: 't', userId: 'auth0|1', confirmed: true, createdAt: 0, id: 'dev_key' };
    const credential = {
      ...{ id: 'a', publicKey: 'b', counter: 0, transports: [], aaguid: '', deviceType: 'singleDevice' as const },
      ...{ backedUp: false, relyingPartyId: 'localhost' },
    };
    const person = aPerson([...ALL, 'webauthn-roaming'], ['otp']);
    person.authenticators.push({ ...key, type: 'webauthn-roaming', credential });
    const said = why({ ask: asks('webauthn-roaming', 'otp'), who: person, tx: { capabilities } });
    expect(said.factors).toEqual([
      { factor: 'webauthn-roaming', standing: 'not-in-this-browser' },
      { factor: 'otp', standing: 'usable' },
    ]);
  });

  test('every reason occurs above, and every standing', () => {
    expect(new Set(rows.map(([code]) => code))).toEqual(new Set(REASONS));
    const standings = rows.flatMap(([, , factors = []]) => factors.map(([, standing]) => standing));
    expect(new Set([...standings, 'not-in-this-browser'])).toEqual(new Set(STANDINGS));
  });

  test('says no more of what a script wrote than a name has', () => {
    const said = why({ ask: asks(...Array.from({ length: 50 }, (_, at) => `${at}-${'x'.repeat(500)}`)) });
    expect(said.factors).toHaveLength(20);
    expect(said.factors?.[0]?.factor).toHaveLength(60);
  });
});
