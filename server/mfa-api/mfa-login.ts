// Server, MFA API: the login that an `mfa_token` stands for. The token belongs to one client and to one ask of one login:
// once that is met, the token is spent. Statuses and texts: wire reference, section 1.4.
import type { FactorType } from '#actions/post-login.ts';
import type { Caller, Reference, RestedLogin, Shown } from '#runtime/runtime.ts';
import type { DoorInput } from '#runtime/transaction/input.ts';
import type { Offer } from '#runtime/transaction/transaction.ts';
import type { TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { refusal, type TokenRefusal } from '../oauth/token-answer.ts';

/** A login that waits for a second factor. */
type Waiting = Extract<RestedLogin['state'], { name: 'choosing' | 'challenging' | 'enrolling' }>;
export type MfaLogin = Omit<RestedLogin, 'state'> & { state: Waiting };

export type FoundLogin = { ok: true; login: MfaLogin; reference: Reference } | TokenRefusal;

export const malformedToken = (): TokenRefusal => refusal(401, 'invalid_grant', 'Malformed mfa_token');
export const spentToken = (): TokenRefusal => refusal(403, 'invalid_grant', 'The mfa_token is no longer valid');
const expiredToken = (): TokenRefusal => refusal(401, 'expired_token', 'mfa_token is expired');
const BUSY = refusal(403, 'invalid_grant', 'The mfa_token is being used by another request');

/** @param clientId the client that calls, where it is known. */
export async function findMfaLogin(
  deps: Pick<Deps, 'runtime'>,
  tenant: TenantRecord,
  token: string,
  clientId: string | undefined,
): Promise<FoundLogin> {
  // Keys that are made of access tokens open nothing by themselves: whoever sends one goes by `enrollmentKey`.
  return token.includes('.') ? malformedToken() : findByKey(deps, tenant, token, clientId);
}

export async function findByKey(
  { runtime }: Pick<Deps, 'runtime'>,
  tenant: TenantRecord,
  key: string,
  clientId: string | undefined,
): Promise<FoundLogin> {
  const reference: Reference = { key, heldBy: 'client' };
  const found = await runtime.read(tenant, reference);
  if (found.found !== 'present' && found.found !== 'stale') return lost(found.found);
  const { login } = found.shown;
  if (clientId !== undefined && login.request.clientId !== clientId) {
    return refusal(400, 'invalid_request', 'mfa_token not issued to this client');
  }
  if (found.found === 'stale' || !isWaiting(login)) return spentToken();
  return { ok: true, login, reference };
}

export type SteppedLogin = { ok: true; shown: Shown } | TokenRefusal;

/** One step of a login that was found. */
export async function stepMfaLogin(
  { runtime }: Pick<Deps, 'runtime'>,
  tenant: TenantRecord,
  reference: Reference,
  input: DoorInput,
  caller: Caller,
): Promise<SteppedLogin> {
  const submitted = await runtime.submit(tenant, reference, input, caller);
  if (submitted.outcome === 'moved') return { ok: true, shown: submitted.shown };
  if (submitted.outcome !== 'elsewhere') return lost(submitted.outcome);
  // Another request was first: it met the ask, or moved the login within it.
  return submitted.shown.key === reference.key ? BUSY : spentToken();
}

/** Why a login that was found goes no further. */
export function overOf({ state }: RestedLogin): TokenRefusal {
  return state.name === 'denied' ? refusal(403, state.code, state.reason) : spentToken();
}

function lost(why: 'busy' | 'expired' | 'nothing'): TokenRefusal {
  if (why === 'busy') return BUSY;
  return why === 'expired' ? expiredToken() : malformedToken();
}

export function isWaiting(login: RestedLogin): login is MfaLogin {
  return 'offers' in login.state;
}

/** What the person could show now; a factor that could only be enrolled is not among it. */
export function challengeable({ state }: MfaLogin): Offer[] {
  return state.offers.filter(({ authenticators }) => authenticators.length > 0);
}

/** Whether this login wants an authenticator that the person does not have yet. */
export function wantsEnrollment({ state }: MfaLogin): boolean {
  switch (state.name) {
    case 'enrolling':
      return true;
    case 'choosing':
      return state.to === 'enroll';
    case 'challenging':
      // A mailbox that enrolled itself is being asked, though something could be enrolled instead.
      return (
        state.ask.kind === 'challenge-or-enroll' &&
        state.offers.some(({ authenticators }) => authenticators.length === 0)
      );
  }
}

/** What the wire calls kinds of challenge, with our factors. */
export const CHALLENGE_TYPES: ReadonlyMap<string, readonly FactorType[]> = new Map([
  ['otp', ['otp']],
  ['oob', ['phone', 'email', 'push-notification']],
]);

export const challengeTypeOf = (factor: FactorType): string | undefined =>
  [...CHALLENGE_TYPES].find(([, factors]) => factors.includes(factor))?.[0];

/** Why no challenge can be made: there is nothing to challenge, or it is of another kind. */
export function cannotChallenge(login: MfaLogin, asked: string): TokenRefusal {
  const offers = challengeable(login);
  if (offers.length === 0) {
    const text = 'User is not enrolled. You can use /mfa/associate endpoint to enroll the first authenticator.';
    return refusal(403, 'association_required', text);
  }
  const supported = new Set(offers.map(({ factor }) => challengeTypeOf(factor) ?? factor));
  const text = `The user does not support the requested challenge type (${asked.slice(0, 100)}). Supported type: ${[...supported].join(' ')}`;
  return refusal(401, 'unsupported_challenge_type', text);
}
