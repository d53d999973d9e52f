// The rules of an ask, row by row: what is usable, what was passed, what is told (actions-api, sections 3.2 and 3.3).
import { describe, expect, test } from 'vitest';
import { enrolledFactors } from '#runtime/factors/catalogue.ts';
import { select } from '#runtime/factors/select.ts';
import type { ProvenMethod } from '#runtime/transaction/transaction.ts';
import { anAsk } from '../transaction/sample.ts';
import { aPerson } from './person.ts';

const ALL = ['otp', 'sms', 'email'] as const;
const passed = (type: 'otp' | 'phone' | 'email', where: 'session' | 'transaction' = 'transaction'): ProvenMethod => ({
  name: 'mfa',
  type,
  at: 0,
  in: where,
});

type Row = {
  name: string;
  on?: readonly ('otp' | 'sms' | 'email')[];
  has?: ('otp' | 'phone' | 'email')[];
  asked: string[];
  methods?: ProvenMethod[];
  offers?: string[];
  unusable?: string[];
  kind: 'some' | 'none' | 'satisfied';
};

const ROWS: Row[] = [
  {
    name: 'both usable, in the order asked',
    has: ['otp', 'phone'],
    asked: ['phone', 'otp'],
    kind: 'some',
    offers: ['phone', 'otp'],
    unusable: [],
  },
  { name: 'not enrolled', has: ['otp'], asked: ['otp', 'phone'], kind: 'some', offers: ['otp'], unusable: ['phone'] },
  {
    name: 'switched off',
    on: ['otp'],
    has: ['otp', 'phone'],
    asked: ['phone', 'otp'],
    kind: 'some',
    offers: ['otp'],
    unusable: ['phone'],
  },
  {
    name: 'unknown type',
    has: ['otp'],
    asked: ['carrier-pigeon', 'otp'],
    kind: 'some',
    offers: ['otp'],
    unusable: ['carrier-pigeon'],
  },
  {
    name: 'a factor that is not there yet',
    has: ['otp'],
    asked: ['push', 'otp'],
    kind: 'some',
    offers: ['otp'],
    unusable: ['push'],
  },
  { name: 'nothing usable', has: [], asked: ['otp', 'phone'], kind: 'none' },
  { name: 'nothing asked', has: ['otp'], asked: [], kind: 'none' },
  {
    name: 'named twice, offered once',
    has: ['otp'],
    asked: ['otp', 'otp'],
    kind: 'some',
    offers: ['otp'],
    unusable: [],
  },
  {
    name: 'unusable twice, told once',
    has: ['otp'],
    asked: ['phone', 'phone', 'otp'],
    kind: 'some',
    offers: ['otp'],
    unusable: ['phone'],
  },
  {
    name: 'a verified address enrols itself',
    has: ['email'],
    asked: ['email'],
    kind: 'some',
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
    kind: 'some',
    offers: ['otp'],
    unusable: [],
  },
  {
    name: 'one passed, another usable: the other is asked',
    has: ['otp', 'phone'],
    asked: ['otp', 'phone'],
    methods: [passed('otp')],
    kind: 'some',
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

describe('select', () => {
  test.each(ROWS)('$name', ({ on = ALL, has = [], asked, methods = [], kind, offers, unusable }) => {
    const selected = select(anAsk({ factors: asked.map((type) => ({ type })) }), aPerson([...on], has), methods);
    expect(selected.kind).toBe(kind);
    if (offers) expect(selected).toMatchObject({ offers: offers.map((factor) => ({ factor })) });
    if (unusable) expect(selected).toMatchObject({ unusable });
  });
});

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
