// Storage: which Actions hang on a trigger, in which order. A list is only ever replaced as a whole.

import type { Desk } from '../columns.ts';
import { compiled, rows } from '../database.ts';
import type { BindingRecord } from '../records.ts';
import type { Store } from '../store.ts';
import type { BindingRow } from '../tables.ts';

export function createBindings({ db }: Desk): Store['bindings'] {
  const { build, hold, run, transact } = db;
  const select = (tenantId: string) => build.selectFrom('bindings').selectAll().where('tenant_id', '=', tenantId);
  const ofTrigger = compiled((tenantId, triggerId) =>
    select(tenantId).where('trigger_id', '=', triggerId).orderBy('position'),
  );

  return {
    async list(tenantId, triggerId) {
      return (await run(() => rows(ofTrigger(tenantId, triggerId)))).map(toBinding);
    },

    replace: (tenantId, triggerId, bindings) =>
      transact(function* () {
        // Two replacements at once would mix their lists: each waits for the tenant's row.
        yield hold(build.selectFrom('tenants').select('id').where('id', '=', tenantId)).compile();
        yield build
          .deleteFrom('bindings')
          .where('tenant_id', '=', tenantId)
          .where('trigger_id', '=', triggerId)
          .compile();
        for (const [position, binding] of bindings.entries()) {
          yield build
            .insertInto('bindings')
            .values(toRow({ ...binding, tenantId, triggerId }, position))
            .compile();
        }
      }),

    async ofAction(tenantId, actionId) {
      const query = select(tenantId).where('action_id', '=', actionId).orderBy('trigger_id').orderBy('position');
      return (await run(() => rows(query))).map(toBinding);
    },
  };
}

/** The place in the given list is the position: it cannot repeat. */
function toRow(binding: BindingRecord, position: number): BindingRow {
  return {
    tenant_id: binding.tenantId,
    id: binding.id,
    trigger_id: binding.triggerId,
    action_id: binding.actionId,
    display_name: binding.displayName,
    position,
    created_at: binding.createdAt,
    updated_at: binding.updatedAt,
  };
}

function toBinding(row: BindingRow): BindingRecord {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    triggerId: row.trigger_id,
    actionId: row.action_id,
    displayName: row.display_name,
    position: row.position,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
