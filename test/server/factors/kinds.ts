// The table of factors: each of them in the hands of a person. Codes come from the inbox, an app is computed, a phone signs
// its statements and a key what the page asks it for.

import type { FactorType } from '#actions/post-login.ts';
import { recoveryCodeMac } from '#runtime/factors/recovery-code.ts';
import { createSoftKey } from '#server/testing/soft-key.ts';
import type { GuardianFactorName } from '#storage/records.ts';
import { TOTP_KEY } from '#test/kit/house.ts';
import type { Page } from '#test/kit/plain-browser.ts';
import type { Phone } from '../push/phone.ts';
import { another, FIVE_MINUTES, totpOf } from './codes.ts';
import type { RowName } from './columns.ts';
import type { FactorDesk, Fields, Person, Tab } from './desk.ts';
import { holdingOf, readPicture } from './devices.ts';
import { askedOn, signed } from './signing.ts';

/** One of them in somebody's hands. */
export type Holding = {
  /** Of the authenticator. */
  id: string;
  /** Gives the answer that the page waits for: the fields of its form. */
  answer(tab: Tab): Promise<Fields>;
  /** An answer that is well formed and wrong. */
  wrong(tab: Tab): Promise<Fields>;
  /** The right answer, when it is too late. */
  late?(tab: Tab): Promise<Fields>;
  /** What was sent or asked until now: the same, unless it was asked anew. */
  asked?(tab: Pick<Tab, 'page'>): Promise<unknown>;
  /** Reads what a page tells the person to keep. */
  reads?(page: Page): void;
  /** The code of it, as a client is told by its person. */
  code?(): Promise<string>;
  phone?: Phone;
};

export type Kind = {
  name: Exclude<RowName, 'passkey'>;
  type: FactorType;
  switch: GuardianFactorName;
  /** How a script names it. */
  asks: string;
  /** Its row in the picker, and the screen of its challenge. */
  row: string;
  screen: string;
  /** What follows a wrong answer, and one that is too late: the key on the page, and the line in the log. */
  refusal: { error: string; log: string; late: string; elsewhere: string };
  passed: string;
  /** The button by which it is asked anew. */
  again?: string;
  /** What has to be on at the tenant. */
  ways?: ('sms' | 'voice')[];
  give(desk: FactorDesk, person: Person): Promise<Holding>;
};

const CODE_REFUSAL = {
  error: 'invalid-code',
  late: 'invalid-code',
  elsewhere: 'invalid-code',
  log: 'gd_auth_failed',
} as const;
const KEY_REFUSAL = {
  error: 'webauthn-not-accepted',
  late: 'webauthn-not-accepted',
  elsewhere: 'webauthn-not-accepted',
  log: 'gd_webauthn_challenge_failed',
} as const;

const otp: Kind = {
  name: 'otp',
  type: 'otp',
  switch: 'otp',
  asks: `{ type: 'otp' }`,
  row: 'otp',
  screen: 'mfa-otp-challenge',
  refusal: CODE_REFUSAL,
  passed: 'gd_auth_succeed',
  give: async (desk, person) => {
    const id = await desk.give(person, { type: 'totp', secret: TOTP_KEY });
    const { clock } = desk.house;
    const code = async () => totpOf(desk, TOTP_KEY);
    return {
      id,
      code,
      answer: async () => ({ code: await code() }),
      wrong: async () => ({ code: another(await code()) }),
      late: async () => {
        const old = await code();
        clock.advance(90_000);
        return { code: old };
      },
    };
  },
};

/** Codes that we send. */
function sent(
  desk: FactorDesk,
  id: string,
  address: string,
): Required<Pick<Holding, 'id' | 'code' | 'answer' | 'wrong' | 'late' | 'asked'>> {
  const { house } = desk;
  const code = () => house.codeFor(address);
  return {
    id,
    code,
    answer: async () => ({ code: await code() }),
    wrong: async () => ({ code: another(await code()) }),
    late: async () => {
      house.clock.advance(FIVE_MINUTES);
      return { code: await code() };
    },
    asked: async () => (await house.store.messages.inbox(house.tenant.id, address, 50)).length,
  };
}

let numbers = 0;
/** A number that nobody else has. */
export const newNumber = () => `+4477009${String(++numbers).padStart(5, '0')}`;

const phoneBy = (way: 'sms' | 'voice'): Kind => ({
  name: `phone by ${way}`,
  type: 'phone',
  switch: 'sms',
  asks: `{ type: 'phone', options: { preferredMethod: '${way}' } }`,
  row: way,
  screen: `mfa-${way}-challenge`,
  refusal: CODE_REFUSAL,
  passed: 'gd_auth_succeed',
  again: 'resend-code',
  ways: [way],
  give: async (desk, person) => {
    const phoneNumber = newNumber();
    return sent(desk, await desk.give(person, { type: 'phone', phoneNumber }), phoneNumber);
  },
});

const email: Kind = {
  name: 'email',
  type: 'email',
  switch: 'email',
  asks: `{ type: 'email' }`,
  row: 'email',
  screen: 'mfa-email-challenge',
  refusal: CODE_REFUSAL,
  passed: 'gd_auth_succeed',
  again: 'resend-code',
  give: async (desk, person) => {
    const address = `second-${person.name}@example.org`;
    return sent(desk, await desk.give(person, { type: 'email', email: address }), address);
  },
};

const push: Kind = {
  name: 'push-notification',
  type: 'push-notification',
  switch: 'push-notification',
  asks: `{ type: 'push-notification' }`,
  row: 'push-notification',
  screen: 'mfa-push-challenge-push',
  refusal: {
    error: 'transaction-rejected',
    late: 'transaction-not-found',
    // What was approved is another sign-in: this one still waits.
    elsewhere: 'challenge-transaction-pending',
    log: 'gd_auth_rejected',
  },
  passed: 'gd_auth_succeed',
  again: 'resend',
  give: async (desk, person) => {
    await desk.ask(`api.authentication.enrollWith({ type: 'push-notification' });`);
    const tab = await desk.signIn(person);
    const phone = await readPicture(desk, tab);
    await tab.press({ action: 'continue' });
    await desk.finish(tab);
    return holdingOf(desk, phone);
  },
};

const keyBy = (type: 'webauthn-platform' | 'webauthn-roaming'): Kind => ({
  name: type,
  type,
  switch: type,
  asks: `{ type: '${type}' }`,
  row: type,
  screen: `mfa-${type}-challenge`,
  refusal: KEY_REFUSAL,
  passed: 'gd_auth_succeed',
  again: 'try-again',
  give: async (desk, person) => {
    const key = createSoftKey();
    const credential = key.credential(new URL(desk.house.tenant.baseUrl).hostname);
    const id = await desk.give(person, { type, credential, name: 'Blue key' });
    return {
      id,
      answer: async (tab) => signed(key.get(askedOn(desk, tab))),
      wrong: async (tab) => signed(key.get(askedOn(desk, tab), { forged: true })),
      late: async (tab) => {
        const answer = signed(key.get(askedOn(desk, tab)));
        desk.house.clock.advance(FIVE_MINUTES);
        return answer;
      },
      asked: async (tab) => askedOn(desk, tab).challenge,
    };
  },
});

/** The code in a page that tells it. */
export const keptCodeIn = ({ html }: Page): string | undefined =>
  /<code class="key[^>]*>(.*?)<\/code>/.exec(html)?.[1]?.replace(/<[^>]*>/g, '');

const recoveryCode: Kind = {
  name: 'recovery-code',
  type: 'recovery-code',
  switch: 'recovery-code',
  asks: `{ type: 'recovery-code' }`,
  row: 'recovery-code',
  screen: 'mfa-recovery-code-challenge',
  refusal: { ...CODE_REFUSAL, log: 'gd_recovery_failed' },
  passed: 'gd_recovery_succeed',
  give: async (desk, person) => {
    const { ports } = desk.house;
    const id = `dev_${ports.random.letters(16)}`;
    let code = ports.random.letters(24).toUpperCase();
    await desk.give(person, { id, type: 'recovery-code', secret: recoveryCodeMac(ports.mac, id, code) });
    return {
      id,
      code: async () => code,
      answer: async () => ({ code }),
      wrong: async () => ({ code: another(code) }),
      reads: (page) => {
        code = keptCodeIn(page) ?? code;
      },
    };
  },
};

export const KINDS: { readonly [Name in Kind['name']]: Kind } = {
  otp,
  email,
  'phone by sms': phoneBy('sms'),
  'phone by voice': phoneBy('voice'),
  'push-notification': push,
  'webauthn-platform': keyBy('webauthn-platform'),
  'webauthn-roaming': keyBy('webauthn-roaming'),
  'recovery-code': recoveryCode,
};

/** The other method of who has this one. */
export const companionOf = ({ type }: Kind): Kind => (type === 'otp' ? KINDS['phone by sms'] : KINDS.otp);
