// Delivery: what a template of a mail may speak of, under the vendor's names.
import type { JsonObject, MessageRecord, TenantRecord } from '#storage/records.ts';
import { accountOf, clientOf, connectionOf, organizationOf } from '../pipeline/event-pieces.ts';
import { addresseeOf, loadMessageOccasion } from '../pipeline/message-occasion.ts';
import type { Ports } from '../ports.ts';

export async function mailScope(
  ports: Pick<Ports, 'store' | 'geography'>,
  tenant: TenantRecord,
  message: MessageRecord,
): Promise<object> {
  const { client, connection, organization, person, place, caller } = await loadMessageOccasion(ports, tenant, message);
  const { about, code } = message;
  const { settings } = tenant;
  const user = person ? accountOf(person.user) : addresseeOf(message);
  return {
    application: {
      name: client?.name ?? tenant.friendlyName ?? tenant.name,
      clientID: client?.id ?? '',
      client_metadata: client?.metadata ?? {},
      callback_domain: originOf(client?.callbacks[0]) ?? '',
      ...(client ? clientOf(client) : {}),
    },
    connection: connection ? connectionOf(connection) : { name: about?.place?.connection ?? '' },
    organization: organization
      ? { ...organizationOf(organization), branding: organization.settings.branding ?? {} }
      : { display_name: about?.values?.organization ?? '', name: about?.values?.organization ?? '' },
    user: {
      ...user,
      ...(user.email === undefined ? { email: message.to } : {}),
      source_ip: caller?.ip ?? '',
      city: place?.cityName ?? '',
      country: place?.countryName ?? '',
    },
    inviter: { name: about?.values?.inviter ?? '' },
    url: about?.link ?? '',
    link: about?.link ?? '',
    code: code ?? '',
    password: code ?? '',
    tenant: tenant.name,
    friendly_name: tenant.friendlyName ?? tenant.name,
    support_email: settings.support_email ?? '',
    support_url: settings.support_url ?? '',
    home_url: settings.default_redirection_uri ?? '',
    custom_domain: { domain: new URL(tenant.baseUrl).host },
    branding: tenant.branding ?? ({} satisfies JsonObject),
    request_language: about?.language ?? about?.locale ?? '',
    locale: about?.locale ?? '',
  };
}

function originOf(address: string | undefined): string | undefined {
  return address !== undefined && URL.canParse(address) ? new URL(address).origin : undefined;
}
