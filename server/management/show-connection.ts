// Management: a connection on the wire. Its options are given back as they are kept, credentials included: whoever may read
// connections is trusted with them, as on the wire.
import { z } from 'zod';
import type { ConnectionRecord, TenantRecord } from '#storage/records.ts';
import { traitsOf } from './connection-strategies.ts';
import { jsonObject, optional } from './fields.ts';

const active = z.looseObject({ active: z.boolean() });

export const connectionShape = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    strategy: z.string(),
    display_name: z.string().optional(),
    options: jsonObject,
    is_domain_connection: z.boolean(),
    show_as_button: z.boolean().optional(),
    provisioning_ticket_url: z.string().optional(),
    authentication: active.optional(),
    connected_accounts: active.optional(),
    cross_app_access_requesting_app: active.optional(),
    realms: z.array(z.string()),
    enabled_clients: z.array(z.string()),
    metadata: z.record(z.string(), z.string()).optional(),
  })
  .meta({ id: 'Connection' });

/** The setting that holds the last part of a ticket's address. */
export const TICKET = 'provisioning_ticket';

export function showConnection(connection: ConnectionRecord, tenant: TenantRecord): Record<string, unknown> {
  const { purpose, button } = traitsOf(connection.strategy);
  const { [TICKET]: ticket, ...settings } = connection.settings;
  return {
    id: connection.id,
    options: connection.options,
    strategy: connection.strategy,
    name: connection.name,
    ...optional('display_name', connection.displayName),
    ...(typeof ticket === 'string'
      ? { provisioning_ticket_url: `${tenant.baseUrl}/p/${connection.strategy}/${ticket}` }
      : {}),
    is_domain_connection: false,
    ...(button ? { show_as_button: false } : {}),
    ...(purpose ? { authentication: { active: true }, connected_accounts: { active: false } } : {}),
    realms: [connection.name],
    ...settings,
    enabled_clients: connection.enabledClients,
    ...(Object.keys(connection.metadata).length === 0 ? {} : { metadata: connection.metadata }),
  };
}
