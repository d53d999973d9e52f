// Parts of events that triggers have in common, from rows to what scripts read. Nothing secret is ever put in.
// Properties and their presence: actions-api reference, sections 1.2, 1.3 and 5.
import type { PostLoginEvent } from '#actions/post-login.ts';
import type { PostUserRegistrationEvent } from '#actions/post-user-registration.ts';
import type { PreUserRegistrationEvent } from '#actions/pre-user-registration.ts';
import type { ClientRecord, ConnectionRecord, OrganizationRecord, TenantRecord, UserRecord } from '#storage/records.ts';
import type { Caller } from '../ports.ts';
import { geoipOf, type Place } from '../risk/geography.ts';
import type { LoginRequest } from '../transaction/transaction.ts';

export const iso = (at: number): string => new Date(at).toISOString();

export function clientOf({ id, name, metadata }: ClientRecord): PostLoginEvent['client'] {
  return { client_id: id, name, metadata };
}

export function connectionOf({ id, name, strategy, metadata }: ConnectionRecord): PostLoginEvent['connection'] {
  return { id, name, strategy, metadata };
}

export function organizationOf(organization: OrganizationRecord): NonNullable<PostLoginEvent['organization']> {
  const { id, name, displayName, metadata } = organization;
  return { id, name, display_name: displayName ?? name, metadata };
}

/** What every trigger knows of the request behind it. */
export function originOf(
  tenant: TenantRecord,
  caller: Caller,
  place: Place | undefined,
): PostUserRegistrationEvent['request'] {
  return {
    ip: caller.ip,
    method: caller.method,
    geoip: geoipOf(place),
    hostname: new URL(tenant.baseUrl).host,
    ...(caller.language === undefined ? {} : { language: caller.language }),
    ...(caller.userAgent === undefined ? {} : { user_agent: caller.userAgent }),
  };
}

export function securityContext({ ja3, ja4 }: Caller): Pick<PostLoginEvent, 'security_context'> {
  if (ja3 === undefined && ja4 === undefined) return {};
  return { security_context: { ...(ja3 === undefined ? {} : { ja3 }), ...(ja4 === undefined ? {} : { ja4 }) } };
}

/** What the application asked for when it sent the person here. */
export function askedFor(request: LoginRequest): NonNullable<PreUserRegistrationEvent['transaction']> {
  return {
    acr_values: request.acrValues,
    locale: request.locale,
    ...(request.loginHint === undefined ? {} : { login_hint: request.loginHint }),
    ...(request.prompt.length === 0 ? {} : { prompt: request.prompt }),
    ...(request.query.correlation_id === undefined ? {} : { correlation_id: request.query.correlation_id }),
    protocol: request.protocol,
    requested_scopes: request.scope,
    ...replyTo(request),
    ui_locales: request.uiLocales,
  };
}

/** Where the browser is led back to; nothing of it exists where the client is answered directly. */
function replyTo({ reply }: LoginRequest) {
  if (reply.by === 'page') return reply.state === undefined ? {} : { state: reply.state };
  if (reply.by !== 'redirect') return {};
  return {
    redirect_uri: reply.redirectUri,
    response_mode: reply.responseMode,
    response_type: reply.responseTypes,
    ...(reply.state === undefined ? {} : { state: reply.state }),
  };
}

/** An account without its factors, which not every trigger may know. */
export function accountOf(user: UserRecord): PostUserRegistrationEvent['user'] {
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
  // An upstream never speaks under our own names, not even where we have nothing to say.
  const upstream = Object.entries(user.attributes ?? {}).filter(([name]) => !Object.hasOwn(optional, name));
  return {
    ...Object.fromEntries(upstream),
    ...present,
    user_id: user.id,
    created_at: iso(user.createdAt),
    updated_at: iso(user.updatedAt),
    email_verified: user.emailVerified,
    app_metadata: user.appMetadata,
    user_metadata: user.userMetadata,
    identities: user.identities.map(({ connection, provider, userId, isSocial, profileData }) => ({
      connection,
      provider,
      user_id: userId,
      userId,
      isSocial,
      ...(profileData === undefined ? {} : { profileData }),
    })),
  };
}
