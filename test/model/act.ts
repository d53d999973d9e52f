// Tests: what the person of a case does on the real thing: a move of the reference model as the input that a page would
// send, with the codes that their phone, mailbox and app show.
import { generateSync } from 'otplib';
import type { Shown } from '#runtime/runtime.ts';
import type { DoorInput } from '#runtime/transaction/input.ts';
import type { Enrollment } from '#runtime/transaction/transaction.ts';
import type { RefreshTokenRecord } from '#storage/records.ts';
import { type House, PASSWORD } from '#test/kit/house.ts';
import type { Move, Visit } from './chain.ts';
import type { Proof } from './safety.ts';
import { FORM } from './script-text.ts';
import type { World } from './world.ts';

/** Who visits, and what they carry from one visit to the next. */
export type Somebody = {
  userId: string;
  email: string;
  mailbox: string;
  phone: string;
  totpKey: string;
  /** Values of the browsers' session cookies. */
  sessions: Map<string, string>;
  /** The refresh token that was given last. */
  token?: RefreshTokenRecord;
  binding(browser: string): string;
  logsRead: number;
};

/** One visit on the real thing. */
export type Call = { house: House; visit: Visit; somebody: Somebody; world: World };

/** What a move is where the login rests. */
export async function inputFor(call: Call, { login }: Shown, move: Move): Promise<DoorInput> {
  const { house, somebody } = call;
  const { state } = login;
  switch (move.act) {
    case 'another':
      return call.visit.by === 'browser' ? { kind: 'reconsidered' } : nextOf(login);
    case 'back':
      return { kind: 'returned' };
    case 'resend':
      return { kind: 'resent' };
    case 'forge':
      if (call.visit.by !== 'browser') return { kind: 'chosen', factor: 'webauthn-roaming' };
      return state.name === 'identifying' || state.name === 'choosing'
        ? { kind: 'chosen', factor: 'recovery-code' }
        : { kind: 'chosen', factor: 'email' };
    case 'wrong':
      if (state.name === 'identifying') return { kind: 'submitted', identifier: somebody.email, password: 'a guess' };
      if (state.name === 'enrolling' && state.enrollment.factor !== 'otp' && !isSent(state.enrollment)) {
        return { kind: 'addressed', address: 'nowhere' };
      }
      return { kind: 'responded', code: 'abcdef', remember: true };
  }
  const remember = move.act === 'on' && move.remember === true;
  switch (state.name) {
    case 'identifying':
      return { kind: 'submitted', identifier: somebody.email, password: PASSWORD };
    case 'choosing': {
      const pick = move.act === 'on' ? (move.pick ?? 0) : 0;
      if (state.within?.by === 'channel') {
        const { authenticatorId } = state.within;
        return { kind: 'chosen', factor: 'phone', authenticatorId, via: pick % 2 === 1 ? 'voice' : 'sms' };
      }
      const offer = state.offers[pick % state.offers.length];
      return { kind: 'chosen', factor: offer?.factor ?? 'otp' };
    }
    case 'challenging': {
      const factor = login.challenges.find(({ id }) => id === state.challengeId)?.factor;
      return { kind: 'responded', remember, code: await codeFor(call, factor ?? '') };
    }
    case 'enrolling': {
      const { enrollment } = state;
      if (enrollment.factor === 'otp') return { kind: 'responded', remember, code: totp(house, enrollment.secret) };
      const address = enrollment.factor === 'phone' ? somebody.phone : somebody.mailbox;
      if (!isSent(enrollment)) return { kind: 'addressed', address };
      return { kind: 'responded', remember, code: await house.codeFor(address) };
    }
    case 'redirected':
      return {
        kind: 'continued',
        visit:
          state.ask.kind === 'form'
            ? { kind: 'form', id: FORM, fields: {}, vars: {} }
            : { kind: 'redirect', query: {}, body: {} },
      };
    default:
      throw new Error(`nothing to do where a login is ${state.name}`);
  }
}

/** Whether a code is on its way to what is being enrolled. */
export const isSent = (enrollment: Enrollment): boolean => 'sent' in enrollment && enrollment.sent !== undefined;

/** A client needs no picker between one method and the next. */
function nextOf({ state, challenges }: Shown['login']): DoorInput {
  if (state.name !== 'challenging' && state.name !== 'enrolling') return { kind: 'reconsidered' };
  const current =
    state.name === 'enrolling'
      ? state.enrollment.factor
      : challenges.find(({ id }) => id === state.challengeId)?.factor;
  const at = state.offers.findIndex(({ factor }) => factor === current);
  const offer = state.offers[(at + 1) % state.offers.length];
  return { kind: 'chosen', factor: offer?.factor ?? 'otp' };
}

const totp = (house: House, secret: string) => generateSync({ secret, epoch: Math.floor(house.clock.at / 1000) });

function codeFor({ house, somebody, world }: Call, factor: string): Promise<string> | string {
  if (factor === 'otp') return totp(house, somebody.totpKey);
  if (factor === 'phone') return house.codeFor(somebody.phone);
  return house.codeFor(world.has.mailbox === 'confirmed' ? somebody.mailbox : somebody.email);
}

/** What the person has really shown by this move: the driver's own memory, asked of nobody. */
export function provenBy({ login }: Shown, move: Move): Proof[] {
  const { state } = login;
  if (move.act !== 'on') return [];
  if (state.name === 'challenging') {
    const factor = login.challenges.find(({ id }) => id === state.challengeId)?.factor;
    return factor === undefined ? [] : [{ factor, by: 'challenge' }];
  }
  if (state.name !== 'enrolling') return [];
  const { enrollment } = state;
  const isLast = enrollment.factor === 'otp' || isSent(enrollment);
  return isLast ? [{ factor: enrollment.factor, by: 'enrollment' }] : [];
}

/** The app that was enrolled is the one that answers from now on. */
export function rememberKey({ somebody }: Call, before: Shown, after: Shown): void {
  const { state } = before.login;
  if (state.name !== 'enrolling' || state.enrollment.factor !== 'otp') return;
  const { authenticatorId, secret } = state.enrollment;
  if (after.login.methods.some((method) => method.authenticatorId === authenticatorId)) somebody.totpKey = secret;
}
