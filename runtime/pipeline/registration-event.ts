// The events of a sign-up: before there is an account, and after. The password is in neither.
import type { PostUserRegistrationEvent } from '#actions/post-user-registration.ts';
import type { PreUserRegistrationEvent } from '#actions/pre-user-registration.ts';
import type { ClientRecord, ConnectionRecord, TenantRecord, UserRecord } from '#storage/records.ts';
import type { Caller } from '../ports.ts';
import type { Place } from '../risk/geography.ts';
import type { LoginRequest, Registration } from '../transaction/transaction.ts';
import { accountOf, askedFor, clientOf, connectionOf, originOf, securityContext } from './event-pieces.ts';

/** Where somebody signs up. */
export type SignUpPlace = {
  tenant: TenantRecord;
  client: ClientRecord;
  connection: ConnectionRecord;
  caller: Caller;
  place: Place | undefined;
  /** The authorization request, where the sign-up belongs to a login. */
  request?: LoginRequest;
};

export function preRegistrationEvent(where: SignUpPlace, registration: Registration): PreUserRegistrationEvent {
  const { tenant, client, connection, caller, place, request } = where;
  const { email, username, phoneNumber, profile, userMetadata, extra } = registration;
  const { name, givenName, familyName, nickname, picture } = profile;
  const filledIn = present({
    email,
    username,
    phone_number: phoneNumber,
    name,
    given_name: givenName,
    family_name: familyName,
    nickname,
    picture,
  });
  const hasMetadata = Object.keys(userMetadata).length > 0;
  return {
    client: clientOf(client),
    configuration: {},
    connection: connectionOf(connection),
    request: {
      ...originOf(tenant, caller, place),
      body: { ...extra, ...filledIn, ...(hasMetadata ? { user_metadata: userMetadata } : {}) },
    },
    ...securityContext(caller),
    tenant: { id: tenant.name },
    ...(request ? { transaction: askedFor(request) } : {}),
    user: { ...filledIn, user_metadata: userMetadata, app_metadata: {} },
  };
}

export function postRegistrationEvent(
  { tenant, connection, caller, place, request }: Omit<SignUpPlace, 'client'>,
  user: UserRecord,
): PostUserRegistrationEvent {
  return {
    configuration: {},
    connection: connectionOf(connection),
    request: originOf(tenant, caller, place),
    ...securityContext(caller),
    tenant: { id: tenant.name },
    ...(request ? { transaction: askedFor(request) } : {}),
    user: accountOf(user),
  };
}

function present<T extends Record<string, string | undefined>>(fields: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: string;
  };
}
