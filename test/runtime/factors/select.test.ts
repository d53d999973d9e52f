// The rules of a challenge, row by row: what is usable, what was passed, what is told (actions-api, sections 3.2 and 3.3).
import { describe, expect, test } from 'vitest';
import { enrolledFactors } from '#runtime/factors/catalogue.ts';
import { NOTHING_USABLE, oneUnusable, select } from '#runtime/factors/select.ts';
import type { ProvenMethod } from '#runtime/transaction/transaction.ts';
import { anAsk } from '../transaction/sample.ts';
import { ALL, aPerson, ON_PAGES, passed } from './person.ts';

type Row = {
  name: string;
  on?: readonly ('otp' | 'sms' | 'email')[];
  has?: ('otp' | 'phone' | 'email')[];
  asked: string[];
  methods?: ProvenMethod[];
  offers?: string[];
  unusable?: string[];
  kind: 'challenge' | 'none' | 'satisfied';
};

const ROWS: Row[] = [
  {
    name: 'both usable, in the order asked',
    has: ['otp', 'phone'],
    asked: ['phone', 'otp'],
    kind: 'challenge',
    offers: ['phone', 'otp'],
    unusable: [],
  },
  {
    name: 'not enrolled',
    has: ['otp'],
    asked: ['otp', 'phone'],
    kind: 'challenge',
    offers: ['otp'],
    unusable: ['phone'],
  },
  {
    name: 'switched off',
    on: ['otp'],
    has: ['otp', 'phone'],
    asked: ['phone', 'otp'],
    kind: 'challenge',
    offers: ['otp'],
    unusable: ['phone'],
  },
  {
    name: 'unknown type',
    has: ['otp'],
    asked: ['carrier-pigeon', 'otp'],
    kind: 'challenge',
    offers: ['otp'],
    unusable: ['carrier-pigeon'],
  },
  {
    name: 'a factor that is not there yet',
    has: ['otp'],
    asked: ['push-notification', 'otp'],
    kind: 'challenge',
    offers: ['otp'],
    unusable: ['push-notification'],
  },
  { name: 'nothing usable', has: [], asked: ['otp', 'phone'], kind: 'none' },
  { name: 'nothing asked', has: ['otp'], asked: [], kind: 'none' },
  {
    name: 'named twice, offered once',
    has: ['otp'],
    asked: ['otp', 'otp'],
    kind: 'challenge',
    offers: ['otp'],
    unusable: [],
  },
  {
    name: 'unusable twice, told once',
    has: ['otp'],
    asked: ['phone', 'phone', 'otp'],
    kind: 'challenge',
    offers: ['otp'],
    unusable: ['phone'],
  },
  {
    name: 'a verified address enrols itself',
    has: ['email'],
    asked: ['email'],
    kind: 'challenge',
    offers: ['email'],
    unusable: [],
  },
  {
    name: 'passed in this transaction',
    has: ['otp'],
    asked: ['otp'],
    methods: [passed('otp')],
    kind: 'satisfied',
    unusable: [],
  },
  {
    name: 'passed in the session only',
    has: ['otp'],
    asked: ['otp'],
    methods: [passed('otp', 'session')],
    kind: 'challenge',
    offers: ['otp'],
    unusable: [],
  },
  {
    name: 'one passed, another usable: the other is asked',
    has: ['otp', 'phone'],
    asked: ['otp', 'phone'],
    methods: [passed('otp')],
    kind: 'challenge',
    offers: ['phone'],
    unusable: [],
  },
  {
    name: 'one passed, the rest unusable',
    has: ['otp'],
    asked: ['otp', 'phone'],
    methods: [passed('otp')],
    kind: 'satisfied',
    unusable: ['phone'],
  },
  {
    name: 'all passed',
    has: ['otp', 'phone'],
    asked: ['otp', 'phone'],
    methods: [passed('otp'), passed('phone')],
    kind: 'satisfied',
    unusable: [],
  },
];

describe('select for a challenge', () => {
  test.each(ROWS)('$name', ({ on = ALL, has = [], asked, methods = [], kind, offers, unusable }) => {
    const selected = select(anAsk({ factors: asked.map((type) => ({ type })) }), aPerson([...on], has), {
      ...ON_PAGES,
      methods,
    });
    expect(selected.kind).toBe(kind);
    if (kind === 'satisfied') expect(selected).toMatchObject({ by: 'passed' });
    if (kind === 'none') expect(selected).toMatchObject({ reason: NOTHING_USABLE });
    if (offers) expect(selected).toMatchObject({ prefer: 'any', offers: offers.map((factor) => ({ factor })) });
    if (unusable) expect(selected).toMatchObject({ unusable });
  });

  test('the two names of push are one factor', () => {
    const ask = anAsk({ factors: [{ type: 'push' }, { type: 'push-notification' }, { type: 'otp' }] });
    const selected = select(ask, aPerson([...ALL], ['otp']), ON_PAGES);
    expect(selected).toMatchObject({ kind: 'challenge', unusable: [expect.any(String)] });
  });

  test('what was passed in this transaction counts though its factor is switched off since', () => {
    const selected = select(anAsk({ factors: [{ type: 'otp' }] }), aPerson(['sms'], ['otp']), {
      ...ON_PAGES,
      methods: [passed('otp')],
    });
    expect(selected).toMatchObject({ kind: 'satisfied', by: 'passed' });
  });
});

test.each([
  [
    'challenge',
    'An MFA challenge is used in a PostLogin action, but the requested factor otp is not properly set up. Enable the requested factor and ensure the user is enrolled with it.',
  ],
  [
    'enroll',
    'An MFA enrollment is used in a PostLogin action, but the requested factor otp is not properly set up. Enable the requested factor and ensure the user is not already enrolled with it.',
  ],
] as const)('one unusable factor of a %s is told in the exact words', (kind, text) =>
  expect(oneUnusable(kind, 'otp')).toBe(text),
);

describe('enrolledFactors', () => {
  test('lists active factors that the tenant has on', () => {
    expect(enrolledFactors(aPerson(['otp', 'email'], ['otp', 'phone', 'email']))).toEqual([
      { type: 'otp' },
      { type: 'email' },
    ]);
  });
  test('an unconfirmed authenticator is none', () => {
    const person = aPerson([...ALL], ['otp']);
    person.authenticators[0]!.confirmed = false;
    expect(enrolledFactors(person)).toEqual([]);
  });
  test('an unverified address is none', () => {
    expect(enrolledFactors(aPerson([...ALL], []))).toEqual([]);
  });
});
