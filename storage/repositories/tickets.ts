// Storage: what is promised to whoever holds a key, for a while. The content is sealed; a write wins on the revision
// that was read, and taking one is a single statement: a link works once, however many follow it.

import { type Desk, parse } from '../columns.ts';
import { affected, type Database, first, rows, type Work } from '../database.ts';
import { hashHandle } from '../keyring.ts';
import type { TicketRow } from '../protocol-tables.ts';
import type { JsonObject, TicketKind, TicketRecord } from '../records.ts';
import type { Change, Store } from '../store.ts';
import { removeHandles } from './handles.ts';

type ChangeOf<K extends Change['kind']> = Extract<Change, { kind: K }>;

export function createTickets(desk: Desk): Store['tickets'] {
  const { build, run } = desk.db;

  return {
    async findByKey(tenantId, kind, key) {
      const query = build
        .selectFrom('tickets')
        .innerJoin('handles', (join) =>
          join.onRef('handles.tenant_id', '=', 'tickets.tenant_id').onRef('handles.target_id', '=', 'tickets.id'),
        )
        .selectAll('tickets')
        .where('handles.tenant_id', '=', tenantId)
        .where('handles.kind', '=', kind)
        .where('handles.hash', '=', hashHandle(key))
        .where('tickets.kind', '=', kind === 'user-code' ? 'device' : kind);
      const row = await run(() => first(query));
      return row && toTicket(desk, row);
    },

    async find(tenantId, id) {
      const query = build.selectFrom('tickets').selectAll().where('tenant_id', '=', tenantId).where('id', '=', id);
      const row = await run(() => first(query));
      return row && toTicket(desk, row);
    },

    async ofOrganization(tenantId, organizationId, { kind, page, order, now }) {
      const open = build
        .selectFrom('tickets')
        .where('tenant_id', '=', tenantId)
        .where('organization_id', '=', organizationId)
        .where('kind', '=', kind)
        .where('expires_at', '>', now);
      const direction = order === 'newest' ? 'desc' : 'asc';
      const query = open
        .selectAll()
        .orderBy('created_at', direction)
        .orderBy('id', direction)
        .limit(page.limit)
        .offset(page.offset);
      const count = open.select((eb) => eb.fn.countAll<number>().as('total'));
      const records = (await run(() => rows(query))).map((row) => toTicket(desk, row));
      return { records, total: (await run(() => first(count)))?.total ?? 0 };
    },
  };
}

export function* insertTicket(desk: Desk, { ticket }: ChangeOf<'ticket.insert'>): Work<boolean> {
  yield desk.db.build
    .insertInto('tickets')
    .values({
      tenant_id: ticket.tenantId,
      id: ticket.id,
      kind: ticket.kind,
      created_at: ticket.createdAt,
      ...toColumns(desk, ticket, ticket.revision),
    })
    .compile();
  return true;
}

export function* replaceTicket(desk: Desk, { ticket, revision }: ChangeOf<'ticket.replace'>): Work<boolean> {
  const query = desk.db.build
    .updateTable('tickets')
    .set(toColumns(desk, ticket, revision + 1))
    .where('tenant_id', '=', ticket.tenantId)
    .where('id', '=', ticket.id)
    .where('kind', '=', ticket.kind)
    .where('revision', '=', revision);
  return (yield* affected(query)) === 1;
}

export function* takeTicket({ db }: Desk, { tenantId, id, now }: ChangeOf<'ticket.take'>): Work<boolean> {
  const query = db.build
    .deleteFrom('tickets')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('expires_at', '>', now);
  const taken = yield* affected(query);
  if (taken === 1) yield* removeHandles(db, tenantId, [{ id }]);
  return taken === 1;
}

/** Removes the tickets of a user or of an organization, and the handles that find them. */
export function* removeTicketsOf(
  db: Database,
  tenantId: string,
  of: { userId: string } | { organizationId: string },
): Work<void> {
  const all = db.build.deleteFrom('tickets').where('tenant_id', '=', tenantId);
  const gone =
    'userId' in of ? all.where('user_id', '=', of.userId) : all.where('organization_id', '=', of.organizationId);
  yield* removeHandles(db, tenantId, yield* rows(gone.returning('id')));
}

/** The columns that a ticket may change in. */
function toColumns({ keyring }: Desk, ticket: TicketRecord, revision: number) {
  return {
    revision,
    user_id: ticket.userId ?? null,
    organization_id: ticket.organizationId ?? null,
    content: keyring.seal(place(ticket.tenantId, ticket.id), JSON.stringify(ticket.content)),
    expires_at: ticket.expiresAt,
  };
}

function place(tenantId: string, id: string) {
  return { tenantId, table: 'tickets', row: id, column: 'content' };
}

function toTicket({ keyring }: Desk, row: TicketRow): TicketRecord {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    kind: row.kind as TicketKind,
    revision: row.revision,
    ...(row.user_id !== null && { userId: row.user_id }),
    ...(row.organization_id !== null && { organizationId: row.organization_id }),
    content: parse<JsonObject>(keyring.open(place(row.tenant_id, row.id), row.content)),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
