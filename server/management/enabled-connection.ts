// Management: a connection as an organization has it, kept in the organization's row: one list, which two families of routes
// show. The older one knows those that are enabled and fewer of their properties.
import { z } from 'zod';
import type { ConnectionRecord, Json, OrganizationRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import { invalidBody } from './answer.ts';
import { text } from './fields.ts';

const flags = {
  assign_membership_on_login: z.boolean().optional(),
  show_as_button: z.boolean().optional(),
  is_signup_enabled: z.boolean().optional(),
};

/** What members may do with the connection themselves. Kept, without effect here. */
const ACCESS = ['none', 'readonly', 'limited', 'full'] as const;

export const enabledConnection = z.strictObject({ connection_id: text(64), ...flags });
export const enabledConnectionChange = z.strictObject(flags);

const more = {
  ...flags,
  organization_connection_name: text(128).nullable().optional(),
  organization_access_level: z.enum(ACCESS).nullable().optional(),
  is_enabled: z.boolean().nullable().optional(),
};

export const heldConnection = z.strictObject({ connection_id: text(64), ...more });
export const heldConnectionChange = z.strictObject(more);
export type HeldConnectionInput = z.output<typeof heldConnectionChange>;

const stored = z.object({
  connection_id: z.string(),
  assign_membership_on_login: z.boolean(),
  show_as_button: z.boolean(),
  /** Database connections only. */
  is_signup_enabled: z.boolean().exactOptional(),
  /** Absent for one that was written before there was a choice. */
  is_enabled: z.boolean().exactOptional(),
  organization_access_level: z.enum(ACCESS).exactOptional(),
  organization_connection_name: z.string().exactOptional(),
});
export type HeldConnection = z.output<typeof stored>;

const connectionShape = z.strictObject({ name: z.string(), strategy: z.string() });

export const enabledShape = z
  .strictObject({
    connection_id: z.string(),
    assign_membership_on_login: z.boolean(),
    show_as_button: z.boolean(),
    is_signup_enabled: z.boolean().optional(),
    connection: connectionShape.optional(),
  })
  .meta({ id: 'EnabledConnection' });

export const heldShape = enabledShape
  .extend({
    is_enabled: z.boolean(),
    organization_access_level: z.enum(ACCESS),
    organization_connection_name: z.string().optional(),
  })
  .meta({ id: 'OrganizationConnection' });

/** What was there, with what was given, and defaults for the rest; null stands for the default. */
export function toHeld(
  given: HeldConnectionInput,
  { id, strategy }: Pick<ConnectionRecord, 'id' | 'strategy'>,
  former?: HeldConnection,
): HeldConnection {
  const name =
    given.organization_connection_name === undefined
      ? former?.organization_connection_name
      : (given.organization_connection_name ?? undefined);
  const signUp = given.is_signup_enabled ?? former?.is_signup_enabled ?? false;
  return {
    connection_id: id,
    assign_membership_on_login: given.assign_membership_on_login ?? former?.assign_membership_on_login ?? false,
    show_as_button: given.show_as_button ?? former?.show_as_button ?? true,
    ...(strategy === 'auth0' ? { is_signup_enabled: signUp } : {}),
    is_enabled: given.is_enabled === undefined ? (former?.is_enabled ?? true) : (given.is_enabled ?? true),
    organization_access_level:
      given.organization_access_level === undefined
        ? (former?.organization_access_level ?? 'none')
        : (given.organization_access_level ?? 'none'),
    ...(name === undefined ? {} : { organization_connection_name: name }),
  };
}

/** Sign-up makes members; where membership is not assigned, it may not be open. */
export const isContradictory = (held: HeldConnection): boolean =>
  held.is_signup_enabled === true && !held.assign_membership_on_login;

export const CONTRADICTORY = invalidBody(
  'Only database connections with assign_membership_on_login = true support is_signup_enabled = true.',
);

/** In the order they were added. */
export function heldBy(organization: OrganizationRecord): HeldConnection[] {
  return z.array(stored).parse(organization.settings.enabled_connections ?? []);
}

/** Those that are enabled. */
export const enabledOf = (organization: OrganizationRecord): HeldConnection[] =>
  heldBy(organization).filter(({ is_enabled: isEnabled = true }) => isEnabled);

export async function showEnabled(store: Store, tenantId: string, held: HeldConnection) {
  const { is_enabled: _, organization_access_level: __, organization_connection_name: ___, ...enabled } = held;
  const connection = await store.connections.find(tenantId, held.connection_id);
  return {
    ...enabled,
    ...(connection ? { connection: { name: connection.name, strategy: connection.strategy } } : {}),
  } satisfies Record<string, Json>;
}

export async function showHeld(store: Store, tenantId: string, held: HeldConnection) {
  const { organization_connection_name: name } = held;
  return {
    ...(await showEnabled(store, tenantId, held)),
    is_enabled: held.is_enabled ?? true,
    organization_access_level: held.organization_access_level ?? 'none',
    ...(name === undefined ? {} : { organization_connection_name: name }),
  };
}
