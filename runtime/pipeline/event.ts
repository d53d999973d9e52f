// The event a post-login script reads, made afresh from rows for each Action, so that none finds what another has changed.
// Properties and their presence: actions-api reference, sections 1.1 to 1.3a. Nothing secret is ever put in.
import type { Actor } from '#actions/custom-token-exchange-command.ts';
import type { PostLoginEvent } from '#actions/post-login.ts';

type EventRefreshToken = NonNullable<PostLoginEvent['refresh_token']>;

import type { RefreshTokenRecord, SessionRecord, UserRecord } from '#storage/records.ts';
import { enrolledFactors } from '../factors/catalogue.ts';
import { countsOf } from '../policies/document.ts';
import type { Caller } from '../ports.ts';
import type { Place } from '../risk/geography.ts';
import type { RiskAssessment } from '../risk/risk.ts';
import { sessionMetadata } from '../sessions/session.ts';
import type { LoginTransaction, Visit } from '../transaction/transaction.ts';
import {
  accountOf,
  askedFor,
  clientOf,
  connectionOf,
  iso,
  organizationOf,
  originOf,
  securityContext,
} from './event-pieces.ts';
import { personOf, type World } from './world.ts';

export type Occasion = {
  tx: LoginTransaction;
  world: World;
  caller: Caller;
  /** One more when this very request proved the first factor: its row is written with the rest of the step. */
  loginsCount: number;
  risk: RiskAssessment;
  /** Where the caller's address is. */
  place: Place | undefined;
  /** How the person came back to the Action. */
  visit?: Visit | undefined;
  now: number;
};

export function buildEvent(occasion: Occasion): PostLoginEvent {
  const { tx, world, loginsCount, risk, visit } = occasion;
  const { request } = tx;
  const { tenant, client, connection, organization } = world;
  const person = personOf(world);
  if (!client && tx.purpose !== 'password-reset') throw new Error('an event needs a client');
  const factors = enrolledFactors(person);
  return {
    authentication: {
      methods: tx.methods.map(({ name, type, at }) => ({
        name,
        timestamp: iso(at),
        ...(type === undefined ? {} : { type }),
      })),
      riskAssessment: risk,
      ...(tx.door === 'json' ? { interactions: countsOf(tx.interactions) } : {}),
    },
    authorization: { roles: world.roles },
    // An administrator's link to a new password belongs to no application.
    client: client ? clientOf(client) : { client_id: '', name: 'All Applications', metadata: {} },
    configuration: {},
    // A connection may have been removed while its person waited.
    connection: connection
      ? connectionOf(connection)
      : { id: '', name: person.user.connection, strategy: 'auth0', metadata: {} },
    ...(organization ? { organization: organizationOf(organization) } : {}),
    request: requestOf(occasion),
    ...(visit?.kind === 'form' ? { prompt: { id: visit.id, fields: visit.fields, vars: visit.vars } } : {}),
    ...(request.audience === undefined ? {} : { resource_server: { identifier: request.audience } }),
    ...securityContext(occasion.caller),
    ...(tx.binding === undefined ? {} : { session: sessionOf(occasion) }),
    ...(world.refreshToken ? { refresh_token: refreshTokenOf(world.refreshToken, tx) } : {}),
    stats: { logins_count: loginsCount },
    tenant: { id: tenant.name },
    transaction: {
      ...askedFor(request),
      ...named(request.query, 'linking_id'),
      ...authorizationDetails(request.query.authorization_details),
      ...exchangeOf(request),
      id: tx.id,
      metadata: tx.metadata,
    },
    user: userOf(person.user, factors),
  };
}

export function userOf(user: UserRecord, factors: PostLoginEvent['user']['enrolledFactors']): PostLoginEvent['user'] {
  return {
    ...(accountOf(user) as PostLoginEvent['user']),
    enrolledFactors: factors,
    // E-mail alone does not count; the wire knows one word for all the others.
    multifactor: factors.some(({ type }) => type !== 'email') ? ['guardian'] : [],
  };
}

/** Fresh after each pause: who asks now, from where. The query stays that of the authorization request. */
function requestOf({ tx, world, caller, place, visit }: Occasion): PostLoginEvent['request'] {
  const { query, body } = visit?.kind === 'redirect' ? visit : tx.request;
  const asn = caller.asn ?? place?.asn;
  return { ...originOf(world.tenant, caller, place), query, body, ...(asn === undefined ? {} : { asn }) };
}

/** The session as it will be if the login completes: it has its id from the beginning, its row only at the end. */
function sessionOf({ tx, world, caller, place, now }: Occasion): NonNullable<PostLoginEvent['session']> {
  const { session, tenant } = world;
  const own = tx.outcome.session;
  const asn = caller.asn ?? place?.asn;
  const here = {
    ip: caller.ip,
    ...(asn === undefined ? {} : { asn }),
    ...(caller.userAgent === undefined ? {} : { user_agent: caller.userAgent }),
  };
  const expiresAt = session?.expiresAt ?? tx.createdAt + tenant.session.lifetimeSeconds * 1000;
  const idleExpiresAt = session?.idleExpiresAt ?? now + tenant.session.idleLifetimeSeconds * 1000;
  return {
    id: tx.sessionId,
    ...(tx.subject.kind === 'user' ? { user_id: tx.subject.userId } : {}),
    created_at: iso(session?.createdAt ?? tx.createdAt),
    updated_at: iso(session?.updatedAt ?? tx.createdAt),
    authenticated_at: iso(session?.authenticatedAt ?? tx.createdAt),
    last_interacted_at: iso(session?.updatedAt ?? tx.createdAt),
    idle_expires_at: iso(Math.min(expiresAt, idleExpiresAt)),
    expires_at: iso(expiresAt),
    clients: [...new Set([...(session?.clients ?? []), tx.request.clientId])].map((client_id) => ({ client_id })),
    device: { ...initially(session, here), ...prefixed('last', here) },
    cookie: { mode: own.cookieMode ?? session?.cookieMode ?? tenant.session.cookieMode },
    metadata: sessionMetadata(session?.metadata, own),
  };
}

/** The refresh token that is being exchanged. */
function refreshTokenOf(token: RefreshTokenRecord, { outcome }: LoginTransaction): EventRefreshToken {
  const { device, audience } = token;
  return {
    id: token.id,
    client_id: token.clientId,
    user_id: token.userId,
    ...(token.sessionId === undefined ? {} : { session_id: token.sessionId }),
    created_at: iso(token.createdAt),
    ...(token.expiresAt === undefined ? {} : { expires_at: iso(token.expiresAt) }),
    ...(token.idleExpiresAt === undefined ? {} : { idle_expires_at: iso(token.idleExpiresAt) }),
    ...(token.lastExchangedAt === undefined ? {} : { last_exchanged_at: iso(token.lastExchangedAt) }),
    rotating: token.rotating,
    access: 'offline',
    resource_servers: audience === undefined ? [] : [{ audience, scopes: token.scope.join(' ') }],
    device: {
      ...initially({ device }, {}),
      ...prefixed('last', {
        ...(device.lastIp === undefined ? {} : { ip: device.lastIp }),
        ...(device.lastUserAgent === undefined ? {} : { user_agent: device.lastUserAgent }),
      }),
    },
    metadata: sessionMetadata(token.metadata, outcome.refreshToken),
  };
}

function named<Name extends string>(query: Record<string, string>, name: Name): { [K in Name]?: string } {
  const value = query[name];
  return (value === undefined ? {} : { [name]: value }) as { [K in Name]?: string };
}

/** What is told of the tokens of an exchange: of which types they are, and who acts; never the tokens. */
function exchangeOf({ protocol, actor, body }: LoginTransaction['request']): Partial<PostLoginEvent['transaction']> {
  if (protocol !== 'oauth2-token-exchange') return {};
  return {
    ...named(body, 'subject_token_type'),
    // Checked when its script named it.
    ...(actor ? { actor: actor as Actor } : {}),
    ...named(body, 'actor_token_type'),
  };
}

/** RFC 9396 §2: an array of objects, each with a type; anything else is left out. */
function authorizationDetails(
  text: string | undefined,
): Pick<PostLoginEvent['transaction'], 'requested_authorization_details'> {
  const details = text === undefined ? undefined : readJson(text);
  if (!Array.isArray(details)) return {};
  const typed = details.filter((each): each is { type: string } => typeof each?.type === 'string');
  return typed.length === details.length ? { requested_authorization_details: typed } : {};
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not JSON: the parameter is another's, not this one.
  }
}

type Connection = { ip?: string; asn?: string; user_agent?: string };

function initially(session: Pick<SessionRecord, 'device'> | undefined, here: Connection) {
  if (!session) return prefixed('initial', here);
  const { initialIp, initialUserAgent } = session.device;
  return prefixed('initial', {
    ...(initialIp === undefined ? {} : { ip: initialIp }),
    ...(initialUserAgent === undefined ? {} : { user_agent: initialUserAgent }),
  });
}

const prefixed = (prefix: 'initial' | 'last', connection: Connection) =>
  Object.fromEntries(Object.entries(connection).map(([name, value]) => [`${prefix}_${name}`, value]));
