// One person's visit to a house: the steps that tests of whole logins have in common.
import { generateSync } from 'otplib';
import type { Opening, Shown } from '#runtime/runtime.ts';
import type { StoredState } from '#runtime/transaction/transaction.ts';
import type { SessionRecord, UserRecord } from '#storage/records.ts';
import { BINDING, type House, PASSWORD, TOTP_KEY } from '#test/kit/house.ts';

export const PHONE = '+447700900123';

/** A script with this body. */
export const script = (body: string) => `exports.onExecutePostLogin = async (event, api) => { ${body} };`;
/** A script that goes on when the person comes back. */
export const journey = (execute: string, resume: string) =>
  `${script(execute)}\nexports.onContinuePostLogin = async (event, api) => { ${resume} };`;
/** Asks for any of two factors. */
export const ANY = script(`api.authentication.challengeWithAny([{ type: 'phone' }, { type: 'otp' }]);`);

export const state = (shown: Shown): StoredState => shown.login.state;
export const offered = ({ login }: Shown) =>
  'offers' in login.state ? login.state.offers.map(({ factor }) => factor) : [];

/** The code that the person's app shows now. */
export const totp = (house: House, secret = TOTP_KEY) =>
  generateSync({ secret, epoch: Math.floor(house.clock.at / 1000) });

/** The code of the app that is being enrolled. */
export const newTotp = (house: House, shown: Shown) => {
  const { state } = shown.login;
  if (state.name !== 'enrolling' || state.enrollment.factor !== 'otp') throw new Error(`no app at ${state.name}`);
  return totp(house, state.enrollment.secret);
};

/** Comes back from where a script sent the person. */
export const comeBack = (
  house: House,
  shown: Shown,
  query: Record<string, string> = {},
  body: Record<string, string> = {},
) => house.step(shown.key, { kind: 'continued', visit: { kind: 'redirect', query, body } });

/** Takes a completed login: the session it left. */
export async function sessionOf(house: House, done: Shown): Promise<SessionRecord> {
  const finished = await house.runtime.finish(house.tenant, { key: done.key, binding: BINDING });
  if (finished.outcome !== 'finished') throw new Error(finished.outcome);
  const session = await house.runtime.recognise(house.tenant, finished.sessionKey);
  if (!session) throw new Error('the session is not alive');
  return session;
}

/** A known person gives the right password, with what is bound. A minute has passed. */
export async function signInAgain(house: House, email: string, more: Partial<Opening> = {}): Promise<Shown> {
  house.clock.advance(60_000);
  const { key } = await house.begin(more);
  return house.step(key, { kind: 'submitted', identifier: email, password: PASSWORD });
}

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
