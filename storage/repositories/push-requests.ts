// Storage: sign-ins that devices are asked to approve. A request hangs on its device and goes with it; it is answered once,
// by a single statement, whoever answers at the same time.

import { type Desk, parse } from '../columns.ts';
import { affected, compiled, first, rows, type Work } from '../database.ts';
import type { PushRequestRecord } from '../records.ts';
import type { Change, Store } from '../store.ts';
import type { PushRequestRow } from '../tables.ts';

type ChangeOf<K extends Change['kind']> = Extract<Change, { kind: K }>;
type Content = Pick<PushRequestRecord, 'number' | 'choices' | 'about'>;

/** More than a person has open; a device shows them all. */
const PENDING_AT_MOST = 10;

export function createPushRequests(desk: Desk): Store['pushRequests'] {
  const { build, run } = desk.db;
  const select = (tenantId: string) => build.selectFrom('push_requests').selectAll().where('tenant_id', '=', tenantId);
  const byId = compiled((tenantId, id) => select(tenantId).where('id', '=', id));

  return {
    async find(tenantId, id) {
      const row = await run(() => first(byId(tenantId, id)));
      return row && toRequest(desk, row);
    },

    async pending(tenantId, deviceId, now) {
      const query = select(tenantId)
        .where('device_id', '=', deviceId)
        .where('expires_at', '>', now)
        .where('state', '=', 'pending')
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(PENDING_AT_MOST);
      return (await run(() => rows(query))).map((row) => toRequest(desk, row));
    },
  };
}

export function* insertPushRequest({ db, keyring }: Desk, { request }: ChangeOf<'push-request.insert'>): Work<boolean> {
  const { tenantId, id, number, choices, about } = request;
  const content: Content = { number, choices, about };
  yield db.build
    .insertInto('push_requests')
    .values({
      tenant_id: tenantId,
      id,
      device_id: request.deviceId,
      user_id: request.userId,
      content: keyring.seal(place(tenantId, id), JSON.stringify(content)),
      state: request.state,
      created_at: request.createdAt,
      expires_at: request.expiresAt,
      answered_at: request.answeredAt ?? null,
    })
    .compile();
  return true;
}

export function* answerPushRequest({ db }: Desk, change: ChangeOf<'push-request.answer'>): Work<boolean> {
  const query = db.build
    .updateTable('push_requests')
    .set({ state: change.state, answered_at: change.at })
    .where('tenant_id', '=', change.tenantId)
    .where('id', '=', change.id)
    .where('state', '=', 'pending')
    .where('expires_at', '>', change.at);
  return (yield* affected(query)) === 1;
}

export function* withdrawPushRequest({ db }: Desk, change: ChangeOf<'push-request.withdraw'>): Work<boolean> {
  yield db.build
    .deleteFrom('push_requests')
    .where('tenant_id', '=', change.tenantId)
    .where('id', '=', change.id)
    .where('state', '=', 'pending')
    .compile();
  return true;
}

function place(tenantId: string, id: string) {
  return { tenantId, table: 'push_requests', row: id, column: 'content' };
}

function toRequest({ keyring }: Desk, row: PushRequestRow): PushRequestRecord {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    deviceId: row.device_id,
    userId: row.user_id,
    ...parse<Content>(keyring.open(place(row.tenant_id, row.id), row.content)),
    state: row.state as PushRequestRecord['state'],
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    ...(row.answered_at !== null && { answeredAt: row.answered_at }),
  };
}
