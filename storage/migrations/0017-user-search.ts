// Storage: the seventeenth schema: users in the order of their creation, and how many there are without counting them.
import { type Kysely, sql } from 'kysely';
import type { Dialect } from './dialect.ts';

export async function userSearch(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  // An account that is linked to another is in no list.
  await sql`create index users_in_order on users (tenant_id, seq) where linked_to is null`.execute(db);
  if (dialect === 'postgres') {
    // One row that everybody adds one to would make all who sign up wait for each other; its index counts fast enough.
    await sql`create view user_totals as
      select tenant_id, count(*) as total from users where linked_to is null group by tenant_id`.execute(db);
    const known = await sql`select 1 from pg_collation where collname = 'und-x-icu'`.execute(db);
    // The language of a database may know no small letters but those of ASCII.
    const small = known.rows.length > 0 ? 'lower(given collate "und-x-icu")' : 'lower(given)';
    await sql`create function sallyport_folded(given text) returns text language sql immutable parallel safe
      as ${sql.lit(`select ${small}`)}`.execute(db);
    return;
  }
  await sql`create table user_totals (tenant_id text primary key not null, total integer not null) without rowid`.execute(
    db,
  );
  await sql`insert into user_totals
    select tenant_id, count(*) from users where linked_to is null group by tenant_id`.execute(db);
  const add = (event: string, when: string, row: 'new' | 'old', difference: 1 | -1) =>
    sql`create trigger ${sql.ref(`users_${event.split(' ')[0]}_${row}`)} after ${sql.raw(event)} on users
      when ${sql.raw(when)} begin
        insert into user_totals values (${sql.ref(`${row}.tenant_id`)}, ${sql.lit(difference)})
          on conflict (tenant_id) do update set total = total + ${sql.lit(difference)};
      end`.execute(db);
  await add('insert', 'new.linked_to is null', 'new', 1);
  await add('delete', 'old.linked_to is null', 'old', -1);
  await add('update of linked_to', 'new.linked_to is null and old.linked_to is not null', 'new', 1);
  await add('update of linked_to', 'new.linked_to is not null and old.linked_to is null', 'old', -1);
}
