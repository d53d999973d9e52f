// Management: a connection as an organization has enabled it, kept in the organization's row.
import { z } from 'zod';
import type { ConnectionRecord, OrganizationRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import { text } from './fields.ts';

const flags = {
  assign_membership_on_login: z.boolean().optional(),
  show_as_button: z.boolean().optional(),
  is_signup_enabled: z.boolean().optional(),
};

export const enabledConnection = z.strictObject({ connection_id: text(64), ...flags });
export const enabledConnectionChange = z.strictObject(flags);
export type EnabledConnectionInput = z.output<typeof enabledConnection>;

export type EnabledConnection = {
  connection_id: string;
  assign_membership_on_login: boolean;
  show_as_button: boolean;
  /** Database connections only. */
  is_signup_enabled?: boolean;
};

/** With its defaults. */
export function toEnabled(input: EnabledConnectionInput, connection: ConnectionRecord): EnabledConnection {
  return {
    connection_id: connection.id,
    assign_membership_on_login: input.assign_membership_on_login ?? false,
    show_as_button: input.show_as_button ?? true,
    ...(connection.strategy === 'auth0' ? { is_signup_enabled: input.is_signup_enabled ?? false } : {}),
  };
}

/** Sign-up makes members; where membership is not assigned, it may not be open. */
export const isContradictory = (enabled: EnabledConnection): boolean =>
  enabled.is_signup_enabled === true && !enabled.assign_membership_on_login;

const stored: z.ZodType<EnabledConnection[]> = z.array(
  z.object({
    connection_id: z.string(),
    assign_membership_on_login: z.boolean(),
    show_as_button: z.boolean(),
    is_signup_enabled: z.boolean().exactOptional(),
  }),
);

/** In the order they were enabled. */
export function enabledOf(organization: OrganizationRecord): EnabledConnection[] {
  return stored.parse(organization.settings.enabled_connections ?? []);
}

export async function showEnabled(store: Store, tenantId: string, enabled: EnabledConnection) {
  const connection = await store.connections.find(tenantId, enabled.connection_id);
  return {
    ...enabled,
    ...(connection ? { connection: { name: connection.name, strategy: connection.strategy } } : {}),
  };
}
