// Management: which connections an organization's members sign in with. Two families of routes on one list: `connections`,
// and `enabled_connections`, which came before it.
import { z } from 'zod';
import type { ConnectionRecord, OrganizationRecord } from '#storage/records.ts';
import { type Answer, answer, created, empty, NOT_FOUND, refuse } from './answer.ts';
import {
  CONTRADICTORY,
  enabledConnection,
  enabledConnectionChange,
  enabledOf,
  enabledShape,
  type HeldConnection,
  type HeldConnectionInput,
  heldBy,
  heldConnection,
  heldConnectionChange,
  heldShape,
  isContradictory,
  showEnabled,
  showHeld,
  toHeld,
} from './enabled-connection.ts';
import { listing } from './listing.ts';
import { boolean, slice } from './paging.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';

const ALREADY_ENABLED = refuse(409, 'The connection is already enabled for this organization.');

/** What tells one family from the other. */
type Twin = {
  base: string;
  /** As headings call one of them. */
  one: string;
  plural: string;
  shape: z.ZodObject;
  creation: z.ZodType<HeldConnectionInput & { connection_id: string }>;
  change: z.ZodType<HeldConnectionInput>;
  of(organization: OrganizationRecord): HeldConnection[];
  show: typeof showEnabled;
};

export const organizationConnectionRoutes: Route[] = [
  ...twin({
    base: '/organizations/:id/enabled_connections',
    one: 'an enabled connection',
    plural: 'enabled_connections',
    shape: enabledShape,
    creation: enabledConnection,
    change: enabledConnectionChange,
    of: enabledOf,
    show: showEnabled,
  }),
  ...twin({
    base: '/organizations/:id/connections',
    one: 'a connection',
    plural: 'connections',
    shape: heldShape,
    creation: heldConnection,
    change: heldConnectionChange,
    of: heldBy,
    show: showHeld,
  }),
];

function twin({ base, one, plural, shape, creation, change, of, show }: Twin): Route[] {
  const LIST = listing(plural, shape, { paging: 'page' });
  const isNewer = plural === 'connections';
  return [
    route({
      method: 'GET',
      path: base,
      scopes: ['read:organization_connections'],
      summary: isNewer ? 'List the connections of an organization' : 'List the enabled connections of an organization',
      query: z.strictObject({ ...LIST.query, ...(isNewer ? { is_enabled: boolean.optional() } : {}) }),
      answers: LIST.answers,
      async handle({ deps, tenant, param, query }) {
        const organization = await deps.store.organizations.find(tenant.id, param('id'));
        if (!organization) return NOT_FOUND.organization;
        const wanted = 'is_enabled' in query ? query.is_enabled : undefined;
        // The newest first, as the wire has it.
        const meant = of(organization)
          .toReversed()
          .filter(({ is_enabled: isEnabled = true }) => wanted === undefined || isEnabled === wanted);
        return LIST.answer(query, {
          read: async (page) => slice(meant, page),
          show: (held) => show(deps.store, tenant.id, held),
        });
      },
    }),

    route({
      method: 'POST',
      path: base,
      scopes: ['create:organization_connections'],
      summary: `Add ${one} to an organization`,
      answers: { 201: shape },
      body: creation,
      async handle(call) {
        const { deps, tenant, body } = call;
        const connection = await deps.store.connections.find(tenant.id, body.connection_id);
        if (!connection) return NOT_FOUND.connection;
        const held = toHeld(body, connection);
        if (isContradictory(held)) return CONTRADICTORY;
        let isThere = false;
        const written = await write(call, (entries) => {
          isThere = entries.some((entry) => isOf(entry, connection.id));
          return isThere ? entries : [...entries, held];
        });
        if (isThere) return ALREADY_ENABLED;
        return written ?? created(await show(deps.store, tenant.id, held));
      },
    }),

    route({
      method: 'GET',
      path: `${base}/:connection`,
      scopes: ['read:organization_connections'],
      summary: `Get ${one} of an organization`,
      answers: { 200: shape },
      async handle({ deps, tenant, param }) {
        const organization = await deps.store.organizations.find(tenant.id, param('id'));
        if (!organization) return NOT_FOUND.organization;
        const held = of(organization).find((entry) => isOf(entry, param('connection')));
        return held ? answer(await show(deps.store, tenant.id, held)) : NOT_FOUND.organizationConnection;
      },
    }),

    route({
      method: 'PATCH',
      path: `${base}/:connection`,
      scopes: ['update:organization_connections'],
      summary: `Update ${one} of an organization`,
      answers: { 200: shape },
      body: change,
      async handle(call) {
        const { deps, tenant, body, param } = call;
        const connection: ConnectionRecord | undefined = await deps.store.connections.find(
          tenant.id,
          param('connection'),
        );
        let held: HeldConnection | undefined;
        const written = await write(call, (entries) => {
          const former = entries.find((entry) => isOf(entry, param('connection')));
          held = former && connection && toHeld(body, connection, former);
          // What contradicts itself is not written.
          return entries.map((entry) => (entry === former && held && !isContradictory(held) ? held : entry));
        });
        if (written) return written;
        if (!held) return NOT_FOUND.organizationConnection;
        return isContradictory(held) ? CONTRADICTORY : answer(await show(deps.store, tenant.id, held));
      },
    }),

    route({
      method: 'DELETE',
      path: `${base}/:connection`,
      scopes: ['delete:organization_connections'],
      summary: `Remove ${one} from an organization`,
      answers: { 204: NOTHING },
      async handle(call) {
        const without = (entries: HeldConnection[]) =>
          entries.filter((entry) => !isOf(entry, call.param('connection')));
        return (await write(call, without)) ?? empty();
      },
    }),
  ];
}

const isOf = ({ connection_id: id }: HeldConnection, connectionId: string): boolean => id === connectionId;

/** The refusal when the organization is not there. `edit` may be called twice. */
async function write(
  { deps, tenant, param }: Incoming,
  edit: (entries: HeldConnection[]) => HeldConnection[],
): Promise<Answer | undefined> {
  const updated = await deps.store.organizations.update(tenant.id, param('id'), (current) => ({
    ...current,
    settings: { ...current.settings, enabled_connections: edit(heldBy(current)) },
    updatedAt: deps.clock.now(),
  }));
  return typeof updated === 'string' ? NOT_FOUND.organization : undefined;
}
