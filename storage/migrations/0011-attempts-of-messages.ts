// Storage: the eleventh schema: what a message is made of, and how each attempt to deliver it ended.
import { type Kysely, sql } from 'kysely';

export async function attemptsOfMessages(db: Kysely<unknown>): Promise<void> {
  const alter = () => db.schema.alterTable('messages');
  for (const name of ['about', 'mail', 'outcome', 'reference']) await alter().addColumn(name, 'text').execute();
  await alter()
    .addColumn('attempts', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  for (const name of ['attempted_at', 'retry_at']) await alter().addColumn(name, 'bigint').execute();
  await db.schema.createIndex('messages_by_reference').on('messages').columns(['tenant_id', 'reference']).execute();
  // Few are kept, and those that ran out are looked for every minute.
  const readable = db.schema.createIndex('messages_readable').on('messages').column('expires_at');
  await readable.where(sql.ref('text'), 'is not', null).execute();
  await db.schema.createIndex('messages_by_time').on('messages').columns(['tenant_id', 'at']).execute();
}
