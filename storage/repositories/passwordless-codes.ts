// Storage: codes and links of passwordless connections. An address has one at a time: the newest takes the place of the one
// before. A try is counted before anything is compared, by one statement, so that parallel guesses cannot share one.

import type { Desk } from '../columns.ts';
import { affected, first, type Work } from '../database.ts';
import { hashHandle } from '../keyring.ts';
import type { PasswordlessCodeRecord } from '../records.ts';
import type { Change, Store } from '../store.ts';
import type { Tables } from '../tables.ts';
import { foldEmail } from './user-row.ts';

type ChangeOf<Kind extends Change['kind']> = Extract<Change, { kind: Kind }>;

export function createPasswordlessCodes({ db }: Desk): Store['passwordlessCodes'] {
  const { build, run } = db;

  return {
    async find(tenantId, connectionId, address) {
      const query = build
        .selectFrom('passwordless_codes')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('connection_id', '=', connectionId)
        .where('address_hash', '=', hashOf(address));
      const row = await run(() => first(query));
      return row && toRecord(row, address);
    },

    async tryOne(tenantId, connectionId, address, most, now) {
      const query = build
        .updateTable('passwordless_codes')
        .set((eb) => ({ tries: eb('tries', '+', 1) }))
        .where('tenant_id', '=', tenantId)
        .where('connection_id', '=', connectionId)
        .where('address_hash', '=', hashOf(address))
        .where('tries', '<', most)
        .where('expires_at', '>', now)
        .returningAll();
      const row = await run(() => first(query));
      return row && toRecord(row, address);
    },
  };
}

export function* putPasswordlessCode({ db }: Desk, { code }: ChangeOf<'passwordless-code.put'>): Work<boolean> {
  const { tenantId, connectionId, address, id, account, codeMac, tries, expiresAt } = code;
  const content = { id, account, code_mac: codeMac, tries, expires_at: expiresAt };
  yield db.build
    .insertInto('passwordless_codes')
    .values({ tenant_id: tenantId, connection_id: connectionId, address_hash: hashOf(address), ...content })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'connection_id', 'address_hash']).doUpdateSet(content))
    .compile();
  return true;
}

export function* spendPasswordlessCode(
  { db }: Desk,
  { tenantId, connectionId, address, id, now }: ChangeOf<'passwordless-code.spend'>,
): Work<boolean> {
  const query = db.build
    .deleteFrom('passwordless_codes')
    .where('tenant_id', '=', tenantId)
    .where('connection_id', '=', connectionId)
    .where('address_hash', '=', hashOf(address))
    .where('id', '=', id)
    .where('expires_at', '>', now);
  return (yield* affected(query)) === 1;
}

export function* voidPasswordlessCode(
  { db }: Desk,
  { tenantId, connectionId, address, id }: ChangeOf<'passwordless-code.void'>,
): Work<boolean> {
  yield db.build
    .deleteFrom('passwordless_codes')
    .where('tenant_id', '=', tenantId)
    .where('connection_id', '=', connectionId)
    .where('address_hash', '=', hashOf(address))
    .where('id', '=', id)
    .compile();
  return true;
}

/** Addresses are compared as those of users are. What was typed may be anything; its hash has one length. */
function hashOf(address: string): string {
  return hashHandle(foldEmail(address));
}

function toRecord(row: Tables['passwordless_codes'], address: string): PasswordlessCodeRecord {
  const { id, account, tries } = row;
  return {
    tenantId: row.tenant_id,
    connectionId: row.connection_id,
    address,
    id,
    account,
    codeMac: row.code_mac,
    tries,
    expiresAt: row.expires_at,
  };
}
