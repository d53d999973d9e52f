// The table of factors at the MFA API: a client with screens of its own asks, answers, and reads what it is told.
import { expect } from 'vitest';
import type { Answer, Body } from '../mfa-api/mfa-desk.ts';
import { alone, beside, holder } from './begin.ts';
import { another, FIVE_MINUTES } from './codes.ts';
import type { Column } from './columns.ts';
import type { FactorDesk, Person } from './desk.ts';
import { companionOf, type Holding, type Kind } from './kinds.ts';
import { removedAtClient } from './removed-at-client.ts';

type Common = Exclude<Column, 'enroll' | 'remembered'>;

/** How the wire calls it, and what the token endpoint says. */
type OnWire = { prefix: string; log: string; wrong: Refusal; late: Refusal; elsewhere: Refusal };
type Refusal = { status: number; error: string };

const NOT_GRANTED: Refusal = { status: 403, error: 'invalid_grant' };
const OTHERS: Refusal = { status: 400, error: 'invalid_request' };
const sent = (prefix: string): OnWire => ({
  prefix,
  log: 'eoobft',
  wrong: NOT_GRANTED,
  late: NOT_GRANTED,
  elsewhere: OTHERS,
});
const typed = (prefix: string, log: string): OnWire => ({
  prefix,
  log,
  wrong: NOT_GRANTED,
  late: NOT_GRANTED,
  elsewhere: NOT_GRANTED,
});

/** Those that the MFA API knows. */
export type ClientKind = Exclude<Kind['name'], 'webauthn-platform' | 'webauthn-roaming'>;
const WIRE: { readonly [Name in ClientKind]: OnWire } = {
  otp: typed('totp', 'eotpft'),
  'recovery-code': typed('recovery-code', 'ercft'),
  email: sent('email'),
  'phone by sms': sent('sms'),
  'phone by voice': sent('voice'),
  'push-notification': {
    prefix: 'push',
    log: 'eoobft',
    wrong: { status: 400, error: 'access_denied' },
    late: { status: 401, error: 'expired_token' },
    elsewhere: OTHERS,
  },
};
const wireOf = ({ name }: Kind): OnWire => WIRE[name as ClientKind];

/** A login at a client that waits for an answer. `oobCode`: of what was sent or asked; empty where nothing was. */
export type Waiting = { person: Person; own: Holding; token: string; oobCode: string };

/** Asks for the challenge of one authenticator. */
export async function request(desk: FactorDesk, kind: Kind, own: Holding, token: string): Promise<string> {
  desk.house.clock.advance(1000);
  // What a person keeps or an app makes needs none.
  if (kind.type === 'recovery-code') return '';
  const asked = await challenge(desk, { mfa_token: token, authenticator_id: `${wireOf(kind).prefix}|${own.id}` });
  expect(asked).toMatchObject({ status: 200, body: { challenge_type: kind.type === 'otp' ? 'otp' : 'oob' } });
  return String(asked.body.oob_code ?? '');
}

/** What was sent is counted without a page. */
const NO_TAB = { page: { url: new URL('http://none.invalid'), status: 0, html: '' } };

const challenge = (desk: FactorDesk, body: Body): Promise<Answer> => desk.mfa.call('POST', 'challenge', { body });

/** Brings an answer to the token endpoint; of a device there is nothing to bring. */
export function bring(desk: FactorDesk, kind: Kind, { token, oobCode }: Waiting, code: string): Promise<Answer> {
  const { mfa } = desk;
  switch (kind.type) {
    case 'otp':
      return mfa.otp(token, code);
    case 'recovery-code':
      return mfa.recover(token, code);
    case 'push-notification':
      desk.house.clock.advance(5000);
      return mfa.oob(token, oobCode);
    default:
      return mfa.oob(token, oobCode, code);
  }
}

/** The person gives the right answer: the code that is told to the client. */
export async function give({ phone, code }: Holding): Promise<string> {
  if (!phone) return (await code?.()) ?? '';
  // A client shows no number.
  await phone.say('answer', { request: (await phone.request()).id, decision: 'approve', number: '' });
  return '';
}

async function giveWrong({ phone, code }: Holding): Promise<string> {
  if (!phone) return another((await code?.()) ?? '');
  await phone.say('answer', { request: (await phone.request()).id, decision: 'refuse' });
  return '';
}

/** Somebody with this factor alone, who was asked for it. */
export async function askedAtClient(desk: FactorDesk, kind: Kind): Promise<Waiting> {
  const { person, own } = await holder(desk, kind);
  await desk.ask(alone(kind));
  const token = await desk.mfa.mfaToken(person.name);
  return { person, own, token, oobCode: await request(desk, kind, own, token) };
}

/** Somebody with this one and another, who was asked for this one. `asks`: unless the client has not got to it yet. */
export async function besideAtClient(
  desk: FactorDesk,
  kind: Kind,
  { asks = true }: { asks?: boolean } = {},
): Promise<Waiting & { other: Kind; spare: Holding }> {
  const other = companionOf(kind);
  const { person, own } = await holder(desk, kind);
  const spare = await other.give(desk, person);
  await desk.ask(beside(kind, other));
  const token = await desk.mfa.mfaToken(person.name);
  const oobCode = asks ? await request(desk, kind, own, token) : '';
  return { person, own, other, spare, token, oobCode };
}

const refusalOf = ({ status, body }: Answer) => ({ status, error: body.error });

/** The right answer opens, and the next script saw this factor once. */
export async function opens(desk: FactorDesk, kind: Kind, waiting: Waiting): Promise<void> {
  const answer = await bring(desk, kind, waiting, await give(waiting.own));
  expect(desk.provenBy(answer)).toEqual(['pwd', kind.type]);
}

async function opensAnew(desk: FactorDesk, kind: Kind, waiting: Waiting): Promise<void> {
  const oobCode = await request(desk, kind, waiting.own, waiting.token);
  await opens(desk, kind, { ...waiting, oobCode });
}

export const AT_CLIENT: { readonly [C in Common]: (desk: FactorDesk, kind: Kind) => Promise<void> } = {
  challenge: async (desk, kind) => {
    const waiting = await askedAtClient(desk, kind);
    const before = await desk.standing(waiting.person);
    await opens(desk, kind, waiting);
    expect(await desk.logged(waiting.person)).toEqual(expect.arrayContaining([kind.passed, `s${wireOf(kind).log}`]));
    // There is no browser that a session could be in.
    expect(await desk.standing(waiting.person)).toEqual(before);
  },

  wrong: async (desk, kind) => {
    const waiting = await askedAtClient(desk, kind);
    const { person, own } = waiting;
    const refused = await bring(desk, kind, waiting, await giveWrong(own));
    expect(refusalOf(refused)).toEqual(wireOf(kind).wrong);
    expect(refused.body).not.toHaveProperty('access_token');
    expect(await desk.logged(person)).toEqual(expect.arrayContaining([kind.refusal.log, `f${wireOf(kind).log}`]));
    await opensAnew(desk, kind, waiting);
  },

  expired: async (desk, kind) => {
    const waiting = await askedAtClient(desk, kind);
    const { own } = waiting;
    const late = own.phone ? '' : await give(own);
    desk.house.clock.advance(kind.type === 'otp' ? 90_000 : FIVE_MINUTES);
    expect(refusalOf(await bring(desk, kind, waiting, late))).toEqual(wireOf(kind).late);
    await opensAnew(desk, kind, waiting);
  },

  replayed: async (desk, kind) => {
    const waiting = await askedAtClient(desk, kind);
    const { person, own } = waiting;
    const code = await give(own);
    const token = await desk.mfa.mfaToken(person.name);
    const answer = await bring(desk, kind, waiting, code);
    expect(desk.provenBy(answer)).toEqual(['pwd', kind.type]);

    // In another login of the same person.
    const elsewhere = { ...waiting, token };
    expect(refusalOf(await bring(desk, kind, elsewhere, code))).toEqual(wireOf(kind).elsewhere);
    // In the same login.
    expect(refusalOf(await bring(desk, kind, waiting, code))).toEqual(NOT_GRANTED);

    desk.house.clock.advance(30_000);
    if (kind.type === 'recovery-code') {
      const next = String(answer.body.recovery_code);
      expect(desk.provenBy(await desk.mfa.recover(token, next))).toEqual(['pwd', kind.type]);
    } else await opensAnew(desk, kind, elsewhere);
  },

  'other method': async (desk, kind) => {
    const waiting = await besideAtClient(desk, kind);
    const { own, other, spare, token } = waiting;
    const counted = own.phone ? undefined : await own.asked?.(NO_TAB);
    // Another one is asked; the first one still counts, and nothing was sent twice.
    await request(desk, other, spare, token);
    expect(own.phone ? undefined : await own.asked?.(NO_TAB)).toEqual(counted);
    await opens(desk, kind, waiting);
    // And the other one in its place.
    const second = await besideAtClient(desk, kind);
    const oobCode = await request(desk, second.other, second.spare, second.token);
    await opens(desk, second.other, { ...second, own: second.spare, oobCode });

    const only = await askedAtClient(desk, kind);
    const type = kind.type === 'otp' ? 'oob' : 'otp';
    const refused = await challenge(desk, { mfa_token: only.token, challenge_type: type });
    expect(refusalOf(refused)).toEqual({ status: 401, error: 'unsupported_challenge_type' });
    await opens(desk, kind, only);
  },

  removed: removedAtClient,
};
