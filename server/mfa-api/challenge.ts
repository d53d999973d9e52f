// Server, MFA API: a client asks for a challenge, and with it for the message that holds its code. Each asking sends anew
// and voids what was sent before. Source: wire reference, section 2.5.
import type { Context } from 'hono';
import type { FactorType } from '#actions/post-login.ts';
import { appAllowance } from '#runtime/delivery/message-bounds.ts';
import { hasOtpFallback } from '#runtime/factors/verify-code.ts';
import type { MessageType } from '#runtime/transaction/transaction.ts';
import type { TenantRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import { messageLanguage } from '../oauth/message-language.ts';
import { missing, refusal, type TokenRefusal } from '../oauth/token-answer.ts';
import { refusedBy } from '../oauth/token-door.ts';
import { unreadable } from '../oauth/unreadable-request.ts';
import { type Parameters, readParameters } from '../request.ts';
import { refuseBy } from './bearer.ts';
import { checkClient } from './client.ts';
import {
  CHALLENGE_TYPES,
  cannotChallenge,
  challengeable,
  challengeTypeOf,
  findMfaLogin,
  isWaiting,
  type MfaLogin,
  overOf,
  spentToken,
  stepMfaLogin,
} from './mfa-login.ts';
import { undelivered } from './undelivered.ts';
import { listAuthenticators } from './wire-authenticators.ts';

type Wanted =
  | { ok: true; factor: FactorType; authenticatorId: string; via?: MessageType; byCode?: true }
  | TokenRefusal;

/** `POST /mfa/challenge` */
export async function challenge(c: Context<Env>, deps: Deps): Promise<Response> {
  const { tenant, caller } = c.var;
  const read = await readParameters(c, { json: true });
  if (!read.ok) return refuseBy(c, unreadable(read));
  const { parameters } = read;
  const { mfa_token: token } = parameters;
  if (token === undefined) return refuseBy(c, missing('mfa_token'));
  const types = (parameters.challenge_type ?? '').split(' ').filter((type) => type !== '');
  if (types.length > 0 && !types.some((type) => CHALLENGE_TYPES.has(type))) {
    return refuseBy(
      c,
      refusal(400, 'unsupported_challenge_type', `Unknown challenge_type: ${types.join(' ').slice(0, 100)}`),
    );
  }
  const found = await findMfaLogin(deps, tenant, token, undefined);
  if (!found.ok) return refuseBy(c, found);
  const { login, reference } = found;
  const wrong = await checkClient(c, deps, login, parameters);
  if (wrong) return refuseBy(c, wrong);

  const wanted = await choose(c, deps, login, types, parameters);
  if (!wanted.ok) return refuseBy(c, wanted);
  const { factor, authenticatorId, via, byCode } = wanted;
  const often = factor === 'otp' || byCode ? await countApp(deps, tenant, login) : undefined;
  if (often) return refuseBy(c, often);
  const locale = messageLanguage(tenant, caller);
  const stepped = await stepMfaLogin(
    deps,
    tenant,
    reference,
    {
      kind: 'chosen',
      factor,
      authenticatorId,
      locale,
      ...(via === undefined ? {} : { via }),
      ...(byCode ? { byCode } : {}),
    },
    caller,
  );
  if (!stepped.ok) return refuseBy(c, stepped);
  const { login: now, notice } = stepped.shown;
  if (notice) return refuseBy(c, refusedBy(notice, spentToken()));
  if (now.state.name !== 'challenging') {
    // What was to be asked is gone since the client looked: the token is still good for what is left.
    const type = byCode ? 'otp' : (challengeTypeOf(factor) ?? factor);
    return refuseBy(c, isWaiting(now) ? cannotChallenge(now, type) : overOf(now));
  }
  const { challengeId } = now.state;
  const type = byCode ? 'otp' : challengeTypeOf(factor);
  if (type === 'otp') return c.json({ challenge_type: 'otp' });
  const asked = now.challenges.find((each) => each.id === challengeId);
  const failed = undelivered(asked, asked?.via ?? factor);
  if (failed) return refuseBy(c, failed);
  // A device that is asked gives no code: the client asks until it has answered.
  const binding = factor === 'push-notification' ? {} : { binding_method: 'prompt' };
  return c.json({ challenge_type: type, oob_code: challengeId, ...binding });
}

/** Nothing is sent for it, and yet a person's app is asked for only so often (wire reference, section 2.7). */
async function countApp(
  { store, clock }: Deps,
  tenant: TenantRecord,
  { subject }: MfaLogin,
): Promise<TokenRefusal | undefined> {
  if (subject.kind !== 'user') return undefined;
  const taken = await store.takeAllowances(tenant.id, [appAllowance(subject.userId)], clock.now());
  if (taken.taken) return undefined;
  const text = 'Too many challenges asked for. Wait for some minutes before retrying.';
  return { ...refusal(429, 'invalid_request', text), retryAfterSeconds: taken.retryAfterSeconds };
}

/** The authenticator that was named, or the first of a kind that the client takes. */
async function choose(
  c: Context<Env>,
  deps: Deps,
  login: MfaLogin,
  types: string[],
  { authenticator_id: wireId }: Parameters,
): Promise<Wanted> {
  const taken = types.length === 0 ? [...CHALLENGE_TYPES.keys()] : types;
  const isTaken = (factor: FactorType) => taken.includes(challengeTypeOf(factor) ?? '');
  const offers = challengeable(login);
  if (wireId === undefined || offers.length === 0) {
    const offer = offers.find(({ factor }) => isTaken(factor));
    const [authenticatorId] = offer?.authenticators ?? [];
    return offer && authenticatorId !== undefined
      ? { ok: true, factor: offer.factor, authenticatorId }
      : cannotChallenge(login, taken.join(' '));
  }
  const { tenant } = c.var;
  const userId = login.subject.kind === 'user' ? login.subject.userId : '';
  const [user, authenticators] = await Promise.all([
    deps.store.users.find(tenant.id, userId),
    deps.store.authenticators.ofUser(tenant.id, userId),
  ]);
  const named = user && listAuthenticators({ tenant, user, authenticators }).find(({ wire }) => wire.id === wireId);
  if (!named) return refusal(404, 'not_found', 'The authenticator does not exist');
  const { factor, authenticatorId, via, byCode } = named;
  const isTakenSo = byCode ? taken.includes('otp') && hasOtpFallback(login) : isTaken(factor);
  const isOffered = offers.some((offer) => offer.factor === factor && offer.authenticators.includes(authenticatorId));
  if (!isOffered || !isTakenSo) {
    return cannotChallenge(login, byCode ? 'otp' : (challengeTypeOf(factor) ?? factor));
  }
  return {
    ok: true,
    factor,
    authenticatorId,
    ...(via === undefined ? {} : { via }),
    ...(byCode ? { byCode } : {}),
  };
}
