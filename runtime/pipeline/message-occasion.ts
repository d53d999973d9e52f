// What the events of messages are made of: the rows around a message as they are when it leaves. A message that waited, or
// that a worker found, is told of the person and the application of now.
import type { CustomEmailProviderEvent } from '#actions/custom-email-provider.ts';
import type { MessageSurroundings, MessageTenant } from '#actions/custom-phone-provider.ts';
import type { PostUserRegistrationEvent } from '#actions/post-user-registration.ts';
import type {
  ClientRecord,
  ConnectionRecord,
  Json,
  MessageRecord,
  OrganizationRecord,
  TenantRecord,
} from '#storage/records.ts';
import type { Person } from '../factors/factor.ts';
import type { Caller, Ports } from '../ports.ts';
import type { Place } from '../risk/geography.ts';
import { decode } from '../transaction/snapshot.ts';
import { clientOf, connectionOf, iso, organizationOf } from './event-pieces.ts';

export type MessageOccasion = {
  tenant: TenantRecord;
  message: MessageRecord;
  client?: ClientRecord;
  connection?: ConnectionRecord;
  organization?: OrganizationRecord;
  /** Absent where the address or number belongs to no account. */
  person?: Person;
  /** Who asked for it; undefined where no request did. */
  caller?: Caller;
  place?: Place;
  /** Parameters of the login's request. */
  query: Record<string, string>;
};

export async function loadMessageOccasion(
  { store, geography }: Pick<Ports, 'store' | 'geography'>,
  tenant: TenantRecord,
  message: MessageRecord,
): Promise<MessageOccasion> {
  const { about, transactionId } = message;
  const { clientId, connectionId, organizationId, userId, ip, userAgent } = about?.place ?? {};
  const [client, connection, organization, user, authenticators, row] = await Promise.all([
    clientId === undefined ? undefined : store.clients.find(tenant.id, clientId),
    connectionId === undefined ? undefined : store.connections.find(tenant.id, connectionId),
    organizationId === undefined ? undefined : store.organizations.find(tenant.id, organizationId),
    userId === undefined ? undefined : store.users.find(tenant.id, userId),
    userId === undefined ? [] : store.authenticators.ofUser(tenant.id, userId),
    transactionId === undefined ? undefined : store.transactions.find(tenant.id, transactionId),
  ]);
  const place = ip === undefined ? undefined : geography.locate(ip);
  const { language, origin } = about ?? {};
  return {
    tenant,
    message,
    ...(client ? { client } : {}),
    ...(connection ? { connection } : {}),
    ...(organization ? { organization } : {}),
    ...(user ? { person: { tenant, user, authenticators } } : {}),
    ...(ip === undefined
      ? {}
      : {
          caller: {
            ip,
            method: 'POST',
            ...(userAgent === undefined ? {} : { userAgent }),
            ...(language === undefined ? {} : { language }),
            ...origin,
          },
        }),
    ...(place ? { place } : {}),
    query: (row && decode(row.transaction.snapshot)?.request.query) ?? {},
  };
}

/** What every message of a tenant with a provider of its own tells beside itself. */
export function messageSurroundings(occasion: MessageOccasion): MessageSurroundings {
  const { tenant, client, connection, organization } = occasion;
  return {
    client: client ? clientOf(client) : { client_id: '', name: 'All Applications', metadata: {} },
    configuration: {},
    ...(connection ? { connection: connectionOf(connection) } : {}),
    ...(organization ? { organization: organizationOf(organization) } : {}),
    tenant: messageTenantOf(tenant),
    ...correlationOf(occasion),
  };
}

export function correlationOf({ query }: Pick<MessageOccasion, 'query'>): { transaction?: { correlation_id: string } } {
  return query.correlation_id === undefined ? {} : { transaction: { correlation_id: query.correlation_id } };
}

/** The tenant as messages show it, with what it has said of itself. */
function messageTenantOf({ name, friendlyName, branding, settings }: TenantRecord): MessageTenant {
  const told = {
    friendly_name: friendlyName,
    home_url: settings.default_redirection_uri,
    logo_url: branding?.logo_url ?? settings.picture_url,
    support_email: settings.support_email,
    support_url: settings.support_url,
  } satisfies { [name: string]: Json | undefined };
  return {
    id: name,
    ...Object.fromEntries(Object.entries(told).filter(([, value]) => typeof value === 'string' && value !== '')),
  };
}

/** Somebody who has no account yet: the address, or the number, and nothing else. */
export function addresseeOf({ channel, to, at }: MessageRecord): PostUserRegistrationEvent['user'] {
  return {
    user_id: '',
    ...(channel === 'email' ? { email: to } : { phone_number: to, phone_verified: false }),
    email_verified: false,
    created_at: iso(at),
    updated_at: iso(at),
    app_metadata: {},
    user_metadata: {},
    identities: [],
  };
}

/** A person as scripts for mails read them: without accounts and dates. */
export function reducedUser(user: PostUserRegistrationEvent['user']): CustomEmailProviderEvent['user'] {
  const { created_at, updated_at, identities, phone_verified, last_password_reset, ...reduced } = user;
  return reduced as CustomEmailProviderEvent['user'];
}
