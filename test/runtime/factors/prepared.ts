// An ask of somebody with an app and a phone, prepared: what the tests of preparation share.
import { prepare } from '#runtime/factors/prepare.ts';
import type { Remembered } from '#runtime/factors/remembered-browser.ts';
import type { Mac } from '#runtime/ports.ts';
import { createRandom } from '#runtime/random.ts';
import type { Ask, BusyState, LoginTransaction } from '#runtime/transaction/transaction.ts';
import { openKeyring } from '#storage/keyring.ts';
import { anAsk, aTransaction, NOW } from '../transaction/sample.ts';
import { ALL, aPerson } from './person.ts';

const mac: Mac = openKeyring([Buffer.alloc(32, 7).toString('base64url')]);
const person = aPerson([...ALL], ['otp', 'phone']);
export const browser: Remembered = { risky: false, mfaAudience: 'http://localhost:3000/mfa/' };

type Preparing = Extract<BusyState, { name: 'preparing' }>;
export type Given = Partial<Omit<Preparing, 'name' | 'ask'>> & {
  ask?: Ask;
  tx?: Partial<LoginTransaction>;
  who?: typeof person;
  known?: Remembered;
  at?: number;
};
export const prepared = ({ ask = anAsk(), tx = {}, who = person, known = browser, at = NOW, ...state }: Given = {}) => {
  const fact = prepare(
    { random: createRandom(), mac, now: () => at },
    aTransaction(tx),
    { name: 'preparing', ask, ...state },
    who,
    { browser: known, about: { application: 'App', ip: '203.0.113.9' } },
  );
  if (fact.kind !== 'prepared') throw new Error(fact.kind);
  return fact;
};
export const asks = (...types: string[]) => anAsk({ factors: types.map((type) => ({ type })) });
export const first = (...types: string[]) => anAsk({ prefer: 'first', factors: types.map((type) => ({ type })) });
export const enroll = (...types: string[]): Ask => ({ ...asks(...types), kind: 'enroll' });
export const nobody = aPerson([...ALL], []);
