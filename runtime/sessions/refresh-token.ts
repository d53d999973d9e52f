// Refresh tokens: what a new one is, which key of it is still good, and what an exchange makes of it. All tokens that came
// from one login are one row; keys carry the generation they were made for. Rules: RFC 9700 §4.14, wire reference §1.3.
import type { ClientRecord, Json, JsonObject, RefreshTokenRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Caller, Random } from '../ports.ts';
import type { LogDraft } from '../transaction/input.ts';
import { type LoginTransaction, type RefreshTokenChanges, toSessionMethods } from '../transaction/transaction.ts';
import { sessionMetadata } from './session.ts';

/** How a client's refresh tokens live. Absent lifetimes: without end. */
export type RefreshTokenPolicy = {
  rotating: boolean;
  /** How long the former key of a rotated token is still taken. */
  leewaySeconds: number;
  lifetimeSeconds?: number;
  idleLifetimeSeconds?: number;
};

const THIRTY_DAYS = 2_592_000;
const FIFTEEN_DAYS = 1_296_000;

/** The client's `refresh_token` settings, with Auth0's defaults where they are silent. */
export function refreshTokenPolicy({ settings, authMethod }: ClientRecord): RefreshTokenPolicy {
  const own = isObject(settings.refresh_token) ? settings.refresh_token : {};
  // A client that can keep no secret rotates: a stolen key is then seen (RFC 9700 §4.14.2).
  const rotating = own.rotation_type === undefined ? authMethod === 'none' : own.rotation_type === 'rotating';
  const expiring = own.expiration_type === undefined ? rotating : own.expiration_type === 'expiring';
  const seconds = (value: Json | undefined, otherwise: number) => (typeof value === 'number' ? value : otherwise);
  return {
    rotating,
    leewaySeconds: seconds(own.leeway, 0),
    ...(expiring && own.infinite_token_lifetime !== true
      ? { lifetimeSeconds: seconds(own.token_lifetime, THIRTY_DAYS) }
      : {}),
    ...(expiring && own.infinite_idle_token_lifetime !== true
      ? { idleLifetimeSeconds: seconds(own.idle_token_lifetime, FIFTEEN_DAYS) }
      : {}),
  };
}

/** Keys that never run out are kept until their row goes. */
const NEVER = Number.MAX_SAFE_INTEGER;

/** The write of a key for the present generation. */
export function keyChange(token: RefreshTokenRecord, key: string): Change {
  const { tenantId, id: targetId, generation: ask, expiresAt = NEVER } = token;
  return { kind: 'handle.insert', handle: { tenantId, kind: 'refresh-token', key, targetId, ask, expiresAt } };
}

export type NewRefreshToken = {
  login: Pick<LoginTransaction, 'tenantId' | 'subject' | 'request' | 'methods' | 'outcome' | 'sessionId' | 'binding'>;
  client: ClientRecord;
  /** Granted. */
  scope: string[];
  caller: Pick<Caller, 'ip' | 'userAgent'>;
  keyThumbprint?: string;
};

/** The token that a login is given. Scripts may have cut its life and left metadata. */
export function newRefreshToken(random: Random, made: NewRefreshToken, now: number): RefreshTokenRecord {
  const { login, client, scope, caller, keyThumbprint } = made;
  const { subject, request, outcome, tenantId } = login;
  if (subject.kind !== 'user') throw new Error('a refresh token needs a user');
  const policy = refreshTokenPolicy(client);
  const seen = { initialIp: caller.ip, lastIp: caller.ip };
  const { userAgent } = caller;
  const agent = userAgent === undefined ? {} : { initialUserAgent: userAgent, lastUserAgent: userAgent };
  const metadata = sessionMetadata(undefined, outcome.refreshToken);
  return {
    tenantId,
    id: `rt_${random.letters(24)}`,
    userId: subject.userId,
    clientId: client.id,
    ...(login.binding === undefined ? {} : { sessionId: login.sessionId }),
    connectionId: subject.connectionId,
    connection: subject.connection,
    strategy: subject.strategy,
    ...(request.audience === undefined ? {} : { audience: request.audience }),
    scope,
    ...(request.organizationId === undefined ? {} : { organizationId: request.organizationId }),
    methods: toSessionMethods(login.methods),
    authenticatedAt: Math.max(0, ...login.methods.map(({ at }) => at)) || now,
    rotating: policy.rotating,
    generation: 1,
    rotatedAt: now,
    ...(keyThumbprint === undefined ? {} : { keyThumbprint }),
    device: { ...seen, ...agent },
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    createdAt: now,
    updatedAt: now,
    ...limits(outcome.refreshToken, policy, undefined, now).times,
  };
}

/** Neither its absolute nor its idle limit has passed. */
export function isLive({ expiresAt = NEVER, idleExpiresAt = NEVER }: RefreshTokenRecord, now: number): boolean {
  return now < expiresAt && now < idleExpiresAt;
}

/**
 * Whether a key of `generation` still opens the token. `spent`: it was rotated away: somebody else has used it, and all that
 * came from it must go (RFC 9700 §4.14.2).
 */
export function judgeKey(
  token: RefreshTokenRecord,
  generation: number,
  leewaySeconds: number,
  now: number,
): 'good' | 'spent' | 'expired' {
  if (!isLive(token, now)) return 'expired';
  if (generation === token.generation) return 'good';
  const inLeeway = generation === token.generation - 1 && now < token.rotatedAt + leewaySeconds * 1000;
  return inLeeway ? 'good' : 'spent';
}

/**
 * What the completing commit writes where a login came from a refresh token: the exchange, and with it, where the token
 * rotates, the end of the key that was presented. `spent`: another exchange came first.
 */
export function exchangeChanges(
  tx: LoginTransaction,
  { refreshToken: token, client }: { refreshToken?: RefreshTokenRecord; client?: ClientRecord },
  caller: Caller,
  now: number,
): 'spent' | { changes: Change[]; logs: LogDraft[] } {
  const { origin } = tx;
  if (origin.kind !== 'refresh-token') return { changes: [], logs: [] };
  if (!token || !client) return 'spent';
  const policy = refreshTokenPolicy(client);
  if (judgeKey(token, origin.generation, policy.leewaySeconds, now) !== 'good') return 'spent';
  // The former key within its leeway gets one more key of the generation that has taken its place.
  const rotates = token.rotating && origin.generation === token.generation;
  const { times, logs } = limits(tx.outcome.refreshToken, policy, token, now);
  const { metadata: _former, expiresAt: _end, idleExpiresAt: _idle, ...kept } = token;
  const metadata = sessionMetadata(token.metadata, tx.outcome.refreshToken);
  const next: RefreshTokenRecord = {
    ...kept,
    ...times,
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    generation: token.generation + (rotates ? 1 : 0),
    rotatedAt: rotates ? now : token.rotatedAt,
    device: {
      ...token.device,
      lastIp: caller.ip,
      ...(caller.userAgent === undefined ? {} : { lastUserAgent: caller.userAgent }),
    },
    lastExchangedAt: now,
    updatedAt: now,
  };
  return { changes: [{ kind: 'refresh-token.replace', generation: token.generation, token: next }], logs };
}

/** Scripts may shorten what the client's settings grant; never more. */
function limits(
  changes: RefreshTokenChanges,
  { lifetimeSeconds, idleLifetimeSeconds }: RefreshTokenPolicy,
  former: RefreshTokenRecord | undefined,
  now: number,
): { times: { expiresAt?: number; idleExpiresAt?: number }; logs: LogDraft[] } {
  const logs: LogDraft[] = [];
  const least = (asked: number | undefined, most: number | undefined, what: string): number | undefined => {
    if (asked === undefined) return most;
    if (most === undefined || asked <= most) return asked;
    const description = `A script set the ${what} of the refresh token beyond the limit, which stands.`;
    logs.push({ type: 'w', description });
    return most;
  };
  const granted = lifetimeSeconds === undefined ? undefined : now + lifetimeSeconds * 1000;
  const expiresAt = least(changes.expiresAt, former ? former.expiresAt : granted, 'absolute expiry');
  const idle = idleLifetimeSeconds === undefined ? undefined : now + idleLifetimeSeconds * 1000;
  const idleExpiresAt = least(changes.idleExpiresAt, idle, 'idle expiry');
  return {
    times: {
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(idleExpiresAt === undefined ? {} : { idleExpiresAt }),
    },
    logs,
  };
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
