// Server, protocol: how the token endpoint shows where a login rests: as tokens, as a demand for a second factor with the
// key under which the login goes on, or as a refusal. Statuses and texts: wire reference, sections 1.4 and 1.5.
import type { Notice } from '#runtime/codes.ts';
import type { RestedLogin, Shown } from '#runtime/runtime.ts';
import type { JsonObject } from '#storage/records.ts';
import { type Door, show } from '../door.ts';
import { notSent } from '../mfa-api/undelivered.ts';
import type { Granted, GrantRequest } from './grant.ts';
import { issueTokens } from './issue-tokens.ts';
import { refusal, type TokenRefusal } from './token-answer.ts';

/** What differs from grant to grant. */
export type TokenContext = {
  grant: GrantRequest;
  /** Of a code or credential that is not right. */
  wrong: TokenRefusal;
  /** When the person or the API went away between the login and its tokens. */
  gone: TokenRefusal;
  /** The `mfa_token` to go on with, where the caller's is not the one that the login has now. */
  mfaToken?: string;
};

type Cell = (context: TokenContext, shown: Shown) => Granted;

const furtherFactor: Cell = (context, { login, key, notice }) => {
  if (notice) return { answer: refusedBy(notice, context.wrong), about: aboutOf(login) };
  const demand = refusal(403, 'mfa_required', 'Multifactor authentication required');
  const requirements = requirementsOf(login);
  const more = { mfa_token: context.mfaToken ?? key, ...(requirements ? { mfa_requirements: requirements } : {}) };
  return { answer: { ...demand, more }, about: aboutOf(login), logType: 'mfar' };
};

const impossible: Cell = (_context, { login }) => {
  throw new Error(`a login of the token endpoint rests in ${login.state.name}`);
};

const TOKEN_DOOR: Door<TokenContext, Granted> = {
  identifying: ({ wrong }, { notice }) => ({ answer: notice ? refusedBy(notice, wrong) : wrong }),
  gated: impossible,
  expecting: impossible,
  choosing: furtherFactor,
  challenging: furtherFactor,
  enrolling: furtherFactor,
  // Nobody can be sent anywhere by an answer of this endpoint: the runtime ends such a login before it rests.
  redirected: impossible,
  consenting: impossible,
  suggesting: impossible,
  informing: impossible,
  resetting: impossible,
  completed: ({ grant, gone }, { login, recoveryCode }) =>
    issueTokens(grant, {
      login,
      gone,
      tellsScope: true,
      ...(recoveryCode === undefined ? {} : { recoveryCode }),
    }),
  denied: (_context, { login }) => ({
    answer: refusal(403, login.state.code, login.state.reason),
    about: aboutOf(login),
  }),
};

export async function answerByToken(context: TokenContext, shown: Shown): Promise<Granted> {
  return show(TOKEN_DOOR, context, shown);
}

/** What a script's command asked for; a demand of the tenant's policy says nothing more. */
function requirementsOf({ state }: RestedLogin): JsonObject | undefined {
  if (!('offers' in state) || !state.ask || state.ask.kind === 'challenge-or-enroll') return undefined;
  const kind = state.ask.kind === 'enroll' ? 'enroll' : 'challenge';
  return { [kind]: state.offers.map(({ factor }) => ({ type: factor })) };
}

export function aboutOf({ subject }: RestedLogin): NonNullable<Granted['about']> {
  if (subject.kind !== 'user') return {};
  return { userId: subject.userId, connection: subject.connection, connectionId: subject.connectionId };
}

/** Texts that Auth0's clients match on. */
export function refusedBy(notice: Notice, wrong: TokenRefusal): TokenRefusal {
  switch (notice.key) {
    case 'too-many-failures': {
      const text = 'Too many failed codes. Wait for some minutes before retrying.';
      return { ...refusal(429, 'invalid_request', text), retryAfterSeconds: notice.retryAfterSeconds };
    }
    case 'too-many-sms':
    case 'too-many-voice':
    case 'too-many-email': {
      const { key, ...wait } = notice;
      return { ...refusal(429, 'invalid_request', TOO_MANY_MESSAGES[key]), ...wait };
    }
    case 'too-many-push':
      return refusal(429, 'invalid_request', TOO_MANY_MESSAGES[notice.key]);
    case 'send-sms-failed':
    case 'send-voice-failed':
    case 'send-email-failed':
      return notSent(UNSENT[notice.key]);
    case 'user-blocked':
      return refusal(429, 'too_many_attempts', BLOCKED);
    case 'ip-blocked':
      return { ...refusal(429, 'too_many_attempts', ADDRESS_BLOCKED), retryAfterSeconds: notice.retryAfterSeconds };
    case 'same-user-login':
      return { ...refusal(429, 'too_many_logins', TOO_MANY_LOGINS), retryAfterSeconds: notice.retryAfterSeconds };
    case 'password-breached':
      return refusal(403, 'password_leaked', 'This login has been blocked because your password has been leaked.');
    case 'transaction-rejected':
      return refusal(400, 'access_denied', 'MFA Authorization rejected.');
    case 'transaction-not-found':
      return refusal(401, 'expired_token', 'oob_code is expired');
    case 'invalid-phone':
      return refusal(400, 'invalid_request', 'The phone number is invalid.');
    case 'invalid-email':
      return refusal(400, 'invalid_request', 'The email is invalid.');
    default:
      return wrong;
  }
}

const BLOCKED =
  "Your account has been blocked after multiple consecutive login attempts. We've sent you an email with instructions on how to unblock it.";
const ADDRESS_BLOCKED = 'Your address has been blocked after too many failed login attempts.';
const TOO_MANY_LOGINS = 'Too many login attempts for this user. Please wait, and try again later.';

const UNSENT = { 'send-sms-failed': 'sms', 'send-voice-failed': 'voice', 'send-email-failed': 'email' } as const;

const TOO_MANY_MESSAGES = {
  'too-many-sms': 'Too many SMS sent by the user. Wait for some minutes before retrying.',
  'too-many-voice': 'Too many calls made to the user. Wait for some minutes before retrying.',
  'too-many-email': 'Too many emails sent by the user. Wait for some minutes before retrying.',
  'too-many-push': 'Too many push notifications sent to the user. Wait for some minutes before retrying.',
} as const;
