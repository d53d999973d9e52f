// What an Action commanded, taken in call order: the outcome it shapes, what the person is asked for, and how it ends.
// Pure, like every step. A denial beats every challenge; what was recorded beside it is kept (Actions reference, §2.12).
import type { LoginCommand } from '#actions/password-reset-post-challenge-command.ts';
import { CUSTOM_CLAIMS_BYTES } from '#actions/post-login/tokens.ts';
import { TRANSACTION_BYTES } from '#actions/post-login/transaction.ts';
import type { JsonObject } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import { actionDetails, type LogDraft } from './input.ts';
import { deny, dropMetadata, type InputOf, type Moved, metadataChanges, move, type Step } from './move.ts';
import {
  type ActionName,
  type Ask,
  type FactorRequest,
  type LoginTransaction,
  type Outcome,
  proceed,
} from './transaction.ts';

/** At most this many MFA commands may execute in one login, all Actions together. */
export const MFA_COMMANDS_PER_LOGIN = 4;
/** How often one login may be sent away: two Actions that send each other's people round would never end. */
export const REDIRECTS_PER_LOGIN = 10;

type OrdinalLess<T> = T extends Ask ? Omit<T, 'ordinal' | 'askedBy'> : never;

/** What one run adds to a login. */
type Effects = {
  outcome: Outcome;
  metadata: LoginTransaction['metadata'];
  enable: LoginTransaction['mfa']['enable'] | undefined;
  asks: OrdinalLess<Ask>[];
  /** Where the Action sends the person once its factors are shown. */
  away?: OrdinalLess<Ask>;
  ending?: { reason: string; code?: string; revokes?: Revocation };
};

/** What ends with the login. `alone`: the session's refresh tokens stay good. */
type Revocation = { what: 'session'; alone: boolean } | { what: 'refresh-token' };

export function applyCommands(tx: LoginTransaction, input: InputOf<'ran'>, now: number): Step {
  const { action, commands, primary, logs } = input;
  const effects: Effects = {
    outcome: structuredClone(tx.outcome),
    metadata: { ...tx.metadata },
    enable: tx.mfa.enable,
    asks: [],
  };
  for (const command of commands) apply(effects, command);

  const { asks, away, ending } = effects;
  const queue = [...asks, ...(away ? [away] : [])].map(
    (ask, index): Ask => ({ ...ask, ordinal: tx.asked + index + 1, askedBy: action }),
  );
  const commanded = tx.mfa.commanded + asks.length;
  const { enable } = effects;
  const ran: LoginTransaction = {
    ...tx,
    outcome: effects.outcome,
    metadata: effects.metadata,
    // The Action that sends somebody away is not over: it goes on in its second handler.
    cursor: away ? tx.cursor : tx.cursor + 1,
    queue: [...tx.queue, ...queue],
    asked: tx.asked + queue.length,
    redirects: tx.redirects + (away ? 1 : 0),
    mfa: { ...tx.mfa, commanded, ...(enable ? { enable } : {}) },
  };
  const fail = (reason: string) =>
    deny(
      dropMetadata(tx),
      'access_denied',
      reason,
      [...logs, { type: 'f', description: reason, details: actionDetails(action) }],
      now,
    );

  if (ending) {
    if (!primary) return end(ran, ending, action, logs, now);
    const ended = end(switched(tx, ran, primary), ending, action, logs, now);
    return { ...ended, changes: [...metadataChanges(tx, now), ...ended.changes] };
  }
  if (commanded > MFA_COMMANDS_PER_LOGIN) {
    return fail('The scripts asked for more MFA challenges than the limit of four in one login.');
  }
  if (ran.redirects > REDIRECTS_PER_LOGIN) {
    return fail('The scripts sent the person away more often than the limit of ten times in one login.');
  }
  const { idTokenClaims, accessTokenClaims } = ran.outcome;
  if (sizeOf([idTokenClaims, accessTokenClaims]) > CUSTOM_CLAIMS_BYTES) {
    return fail('The custom claims are larger than the limit of 100 KB.');
  }
  if (sizeOf(ran.metadata) > TRANSACTION_BYTES) {
    return fail('The transaction metadata is larger than the limit of 16 KB.');
  }
  if (!primary) return move(ran, proceed(ran), { logs });
  const next = switched(tx, ran, primary);
  // What earlier Actions left pending belongs to the account they saw; what this one set is lost with the switch.
  return move(next, proceed(next), { changes: metadataChanges(tx, now), logs });
}

function apply(effects: Effects, command: LoginCommand): void {
  const { outcome, asks } = effects;
  const { session, refreshToken } = outcome;
  switch (command.name) {
    case 'access.deny':
      effects.ending ??= { reason: command.reason };
      return;
    case 'refreshToken.revoke':
      effects.ending ??= { reason: command.reason, revokes: { what: 'refresh-token' } };
      return;
    case 'session.revoke': {
      const revokes = { what: 'session', alone: command.preserveRefreshTokens } as const;
      effects.ending ??= { reason: command.reason, revokes };
      return;
    }
    case 'validation.error':
      effects.ending ??= { reason: command.message, code: command.code };
      return;
    case 'idToken.setCustomClaim':
      setKey(outcome.idTokenClaims, command.key, command.value);
      return;
    case 'accessToken.setCustomClaim':
      setKey(outcome.accessTokenClaims, command.key, command.value);
      return;
    case 'accessToken.addScope':
    case 'accessToken.removeScope': {
      const { scope } = command;
      const others = outcome.scopes.filter((change) => change.scope !== scope);
      outcome.scopes = [...others, { scope, granted: command.name === 'accessToken.addScope' }];
      return;
    }
    case 'user.setAppMetadata':
      setKey(outcome.appMetadata, command.key, command.value);
      return;
    case 'user.setUserMetadata':
      setKey(outcome.userMetadata, command.key, command.value);
      return;
    case 'authentication.challengeWith':
    case 'authentication.enrollWith': {
      const factors = [command.factor, ...command.additionalFactors] as FactorRequest[];
      asks.push(factorAsk(command.name === 'authentication.challengeWith', 'first', factors, effects));
      return;
    }
    case 'authentication.challengeWithAny':
    case 'authentication.enrollWithAny': {
      const factors = command.factors as FactorRequest[];
      asks.push(factorAsk(command.name === 'authentication.challengeWithAny', 'any', factors, effects));
      return;
    }
    case 'authentication.recordMethod':
      session.recordedMethods.push(command.url);
      return;
    case 'multifactor.enable':
      effects.enable = { provider: command.provider, allowRememberBrowser: command.allowRememberBrowser };
      return;
    case 'redirect.sendUserTo':
      effects.away = { kind: 'redirect', url: command.url };
      return;
    case 'prompt.render': {
      const { formId, fields, vars } = command;
      effects.away = { kind: 'form', formId, fields: fields as JsonObject, vars: vars as JsonObject };
      return;
    }
    case 'session.setExpiresAt':
      earliest(session, 'expiresAt', command.at);
      return;
    case 'session.setIdleExpiresAt':
      earliest(session, 'idleExpiresAt', command.at);
      return;
    case 'session.setCookieMode':
      session.cookieMode = command.mode;
      return;
    case 'session.setMetadata':
      setKey(session.metadata, command.key, command.value);
      return;
    case 'session.deleteMetadata':
      setKey(session.metadata, command.key, null);
      return;
    case 'session.evictMetadata':
      evict(session);
      return;
    case 'refreshToken.setExpiresAt':
      earliest(refreshToken, 'expiresAt', command.at);
      return;
    case 'refreshToken.setIdleExpiresAt':
      earliest(refreshToken, 'idleExpiresAt', command.at);
      return;
    case 'refreshToken.setMetadata':
      setKey(refreshToken.metadata, command.key, command.value);
      return;
    case 'refreshToken.deleteMetadata':
      setKey(refreshToken.metadata, command.key, null);
      return;
    case 'refreshToken.evictMetadata':
      evict(refreshToken);
      return;
    case 'transaction.setMetadata':
      if (command.value === null) delete effects.metadata[command.key];
      else setKey(effects.metadata, command.key, command.value);
      return;
    case 'transaction.setResultUrl':
      outcome.resultUrl = command.url;
      return;
    // The cache is no part of a login; who the login is for was looked up before; SAML answers are not made yet.
    default:
  }
}

function factorAsk(
  isChallenge: boolean,
  prefer: 'first' | 'any',
  factors: FactorRequest[],
  { enable }: Effects,
): OrdinalLess<Ask> {
  if (!isChallenge) return { kind: 'enroll', prefer, factors };
  return { kind: 'challenge', prefer, factors, ...(enable?.allowRememberBrowser === false ? { shownAnew: true } : {}) };
}

/** Of several times the earliest stands. */
function earliest(
  target: { expiresAt?: number; idleExpiresAt?: number },
  name: 'expiresAt' | 'idleExpiresAt',
  at: number,
) {
  target[name] = Math.min(target[name] ?? at, at);
}

function evict(target: { metadata: Record<string, string | null>; evicted?: true }): void {
  target.metadata = {};
  target.evicted = true;
}

/** The login is another account's from here on. What was proven with the former one's authenticators meets no ask of it. */
function switched(
  before: LoginTransaction,
  ran: LoginTransaction,
  primary: Extract<LoginTransaction['subject'], { kind: 'user' }>,
): LoginTransaction {
  const { commanded, enable } = ran.mfa;
  return {
    ...dropMetadata(ran),
    subject: primary,
    methods: before.methods.map((method) => (method.name === 'mfa' ? { ...method, in: 'session' as const } : method)),
    mfa: { commanded, ...(enable ? { enable } : {}) },
  };
}

/** Ends the login as the Action wants it; what it recorded beside that is kept. */
function end(
  tx: LoginTransaction,
  { reason, code, revokes }: NonNullable<Effects['ending']>,
  action: ActionName,
  logs: LogDraft[],
  now: number,
): Moved {
  const line: LogDraft = {
    type: 'f',
    description: reason,
    details: { ...actionDetails(action), ...(code === undefined ? {} : { error: { message: reason, code } }) },
  };
  const denied = deny(tx, 'access_denied', reason, [...logs, line], now);
  const { tenantId, subject, origin } = tx;
  if (revokes?.what === 'refresh-token' && origin.kind === 'refresh-token') {
    return { ...denied, changes: [...denied.changes, { kind: 'refresh-token.remove', tenantId, id: origin.tokenId }] };
  }
  if (revokes?.what !== 'session' || origin.kind !== 'session' || subject.kind !== 'user') return denied;
  const { sessionId } = origin;
  const { userId } = subject;
  const tokens: Change[] = revokes.alone
    ? []
    : [{ kind: 'refresh-token.remove-of-session', tenantId, userId, sessionId }];
  return {
    ...denied,
    changes: [
      ...denied.changes,
      { kind: 'session.remove', tenantId, id: sessionId, because: 'session-revoked' },
      ...tokens,
    ],
    logs: [...denied.logs, { type: 'session_revoked', description: reason, details: { session_id: sessionId } }],
  };
}

/** Own keys only: `__proto__` from a script is a key like any other. */
function setKey(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
