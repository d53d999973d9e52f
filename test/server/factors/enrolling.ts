// The table of factors: how each of them comes into the hands of somebody who has none, on a page and through a client.
import { expect } from 'vitest';
import { createSoftKey } from '#server/testing/soft-key.ts';
import type { Body } from '../mfa-api/mfa-desk.ts';
import { isRefused } from './at-pages.ts';
import { another, totpOf } from './codes.ts';
import type { FactorDesk, Person, Tab } from './desk.ts';
import { readPicture } from './devices.ts';
import { KINDS, keptCodeIn, newNumber } from './kinds.ts';
import { askedOn, signed } from './signing.ts';

const ways = (desk: FactorDesk, ...messageTypes: ('sms' | 'voice')[]) =>
  desk.house.editTenant((tenant) => ({ ...tenant, messageTypes }));

async function newcomer(desk: FactorDesk, ask: string): Promise<{ person: Person; tab: Tab }> {
  desk.pause();
  const person = await desk.newPerson();
  await desk.ask(`api.authentication.enrollWith({ type: '${ask}' });`);
  return { person, tab: await desk.signIn(person) };
}

/** The login goes on, the next script sees the factor, and it is kept with a recovery code beside it. */
async function isKept(desk: FactorDesk, person: Person, tab: Tab, type: string, kept: string): Promise<void> {
  expect(await desk.finish(tab)).toEqual(['pwd', type]);
  const { authenticators, sessions } = await desk.standing(person);
  expect([authenticators, sessions]).toEqual([[kept, 'recovery-code'].sort(), 1]);
  expect(await desk.logged(person)).toContain('gd_enrollment_complete');
}

/** Nothing is kept of what was not proved. */
async function nothingKept(desk: FactorDesk, person: Person): Promise<void> {
  expect(await desk.standing(person)).toEqual({ sessions: 0, authenticators: [] });
}

export async function enrollApp(desk: FactorDesk): Promise<void> {
  const { person, tab } = await newcomer(desk, 'otp');
  expect(tab.at()).toBe('mfa-otp-enrollment-qr');
  const code = totpOf(desk, keptCodeIn(tab.page) ?? '');
  await tab.press({ code: another(code) });
  await isRefused(tab, 'mfa-otp-enrollment-qr', 'invalid-code');
  await nothingKept(desk, person);
  await tab.press({ code });
  await isKept(desk, person, tab, 'otp', 'totp');
}

export const enrollPhoneBy =
  (way: 'sms' | 'voice') =>
  async (desk: FactorDesk): Promise<void> => {
    await ways(desk, way);
    const { person, tab } = await newcomer(desk, 'phone');
    expect(tab.at()).toBe(`mfa-${way}-enrollment`);
    await tab.press({ phone: 'call me' });
    await isRefused(tab, `mfa-${way}-enrollment`, 'invalid-phone');
    const phone = newNumber();
    await tab.press({ phone });
    expect(tab.at()).toBe(`mfa-${way}-challenge`);
    const code = await desk.house.codeFor(phone);
    await tab.press({ code: another(code) });
    await isRefused(tab, `mfa-${way}-challenge`, 'invalid-code');
    await nothingKept(desk, person);
    await tab.press({ code });
    await isKept(desk, person, tab, 'phone', 'phone');
  };

export async function enrollDevice(desk: FactorDesk): Promise<void> {
  const { person, tab } = await newcomer(desk, 'push-notification');
  expect(tab.at()).toBe('mfa-push-welcome');
  const early = tab.twin();
  await early.press({ action: 'enroll' });
  await early.press({ action: 'continue' });
  await isRefused(early, 'mfa-push-enrollment-qr', 'challenge-transaction-pending', 'mfa-push-welcome');
  await nothingKept(desk, person);
  await readPicture(desk, tab);
  await tab.press({ action: 'continue' });
  await isKept(desk, person, tab, 'push-notification', 'push');
}

export const enrollKeyBy = (type: 'webauthn-platform' | 'webauthn-roaming') => async (desk: FactorDesk) => {
  const { person, tab } = await newcomer(desk, type);
  const screen = `mfa-${type}-enrollment`;
  expect(tab.at()).toBe(screen);
  const key = createSoftKey();
  const asked = askedOn(desk, tab);
  await tab.press(signed(key.create(asked, { origin: 'https://evil.example' })));
  await isRefused(tab, screen, 'webauthn-not-accepted');
  await nothingKept(desk, person);
  expect(await desk.logged(person)).toContain('gd_webauthn_enrollment_failed');
  await tab.press(signed(key.create(asked)));
  await isKept(desk, person, tab, type, type);
};

/** By a script, once a factor was shown; it counts when the person says that it was written down. */
export async function enrollRecoveryCode(desk: FactorDesk): Promise<void> {
  desk.pause();
  const person = await desk.newPerson();
  const app = await KINDS.otp.give(desk, person);
  await desk.ask(`api.authentication.challengeWith({ type: 'otp' });
    api.authentication.enrollWith({ type: 'recovery-code' });`);
  const tab = await desk.signIn(person);
  await tab.press(await app.answer(tab));
  expect(tab.at()).toBe('mfa-recovery-code-enrollment');
  const code = keptCodeIn(tab.page) ?? '';
  await tab.press({ saved: 'off' });
  await isRefused(tab, 'mfa-recovery-code-enrollment', 'no-confirmation');
  expect(await desk.standing(person)).toEqual({ sessions: 0, authenticators: ['totp'] });
  expect(await desk.finish(tab)).toEqual(['pwd', 'otp', 'recovery-code']);
  expect(await desk.standing(person)).toEqual({ sessions: 1, authenticators: ['recovery-code', 'totp'] });
  await desk.ask(`api.authentication.challengeWith({ type: 'recovery-code' });`);
  const next = await desk.signIn(person);
  await next.press({ code });
  expect(await desk.finish(next)).toEqual(['pwd', 'recovery-code']);
}

type ByClient = { ask?: string; body: Body; way?: 'sms' | 'voice'; address?: string; proves: string; kept: string };

/** An authenticator that a client begins and proves with a code; a wrong one keeps nothing. */
async function associated(desk: FactorDesk, { ask, body, way = 'sms', address, proves, kept }: ByClient) {
  desk.pause();
  await ways(desk, way);
  const { mfa, house } = desk;
  const person = await desk.newPerson();
  // A mailbox is enrolled by no script.
  await desk.ask(ask === undefined ? '' : `api.authentication.enrollWith({ type: '${ask}' });`);
  await house.editTenant((tenant) => ({ ...tenant, policies: ask === undefined ? ['all-applications'] : [] }));
  const token = await mfa.mfaToken(person.name);
  await house.editTenant((tenant) => ({ ...tenant, policies: [] }));
  const begun = await mfa.associate(token, body);
  expect(begun.status).toBe(200);
  const [recoveryCode] = begun.body.recovery_codes as [string];
  const oobCode = String(begun.body.oob_code);
  const bring = (code: string) => (address === undefined ? mfa.otp(token, code) : mfa.oob(token, oobCode, code));
  const code = address === undefined ? totpOf(desk, String(begun.body.secret)) : await house.codeFor(address);
  expect(await bring(another(code))).toMatchObject({ status: 403, body: { error: 'invalid_grant' } });
  await nothingKept(desk, person);
  const proven = desk.provenBy(await bring(code));
  // The policy asks after the last script.
  expect(proven).toEqual(ask === undefined ? ['pwd'] : ['pwd', proves]);
  expect(await desk.standing(person)).toMatchObject({ authenticators: [kept, 'recovery-code'].sort() });
  expect(await desk.logged(person)).toContain('gd_enrollment_complete');
  return { person, recoveryCode };
}

const APP = { ask: 'otp', body: { authenticator_types: ['otp'] }, proves: 'otp', kept: 'totp' };
export const associateApp = async (desk: FactorDesk) => void (await associated(desk, APP));

export const associatePhoneBy = (way: 'sms' | 'voice') => async (desk: FactorDesk) => {
  const address = newNumber();
  const body = { authenticator_types: ['oob'], oob_channels: [way], phone_number: address };
  await associated(desk, { ask: 'phone', body, way, address, proves: 'phone', kept: 'phone' });
};

export async function associateMailbox(desk: FactorDesk): Promise<void> {
  const address = `mailbox-${desk.house.ports.random.letters(8).toLowerCase()}@example.org`;
  const body = { authenticator_types: ['oob'], oob_channels: ['email'], email: address };
  await associated(desk, { body, address, proves: 'email', kept: 'email' });
}

/** There is no code: the client asks until the phone has enrolled. */
export async function associateDevice(desk: FactorDesk): Promise<void> {
  desk.pause();
  const { mfa } = desk;
  const person = await desk.newPerson();
  await desk.ask(`api.authentication.enrollWith({ type: 'push-notification' });`);
  const token = await mfa.mfaToken(person.name);
  const begun = await mfa.associate(token, { authenticator_types: ['oob'], oob_channels: ['auth0'] });
  const poll = () => {
    desk.house.clock.advance(5000);
    return mfa.oob(token, String(begun.body.oob_code));
  };
  expect(await poll()).toMatchObject({ status: 400, body: { error: 'authorization_pending' } });
  await nothingKept(desk, person);
  await desk.phones.enroll(new URL(String(begun.body.barcode_uri)).hash.slice(1));
  expect(desk.provenBy(await poll())).toEqual(['pwd', 'push-notification']);
  expect(await desk.standing(person)).toMatchObject({ authenticators: ['push', 'recovery-code'] });
}

/** A client is given it with the first factor. */
export async function givenWithTheFirst(desk: FactorDesk): Promise<void> {
  const { person, recoveryCode } = await associated(desk, APP);
  await desk.ask(`api.authentication.challengeWith({ type: 'recovery-code' });`);
  const answer = await desk.mfa.recover(await desk.mfa.mfaToken(person.name), recoveryCode);
  expect(desk.provenBy(answer)).toEqual(['pwd', 'recovery-code']);
}
