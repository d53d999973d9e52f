// Owner management: what authentication configurations and authentication policies have in common: of each kind a tenant
// has one, ids that the caller may choose, whole replacement, and a dry run of every write. Source: idp-server reference,
// §1.2.
import type { ManagementScope } from '#runtime/lifecycle/scopes.ts';
import type { JsonObject } from '#storage/records.ts';
import type { Collection, Store } from '#storage/store.ts';
import { diffOf } from '../management/diff.ts';
import { refuseRow } from './owner-access.ts';
import {
  conflicting,
  gone,
  invalidRequest,
  made,
  notThere,
  type OwnerAnswer,
  type OwnerRefusal,
  shown,
} from './owner-answer.ts';
import { isUuid, notUuid, pageOf } from './owner-body.ts';
import type { TenantCall, TenantRoute } from './owner-route.ts';

/** The columns that are handled here. */
export type Kept = { tenantId: string; id: string; enabled: boolean; createdAt: number; updatedAt: number };

export type Family<T extends Kept> = {
  path: string;
  /** In sentences: `Authentication configuration`. */
  noun: string;
  scopes: { read: ManagementScope; write: ManagementScope };
  collection(store: Store): Collection<T>;
  /** What there is one of: its name on the wire, and its value. */
  key: { name: string; of(record: T): string };
  /** Checks what is the family's own, and says how a record is made of it. */
  read(call: TenantCall): Promise<{ ok: true; make(kept: Kept): T; warnings: string[] } | OwnerRefusal>;
  show(record: T): JsonObject;
  /** What is shown, for who may not write it; absent: the same. */
  masked?(shown: JsonObject): JsonObject;
};

export function familyRoutes<T extends Kept>(family: Family<T>): TenantRoute[] {
  const { path, noun, scopes, collection, show, masked } = family;
  const read = [scopes.read];
  const write = [scopes.write];
  const viewFor = (call: TenantCall) => (record: T) => {
    const isWhole = masked === undefined || refuseRow(call.operator, { scopes: write }, true) === undefined;
    return isWhole ? show(record) : masked(show(record));
  };
  const find = ({ deps, tenant, param }: TenantCall) => collection(deps.store).find(tenant.id, param('id'));
  const missing = (id: string) => notThere(`${noun} not found: ${id}`);
  /** A handler for a path with an id, called only with one that could be one. */
  const withId =
    (handle: (call: TenantCall, id: string) => Promise<OwnerAnswer>) =>
    async (call: TenantCall): Promise<OwnerAnswer> => {
      const id = call.param('id');
      return isUuid(id) ? handle(call, id) : notUuid(id);
    };

  return [
    {
      method: 'GET',
      path,
      scopes: read,
      async handle(call) {
        const { deps, tenant, query } = call;
        const page = pageOf(query);
        if ('ok' in page) return page;
        const { records, total } = await collection(deps.store).list(tenant.id, { page });
        return shown({ list: records.map(viewFor(call)), total_count: total, ...page });
      },
    },

    {
      method: 'POST',
      path,
      scopes: write,
      takesBody: true,
      async handle(call) {
        const { deps, tenant, dryRun, body } = call;
        if (body.id !== undefined && !isUuid(body.id)) return notUuid(String(body.id));
        const enabled = readEnabled(body);
        if (typeof enabled !== 'boolean') return enabled;
        const input = await family.read(call);
        if (!input.ok) return input;
        const now = deps.clock.now();
        const id = body.id ?? deps.random.uuid();
        const record = input.make({ tenantId: tenant.id, id, enabled, createdAt: now, updatedAt: now });
        const inTheWay = async () => (await ofSameKind(call, family, record)) ?? (await ofSameId(call, family, id));
        const taken = await inTheWay();
        if (taken) return taken;
        if (!dryRun && (await collection(deps.store).insert(record)) === 'conflict') {
          return (await inTheWay()) ?? CHANGED_MEANWHILE;
        }
        return made(dryRun, show(record), input.warnings);
      },
    },

    {
      method: 'GET',
      path: `${path}/:id`,
      scopes: read,
      handle: withId(async (call, id) => {
        const record = await find(call);
        return record ? shown(viewFor(call)(record)) : missing(id);
      }),
    },

    {
      method: 'PUT',
      path: `${path}/:id`,
      scopes: write,
      takesBody: true,
      handle: withId(async (call, id) => {
        const { deps, dryRun, body, tenant } = call;
        const former = await find(call);
        if (!former) return missing(id);
        if (body.id !== undefined && body.id !== id) return invalidRequest('id must be that of the path');
        const enabled = readEnabled(body);
        if (typeof enabled !== 'boolean') return enabled;
        const input = await family.read(call);
        if (!input.ok) return input;
        let before = former;
        const next = (current: T): T => {
          before = current;
          const { tenantId, createdAt } = current;
          return input.make({ tenantId, id, enabled, createdAt, updatedAt: deps.clock.now() });
        };
        const planned = next(former);
        const taken = await ofSameKind(call, family, planned);
        if (taken) return taken;
        const updated = dryRun ? planned : await collection(deps.store).update(tenant.id, id, next);
        if (updated === 'missing') return missing(id);
        if (updated === 'conflict') return (await ofSameKind(call, family, planned)) ?? CHANGED_MEANWHILE;
        const { warnings } = input;
        return shown({ dry_run: dryRun, result: show(updated), diff: diffOf(show(before), show(updated)), warnings });
      }),
    },

    {
      method: 'DELETE',
      path: `${path}/:id`,
      scopes: write,
      handle: withId(async ({ deps, tenant, dryRun }, id) => {
        const records = collection(deps.store);
        const isThere = dryRun
          ? (await records.find(tenant.id, id)) !== undefined
          : await records.remove(tenant.id, id);
        return isThere ? gone(dryRun, id) : missing(id);
      }),
    },
  ];
}

/** Absent: it is. */
function readEnabled({ enabled = true }: JsonObject): boolean | OwnerRefusal {
  return typeof enabled === 'boolean' ? enabled : invalidRequest('enabled must be true or false');
}

/** The refusal where there is another of the kind, which the record would stand beside. */
async function ofSameKind<T extends Kept>(
  { deps, tenant, param }: TenantCall,
  { noun, collection, key }: Family<T>,
  record: T,
): Promise<OwnerRefusal | undefined> {
  const value = key.of(record);
  const other = await collection(deps.store).findByKey(tenant.id, value);
  if (!other || other.id === param('id')) return undefined;
  return conflicting(`${noun} of ${key.name} ${value} already exists: ${other.id}. Change it by PUT.`);
}

async function ofSameId<T extends Kept>(
  { deps, tenant }: TenantCall,
  { noun, collection }: Family<T>,
  id: string,
): Promise<OwnerRefusal | undefined> {
  const other = await collection(deps.store).find(tenant.id, id);
  return other && conflicting(`${noun} already exists: ${id}. Change it by PUT.`);
}

const CHANGED_MEANWHILE = conflicting('The request could not be completed due to a conflict with existing data.');
