// One person's visit to a house: the steps that tests of whole logins have in common.
import { generateSync } from 'otplib';
import type { Shown } from '#runtime/runtime.ts';
import type { StoredState } from '#runtime/transaction/transaction.ts';
import type { UserRecord } from '#storage/records.ts';
import { type House, PASSWORD, TOTP_KEY } from '#test/kit/house.ts';

export const PHONE = '+447700900123';

/** A script with this body. */
export const script = (body: string) => `exports.onExecutePostLogin = async (event, api) => { ${body} };`;
/** Asks for any of two factors. */
export const ANY = script(`api.authentication.challengeWithAny([{ type: 'phone' }, { type: 'otp' }]);`);

export const state = (shown: Shown): StoredState => shown.login.state;
export const offered = ({ login }: Shown) =>
  'offers' in login.state ? login.state.offers.map(({ factor }) => factor) : [];

/** The code that the person's app shows now. */
export const totp = (house: House) => generateSync({ secret: TOTP_KEY, epoch: Math.floor(house.clock.at / 1000) });

let people = 0;

/** A fresh person gives the right password, with these scripts bound. A minute has passed since the last one. */
export async function signIn(
  house: House,
  has: ('otp' | 'phone' | 'email')[],
  ...scripts: string[]
): Promise<{ user: UserRecord; shown: Shown; email: string }> {
  await house.bind(...scripts);
  const email = `visitor-${++people}@example.com`;
  const user = await house.user(`visitor-${people}`, has);
  house.clock.advance(60_000);
  const { key } = await house.begin();
  return { user, email, shown: await house.step(key, { kind: 'submitted', identifier: email, password: PASSWORD }) };
}

/** Answers with the newest code sent to an address. */
export async function answer(house: House, shown: Shown, to: string): Promise<Shown> {
  return house.step(shown.key, { kind: 'responded', code: await house.codeFor(to) });
}

/** Type and description of a person's tenant log lines, oldest first. */
export async function logsOf(house: House, userId: string): Promise<[type: string, description: string][]> {
  const page = { offset: 0, limit: 50 };
  const { records } = await house.store.logs.list(house.tenant.id, { userId, order: 'oldest', page });
  return records.map(({ type, description }) => [type, description]);
}
