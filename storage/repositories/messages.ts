// Storage: the outbox. A message is written by the commit that caused it and delivered afterwards; its text and its code
// are sealed, and erased as soon as nobody needs them.

import type { Desk } from '../columns.ts';
import { rows, type Work } from '../database.ts';
import type { MessageRecord } from '../records.ts';
import type { Change, Store } from '../store.ts';
import type { MessageRow } from '../tables.ts';

/** Where no login waits for a message: the column has always been required. */
const NO_LOGIN = '';

export function createMessages(desk: Desk): Store['messages'] {
  const { build, run } = desk.db;

  return {
    async pending(limit) {
      const query = build.selectFrom('messages').selectAll().where('state', '=', 'pending').orderBy('seq').limit(limit);
      return (await run(() => rows(query))).map((row) => toMessage(desk, row));
    },

    async settle(tenantId, id, state, { kept }) {
      const query = build
        .updateTable('messages')
        .set(kept ? { state } : { state, text: null, code: null })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id);
      await run(() => rows(query));
    },

    async inbox(tenantId, to, limit) {
      let query = build
        .selectFrom('messages')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('text', 'is not', null);
      if (to !== undefined) query = query.where('recipient', '=', to);
      const found = await run(() => rows(query.orderBy('at', 'desc').orderBy('seq', 'desc').limit(limit)));
      return found.map((row) => toMessage(desk, row));
    },
  };
}

export function* insertMessage(
  { db, keyring }: Desk,
  change: Extract<Change, { kind: 'message.insert' }>,
): Work<boolean> {
  const { message } = change;
  yield db.build
    .insertInto('messages')
    .values({
      tenant_id: message.tenantId,
      id: message.id,
      channel: message.channel,
      recipient: message.to,
      text: keyring.seal(place(message.tenantId, message.id, 'text'), message.text),
      code: message.code === undefined ? null : keyring.seal(place(message.tenantId, message.id, 'code'), message.code),
      transaction_id: message.transactionId ?? NO_LOGIN,
      state: message.state,
      at: message.at,
      expires_at: message.expiresAt,
    })
    .compile();
  return true;
}

function place(tenantId: string, id: string, column: 'text' | 'code') {
  return { tenantId, table: 'messages', row: id, column };
}

function toMessage({ keyring }: Desk, row: Omit<MessageRow, 'seq'>): MessageRecord {
  const opened = (column: 'text' | 'code', sealed: string) =>
    keyring.open(place(row.tenant_id, row.id, column), sealed);
  return {
    tenantId: row.tenant_id,
    id: row.id,
    channel: row.channel as MessageRecord['channel'],
    to: row.recipient,
    text: row.text === null ? '' : opened('text', row.text),
    ...(row.code !== null && { code: opened('code', row.code) }),
    ...(row.transaction_id !== NO_LOGIN && { transactionId: row.transaction_id }),
    state: row.state as MessageRecord['state'],
    at: row.at,
    expiresAt: row.expires_at,
  };
}
