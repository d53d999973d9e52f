// The rules of an enrollment and of what is owed after the last Action, row by row (actions-api, sections 3.5 and 3.6).
import { describe, expect, test } from 'vitest';
import { CHALLENGE_FIRST, NOTHING_ENROLLABLE, select } from '#runtime/factors/select.ts';
import type { EnrollAsk, PolicyAsk, ProvenMethod } from '#runtime/transaction/transaction.ts';
import { anAsk } from '../transaction/sample.ts';
import { ALL, aPerson, ON_PAGES, passed } from './person.ts';

type EnrollRow = {
  name: string;
  on?: readonly ('otp' | 'sms' | 'email')[];
  has?: ('otp' | 'phone' | 'email')[];
  asked: string[];
  methods?: ProvenMethod[];
  offers?: string[];
  unusable?: string[];
  kind: 'enroll' | 'enrolled' | 'nothing' | 'first';
};
const ENROLL_ROWS: EnrollRow[] = [
  { name: 'both, in the order asked', asked: ['phone', 'otp'], kind: 'enroll', offers: ['phone', 'otp'], unusable: [] },
  { name: 'named twice, offered once', asked: ['otp', 'otp'], kind: 'enroll', offers: ['otp'], unusable: [] },
  { name: 'switched off', on: ['otp'], asked: ['phone', 'otp'], kind: 'enroll', offers: ['otp'], unusable: ['phone'] },
  { name: 'e-mail is never enrolled', asked: ['email', 'otp'], kind: 'enroll', offers: ['otp'], unusable: ['email'] },
  { name: 'only e-mail', asked: ['email'], kind: 'nothing' },
  { name: 'nothing asked', asked: [], kind: 'nothing' },
  { name: 'unknown', asked: ['carrier-pigeon'], kind: 'nothing' },
  { name: 'not there yet', asked: ['webauthn-roaming', 'recovery-code'], kind: 'nothing' },
  { name: 'all switched off', on: [], asked: ['otp', 'phone'], kind: 'nothing' },
  { name: 'enrolled already: the login goes on', has: ['otp'], asked: ['otp'], kind: 'enrolled', unusable: [] },
  {
    name: 'one enrolled, the other not to be had: the login goes on',
    on: ['otp'],
    has: ['otp'],
    asked: ['otp', 'phone'],
    kind: 'enrolled',
    unusable: ['phone'],
  },
  { name: 'enrolled, but switched off since', on: ['sms'], has: ['otp'], asked: ['otp'], kind: 'nothing' },
  { name: 'a second factor without showing the first', has: ['otp'], asked: ['phone'], kind: 'first' },
  { name: 'of several one enrolled, without showing it', has: ['otp'], asked: ['otp', 'phone'], kind: 'first' },
  {
    name: 'shown in the session only',
    has: ['otp'],
    asked: ['phone'],
    methods: [passed('otp', 'session')],
    kind: 'first',
  },
  {
    name: 'a second factor after showing the first',
    has: ['otp'],
    asked: ['otp', 'phone'],
    methods: [passed('otp')],
    kind: 'enroll',
    offers: ['phone'],
    unusable: [],
  },
  {
    name: 'a second factor after showing a code by e-mail',
    has: ['otp', 'email'],
    asked: ['phone'],
    methods: [passed('email')],
    kind: 'enroll',
    offers: ['phone'],
  },
  {
    name: 'an address that enrolled itself needs no showing',
    has: ['email'],
    asked: ['otp'],
    kind: 'enroll',
    offers: ['otp'],
  },
  {
    name: 'a factor that is switched off needs no showing',
    on: ['sms'],
    has: ['otp'],
    asked: ['phone'],
    kind: 'enroll',
    offers: ['phone'],
  },
];

describe('select for an enrollment', () => {
  test.each(ENROLL_ROWS)('$name', ({ on = ALL, has = [], asked, methods = [], kind, offers, unusable }) => {
    const ask: EnrollAsk = { ...anAsk({ factors: asked.map((type) => ({ type })) }), kind: 'enroll' };
    const selected = select(ask, aPerson([...on], has), { ...ON_PAGES, methods });
    const expected = {
      enroll: { kind: 'enroll', prefer: 'any' },
      enrolled: { kind: 'satisfied', by: 'enrolled' },
      nothing: { kind: 'none', reason: NOTHING_ENROLLABLE },
      first: { kind: 'none', reason: CHALLENGE_FIRST },
    }[kind];
    expect(selected).toMatchObject(expected);
    if (offers) expect(selected).toMatchObject({ offers: offers.map((factor) => ({ factor, authenticators: [] })) });
    if (unusable) expect(selected).toMatchObject({ unusable });
  });

  test.each([[['sms']], [['voice']], [['sms', 'voice']]])(
    'phone can be enrolled by whichever way is on: %j',
    (types) => {
      const person = aPerson(['sms'], []);
      person.tenant.messageTypes = types as typeof person.tenant.messageTypes;
      const ask: EnrollAsk = { ...anAsk({ factors: [{ type: 'phone' }] }), kind: 'enroll' };
      expect(select(ask, person, ON_PAGES)).toMatchObject({ kind: 'enroll', offers: [{ factor: 'phone' }] });
    },
  );
});

type PolicyRow = Pick<EnrollRow, 'name' | 'on' | 'has'> & {
  provider?: PolicyAsk['provider'];
  adaptive?: true;
  leads: 'challenge' | 'enroll' | 'none';
  offers?: string[];
};
const POLICY_ROWS: PolicyRow[] = [
  {
    name: 'own factors in catalogue order',
    has: ['phone', 'otp', 'email'],
    leads: 'challenge',
    offers: ['otp', 'phone', 'email'],
  },
  { name: 'one own factor', has: ['phone'], leads: 'challenge', offers: ['phone'] },
  { name: "none of one's own: enrollment", has: [], leads: 'enroll', offers: ['otp', 'phone'] },
  { name: 'only e-mail: enrollment comes first', has: ['email'], leads: 'enroll', offers: ['otp', 'phone'] },
  { name: 'only e-mail, nothing to enroll', on: ['email'], has: ['email'], leads: 'challenge', offers: ['email'] },
  { name: 'nothing at all', on: [], has: ['otp'], leads: 'none' },
  { name: 'no address, nothing to enroll', on: ['email'], has: [], leads: 'none' },
  { name: 'risky, only e-mail: the mailbox', has: ['email'], adaptive: true, leads: 'challenge', offers: ['email'] },
  { name: 'risky, own factor', has: ['otp', 'email'], adaptive: true, leads: 'challenge', offers: ['otp', 'email'] },
  { name: 'risky, nothing', has: [], adaptive: true, leads: 'enroll', offers: ['otp', 'phone'] },
  { name: 'guardian is any', provider: 'guardian', has: ['phone'], leads: 'challenge', offers: ['phone'] },
  {
    name: 'google-authenticator: the app only',
    provider: 'google-authenticator',
    has: ['otp', 'phone', 'email'],
    leads: 'challenge',
    offers: ['otp'],
  },
  {
    name: 'google-authenticator without one',
    provider: 'google-authenticator',
    has: ['email'],
    leads: 'enroll',
    offers: ['otp'],
  },
  {
    name: 'google-authenticator switched off',
    provider: 'google-authenticator',
    on: ['sms'],
    has: ['phone'],
    leads: 'none',
  },
  { name: 'duo: there is none', provider: 'duo', has: ['otp'], leads: 'none' },
];

describe('select for what is owed after the last Action', () => {
  const owed = (provider: PolicyAsk['provider'], adaptive: boolean): PolicyAsk => {
    return { kind: 'challenge-or-enroll', ordinal: 1, provider, adaptive };
  };
  test.each(POLICY_ROWS)('$name', ({ on = ALL, has = [], provider = 'any', adaptive = false, leads, offers }) => {
    const selected = select(owed(provider, adaptive), aPerson([...on], has), ON_PAGES);
    expect(selected.kind).toBe(leads);
    if (offers) expect(selected).toMatchObject({ offers: offers.map((factor) => ({ factor })), unusable: [] });
    // A challenge is shown at once, with the others a click away; what to enroll is chosen.
    if (leads !== 'none') expect(selected).toMatchObject({ prefer: leads === 'challenge' ? 'first' : 'any' });
  });

  test('whoever has a factor is never given another without showing one', () => {
    const selected = select(owed('google-authenticator', false), aPerson([...ALL], ['phone']), ON_PAGES);
    expect(selected.kind).not.toBe('enroll');
  });
});
