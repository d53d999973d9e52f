// What a script may ask of us while it runs: roles and groups of its own login's person, from the rows as they are.
import { z } from 'zod';
import type { GroupRecord, RoleRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import type { World } from './world.ts';

type Answer = { ok: boolean; payload: string };
type Asked = Pick<Store, 'assignments' | 'connections'>;

const DEFAULT_TAKE = 50;
const groupPage = z.object({ take: z.int().min(1).optional(), from: z.string().optional() });
const rolePage = groupPage.extend({ take: z.int().min(1).max(100).optional() });
const names = z.array(z.string()).max(100);

/** Everything a person may have: nobody is in as many groups. */
const ALL = { offset: 0, limit: 1000 };

const OPERATIONS: {
  readonly [operation: string]: (store: Asked, world: World, args: unknown[]) => Promise<unknown>;
} = {
  'groups.getUserGroups': async (store, world, [options]) => {
    const { take = DEFAULT_TAKE, from } = groupPage.parse(options ?? {});
    const offset = offsetOf(from);
    const { records, total } = await groupsOf(store, world, { offset, limit: Math.min(take, ALL.limit) });
    const shown = records.map(({ group, joinedAt }) => showGroup(group, joinedAt, world));
    return { groups: shown, ...nextOf(offset + records.length, total) };
  },
  'groups.hasGroupMembership': async (store, world, [asked]) => {
    const wanted = names.parse(asked);
    const { records } = await groupsOf(store, world, ALL);
    const memberships = wanted.map((name) => {
      const matches = records
        .filter(({ group }) => group.id === name || group.name === name)
        .map(({ group }) => ({ id: group.id, name: group.name, group_type: typeOf(group) }));
      return [name, { is_member: matches.length > 0, ...(matches.length > 0 ? { matches } : {}) }];
    });
    return { memberships: Object.fromEntries(memberships) };
  },
  'roles.getUserEffectiveRoles': async (store, world, [options]) => {
    const { take = DEFAULT_TAKE, from } = rolePage.parse(options ?? {});
    const offset = offsetOf(from);
    const roles = await rolesOf(store, world);
    const shown = roles.slice(offset, offset + take);
    return { roles: shown.map(showRole), ...nextOf(offset + shown.length, roles.length) };
  },
  'roles.getUserEffectiveRolesByIds': async (store, world, [ids]) => {
    const wanted = new Set(names.parse(ids));
    return { roles: (await rolesOf(store, world)).filter(({ id }) => wanted.has(id)).map(showRole) };
  },
  'roles.getUserEffectiveRolesByNames': async (store, world, [given]) => {
    const wanted = new Set(names.parse(given));
    return { roles: (await rolesOf(store, world)).filter(({ name }) => wanted.has(name)).map(showRole) };
  },
};

/** Answers as the sandbox takes them: JSON, or an error that the script's promise is rejected with. */
export function answerScript(store: Asked, world: World): (operation: string, payload: string) => Promise<Answer> {
  return async (operation, payload) => {
    const refuse = (name: string, message: string) => ({ ok: false, payload: JSON.stringify({ name, message }) });
    const perform = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
    if (!perform) return refuse('Error', `unknown operation ${operation.slice(0, 50)}`);
    const args = readArguments(payload);
    if (!args) return refuse('TypeError', `api.${operation} was called with arguments that it does not take.`);
    try {
      return { ok: true, payload: JSON.stringify(await perform(store, world, args)) };
    } catch (cause) {
      // The guest has checked its arguments: only a script that bent it gets here.
      if (!(cause instanceof z.ZodError)) throw cause;
      return refuse('TypeError', `api.${operation} was called with arguments that it does not take.`);
    }
  };
}

function readArguments(payload: string): unknown[] | undefined {
  try {
    const args: unknown = JSON.parse(payload);
    return Array.isArray(args) ? args : undefined;
  } catch {
    return undefined;
  }
}

function groupsOf({ assignments }: Asked, { tenant, user }: World, range: { offset: number; limit: number }) {
  return user
    ? assignments.groupsOf(tenant.id, user.id, range)
    : Promise.resolve({ records: [] as { group: GroupRecord; joinedAt: number }[], total: 0 });
}

/** In an organization the roles that the member has there. */
async function rolesOf({ assignments }: Asked, { tenant, user, organization }: World): Promise<RoleRecord[]> {
  return user ? assignments.effectiveRolesOf(tenant.id, user.id, organization?.id) : [];
}

function showGroup(group: GroupRecord, joinedAt: number, { tenant }: World) {
  const { id, name, externalId, connectionId, createdAt, updatedAt } = group;
  return {
    id,
    name,
    ...(externalId === undefined ? {} : { external_id: externalId }),
    ...(connectionId === undefined ? {} : { connection_id: connectionId }),
    tenant_name: tenant.name,
    created_at: new Date(createdAt).toISOString(),
    updated_at: new Date(updatedAt).toISOString(),
    membership_created_at: new Date(joinedAt).toISOString(),
    assignment: 'direct',
  };
}

function typeOf({ connectionId, organizationId }: GroupRecord): 'connection' | 'organization' | 'tenant' {
  if (connectionId !== undefined) return 'connection';
  return organizationId === undefined ? 'tenant' : 'organization';
}

const showRole = ({ id, name, description }: RoleRecord) => ({
  id,
  name,
  ...(description === undefined ? {} : { description }),
});

/** A checkpoint is the position, as text: opaque to scripts. */
function offsetOf(from: string | undefined): number {
  const offset = Number(from ?? 0);
  return Number.isSafeInteger(offset) && offset >= 0 ? offset : 0;
}

const nextOf = (reached: number, total: number) => (reached < total ? { next: String(reached) } : {});
