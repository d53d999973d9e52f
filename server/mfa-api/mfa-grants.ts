// Server, MFA API: the grants by which a person's answer is brought to the token endpoint: the code of an app, a code that
// was sent, a recovery code. A right answer meets the ask; what comes of it is tokens, or the next ask with a key of its own.
import type { FactorType } from '#actions/post-login.ts';
import type { DoorInput } from '#runtime/transaction/input.ts';
import { refuseOtherKey } from '../oauth/dpop.ts';
import type { Granted, GrantRequest } from '../oauth/grant.ts';
import { missing, refusal, type TokenRefusal } from '../oauth/token-answer.ts';
import { aboutOf, answerByToken } from '../oauth/token-door.ts';
import { enrollmentKey, isAccessToken, mayEnrollWith } from './enrollment-key.ts';
import {
  cannotChallenge,
  challengeable,
  type FoundLogin,
  findByKey,
  findMfaLogin,
  isWaiting,
  type MfaLogin,
  malformedToken,
  overOf,
  spentToken,
  stepMfaLogin,
} from './mfa-login.ts';

type Found = Extract<FoundLogin, { ok: true }>;
/** What the code is for: the open challenge it answers, or the enrollment it proves. */
type Target = { ok: true; challengeId?: string } | TokenRefusal;

const WRONG_OTP = refusal(403, 'invalid_grant', 'Invalid otp_code.');
const WRONG_BINDING = refusal(403, 'invalid_grant', 'Invalid binding_code.');
const WRONG_RECOVERY = refusal(403, 'invalid_grant', 'MFA Authorization rejected.');
const PENDING = refusal(
  400,
  'authorization_pending',
  'Authorization pending: please repeat the request in a few seconds.',
);
const TOO_FAST = refusal(400, 'slow_down', 'You are polling faster than the specified interval of 5 seconds.');
/** How often a client may ask whether a device has answered. */
const POLLS = { capacity: 1, refillSeconds: 5 };
const OTHER_OOB = refusal(400, 'invalid_request', "The oob_code doesn't match the mfa_token");

export async function exchangeOtp(grant: GrantRequest): Promise<Granted> {
  const { mfa_token: token, otp } = grant.parameters;
  if (token === undefined) return { answer: missing('mfa_token') };
  if (otp === undefined) return { answer: missing('otp') };
  const found = await find(grant, token);
  if (!found.ok) return { answer: found };
  const { state } = found.login;
  const isEnrolled = state.name === 'enrolling' && state.enrollment.factor === 'otp';
  const target: Target = isEnrolled ? { ok: true } : await openChallenge(grant, found, codesOf(found.login));
  return respond(grant, found, target, otp, WRONG_OTP);
}

/** What makes the codes that a person types: an app, or where it was named, or for want of one, the device that approves. */
function codesOf(login: MfaLogin): FactorType {
  const { state, challenges } = login;
  const present = state.name === 'challenging' ? challenges.find(({ id }) => id === state.challengeId) : undefined;
  if (present?.factor === 'push-notification' && present.number === undefined) return present.factor;
  const factors = challengeable(login).map(({ factor }) => factor);
  return !factors.includes('otp') && factors.includes('push-notification') ? 'push-notification' : 'otp';
}

export async function exchangeOob(grant: GrantRequest): Promise<Granted> {
  const { mfa_token: token, oob_code: oobCode, binding_code: code } = grant.parameters;
  if (token === undefined) return { answer: missing('mfa_token') };
  if (oobCode === undefined) return { answer: missing('oob_code') };
  if (!/^(dev_[A-Za-z0-9]{16}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.test(oobCode)) {
    return { answer: refusal(400, 'invalid_grant', 'Malformed oob_code') };
  }
  const found = await find(grant, token, oobCode);
  if (!found.ok) return { answer: found };
  const asked = deviceTarget(found.login, oobCode);
  if (asked) return poll(grant, found, asked, oobCode);
  if (code === undefined) return { answer: missing('binding_code'), about: aboutOf(found.login) };
  return respond(grant, found, sentTarget(found.login, oobCode), code, WRONG_BINDING);
}

export async function exchangeRecoveryCode(grant: GrantRequest): Promise<Granted> {
  const { mfa_token: token, recovery_code: code } = grant.parameters;
  if (token === undefined) return { answer: missing('mfa_token') };
  if (code === undefined) return { answer: missing('recovery_code') };
  const found = await find(grant, token);
  if (!found.ok) return { answer: found };
  const has = challengeable(found.login).some(({ factor }) => factor === 'recovery-code');
  const target: Target = has ? await openChallenge(grant, found, 'recovery-code') : WRONG_RECOVERY;
  return respond(grant, found, target, code, WRONG_RECOVERY);
}

/** Whether a device that was asked, or is to be enrolled, has answered. It may be asked every five seconds. */
async function poll(grant: GrantRequest, found: Found, target: Target, oobCode: string): Promise<Granted> {
  const { deps, tenant } = grant;
  const allowed = await deps.store.takeAttempt(tenant.id, `push poll ${oobCode}`, POLLS, deps.clock.now());
  if (allowed.taken) return respond(grant, found, target, undefined, PENDING);
  const { retryAfterSeconds } = allowed;
  return { answer: { ...TOO_FAST, retryAfterSeconds }, about: aboutOf(found.login), isNoEvent: true };
}

/** The device that this `oob_code` stands for; undefined where it stands for a code that was sent. */
function deviceTarget({ state, challenges }: MfaLogin, oobCode: string): Target | undefined {
  if (state.name === 'enrolling') {
    const { enrollment } = state;
    const isDevice = enrollment.factor === 'push-notification' && enrollment.authenticatorId === oobCode;
    return isDevice ? { ok: true } : undefined;
  }
  const isAsked = challenges.some(({ id, number }) => id === oobCode && number !== undefined);
  return isAsked && state.name === 'challenging' ? { ok: true, challengeId: oobCode } : undefined;
}

async function find(grant: GrantRequest, token: string, oobCode?: string): Promise<FoundLogin> {
  const found = await locate(grant, token, oobCode);
  // RFC 9449 §5: its tokens were asked for by the holder of a key, and are for nobody else.
  const other = found.ok && refuseOtherKey(found.login.request.keyThumbprint, grant.keyThumbprint);
  return other || found;
}

/** By the `mfa_token` of a login, or by the access token that began an enrollment. */
async function locate(grant: GrantRequest, token: string, oobCode: string | undefined): Promise<FoundLogin> {
  const { deps, tenant, client } = grant;
  if (!isAccessToken(token)) return findMfaLogin(deps, tenant, token, client.id);
  if (!(await mayEnrollWith(token, grant))) return malformedToken();
  const found = await findByKey(deps, tenant, enrollmentKey(token, oobCode), client.id);
  // The token is good, and nothing that it began goes by that name.
  if (!found.ok && found.description === malformedToken().description && oobCode !== undefined) return OTHER_OOB;
  return found;
}

/** The open challenge of a factor that needs none to be sent; one is opened where the client has not asked for it. */
async function openChallenge(grant: GrantRequest, { login, reference }: Found, factor: FactorType): Promise<Target> {
  const open = login.challenges.filter((challenge) => challenge.factor === factor);
  const current = login.state.name === 'challenging' ? login.state.challengeId : undefined;
  const asked = open.find(({ id }) => id === current) ?? open.at(-1);
  if (asked && current !== undefined) return { ok: true, challengeId: asked.id };
  const [authenticatorId] = challengeable(login).find((offer) => offer.factor === factor)?.authenticators ?? [];
  if (authenticatorId === undefined) return cannotChallenge(login, factor);
  const { deps, tenant, caller } = grant;
  // Who brings a code has no need of a push.
  const chosen = { kind: 'chosen', factor, authenticatorId, byCode: true } as const;
  const stepped = await stepMfaLogin(deps, tenant, reference, chosen, caller);
  if (!stepped.ok) return stepped;
  const now = stepped.shown.login;
  if (now.state.name === 'challenging') return { ok: true, challengeId: now.state.challengeId };
  // What was to be shown is gone since the client looked: the token is still good for what is left.
  return isWaiting(now) ? cannotChallenge(now, factor) : overOf(now);
}

/** What a code was sent for under this `oob_code`. */
function sentTarget({ state, challenges }: MfaLogin, oobCode: string): Target {
  if (state.name === 'enrolling') {
    const { enrollment } = state;
    const isSent = 'sent' in enrollment && enrollment.sent !== undefined;
    return isSent && enrollment.authenticatorId === oobCode ? { ok: true } : OTHER_OOB;
  }
  const challenge = challenges.find(({ id, codeMac }) => id === oobCode && codeMac !== undefined);
  return challenge && state.name === 'challenging' ? { ok: true, challengeId: oobCode } : OTHER_OOB;
}

async function respond(
  grant: GrantRequest,
  { login, reference }: Found,
  target: Target,
  /** Absent where a device was asked. */
  code: string | undefined,
  wrong: TokenRefusal,
): Promise<Granted> {
  const about = aboutOf(login);
  if (!target.ok) return { answer: target, about };
  const { deps, tenant, caller } = grant;
  const { challengeId } = target;
  const which = challengeId === undefined ? {} : { challengeId };
  const input: DoorInput = code === undefined ? { kind: 'polled', ...which } : { kind: 'responded', code, ...which };
  const stepped = await stepMfaLogin(deps, tenant, reference, input, caller);
  if (!stepped.ok) return { answer: stepped, about };
  const { shown } = stepped;
  // What could be shown is not what it was any more: the client asks again what there is.
  const isSame = isWaiting(shown.login) && shown.key === reference.key;
  const token = grant.parameters.mfa_token;
  // A device that has not answered is no event: it is asked again in a few seconds.
  if (shown.notice?.key === 'challenge-transaction-pending') return { answer: wrong, about, isNoEvent: true };
  return answerByToken(
    { grant, wrong, gone: spentToken(), ...(isSame && token !== undefined ? { mfaToken: token } : {}) },
    shown,
  );
}
