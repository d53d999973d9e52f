// The event a post-login script reads, made from fresh rows once per chain and shared by its Actions as one string.
// Properties and their presence: actions-api reference, sections 1.1 to 1.3a. Nothing secret is ever put in.
import type { PostLoginEvent } from '#actions/post-login.ts';
import type { SessionRecord, UserRecord } from '#storage/records.ts';
import { enrolledFactors } from '../factors/catalogue.ts';
import type { Caller } from '../ports.ts';
import type { LoginTransaction } from '../transaction/transaction.ts';
import { personOf, type World } from './world.ts';

export type Occasion = {
  tx: LoginTransaction;
  world: World;
  caller: Caller;
  /** One more when this very request proved the first factor: its row is written with the rest of the step. */
  loginsCount: number;
};

export function buildEvent({ tx, world, caller, loginsCount }: Occasion): PostLoginEvent {
  const { request } = tx;
  const { tenant, client, connection, organization } = world;
  const person = personOf(world);
  if (!client) throw new Error('an event needs a client');
  const factors = enrolledFactors(person);
  return {
    authentication: {
      methods: tx.methods.map(({ name, type, at }) => ({
        name,
        timestamp: iso(at),
        ...(type === undefined ? {} : { type }),
      })),
    },
    authorization: { roles: world.roles },
    client: { client_id: client.id, name: client.name, metadata: client.metadata },
    configuration: {},
    connection: {
      id: connection?.id ?? '',
      name: connection?.name ?? person.user.connection,
      strategy: connection?.strategy ?? 'auth0',
      metadata: connection?.metadata ?? {},
    },
    ...(organization
      ? {
          organization: {
            id: organization.id,
            name: organization.name,
            display_name: organization.displayName ?? organization.name,
            metadata: organization.metadata,
          },
        }
      : {}),
    request: {
      ip: caller.ip,
      method: caller.method,
      query: request.query,
      body: {},
      geoip: {},
      hostname: new URL(tenant.baseUrl).host,
      ...(caller.language === undefined ? {} : { language: caller.language }),
      ...(caller.userAgent === undefined ? {} : { user_agent: caller.userAgent }),
    },
    ...(request.audience === undefined ? {} : { resource_server: { identifier: request.audience } }),
    session: sessionOf(tx, world.session),
    stats: { logins_count: loginsCount },
    tenant: { id: tenant.name },
    transaction: {
      id: tx.id,
      acr_values: request.acrValues,
      locale: request.locale,
      ...(request.loginHint === undefined ? {} : { login_hint: request.loginHint }),
      ...(request.prompt.length === 0 ? {} : { prompt: request.prompt }),
      protocol: 'oidc-basic-profile',
      redirect_uri: request.redirectUri,
      requested_scopes: request.scope,
      response_mode: request.responseMode,
      response_type: [request.responseType],
      ...(request.state === undefined ? {} : { state: request.state }),
      ui_locales: request.uiLocales,
      metadata: {},
    },
    user: userOf(person.user, factors),
  };
}

function userOf(user: UserRecord, factors: PostLoginEvent['user']['enrolledFactors']): PostLoginEvent['user'] {
  const optional = {
    email: user.email,
    name: user.name,
    nickname: user.nickname,
    given_name: user.givenName,
    family_name: user.familyName,
    picture: user.picture,
    username: user.username,
    phone_number: user.phoneNumber,
    phone_verified: user.phoneNumber === undefined ? undefined : user.phoneVerified,
    last_password_reset: user.passwordChangedAt === undefined ? undefined : iso(user.passwordChangedAt),
  };
  const present = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return {
    ...(present as Partial<PostLoginEvent['user']>),
    user_id: user.id,
    created_at: iso(user.createdAt),
    updated_at: iso(user.updatedAt),
    email_verified: user.emailVerified,
    app_metadata: user.appMetadata,
    user_metadata: user.userMetadata,
    identities: user.identities.map(({ connection, provider, userId, isSocial }) => ({
      connection,
      provider,
      user_id: userId,
      isSocial,
    })),
    enrolledFactors: factors,
    // E-mail alone does not count; the wire knows one word for all the others.
    multifactor: factors.some(({ type }) => type !== 'email') ? ['guardian'] : [],
  };
}

function sessionOf(tx: LoginTransaction, session: SessionRecord | undefined): PostLoginEvent['session'] {
  if (!session) return { id: tx.sessionId };
  const { initialIp, initialUserAgent, lastIp, lastUserAgent } = session.device;
  return {
    id: session.id,
    user_id: session.userId,
    created_at: iso(session.createdAt),
    updated_at: iso(session.updatedAt),
    authenticated_at: iso(session.authenticatedAt),
    last_interacted_at: iso(session.updatedAt),
    idle_expires_at: iso(session.idleExpiresAt),
    expires_at: iso(session.expiresAt),
    clients: session.clients.map((client_id) => ({ client_id })),
    device: {
      ...(initialIp === undefined ? {} : { initial_ip: initialIp }),
      ...(initialUserAgent === undefined ? {} : { initial_user_agent: initialUserAgent }),
      ...(lastIp === undefined ? {} : { last_ip: lastIp }),
      ...(lastUserAgent === undefined ? {} : { last_user_agent: lastUserAgent }),
    },
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
