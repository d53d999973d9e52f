// Storage: the keys a tenant signs tokens with. The private half is sealed. Whoever moves keys holds the tenant
// first, so that two rotations follow each other.

import { type Desk, given, parse } from '../columns.ts';
import { affected, first, rows, type Work } from '../database.ts';
import type { SigningKeyRecord } from '../records.ts';
import type { Store } from '../store.ts';
import type { Tables } from '../tables.ts';

/** So many former keys are kept; what an older one signed has run out, or is refused. */
const FORMER_KEPT = 10;

const COLUMNS = [
  'tenant_id',
  'id',
  'algorithm',
  'place',
  'private_jwk',
  'public_jwk',
  'current_since',
  'current_until',
  'revoked_at',
  'created_at',
] as const;

export function createSigningKeys(desk: Desk): Store['signingKeys'] {
  const { build, run, transact } = desk.db;

  return {
    async insert(key) {
      return (await run(() => affected(insertion(desk, key)))) === 1 ? 'inserted' : 'conflict';
    },

    async list(tenantId) {
      const query = keysOf(desk, tenantId).orderBy('created_at', 'desc').orderBy('seq', 'desc');
      return (await run(() => rows(query))).map((row) => toRecord(desk, row));
    },

    async certify(key, publicJwk) {
      const query = build
        .updateTable('signing_keys')
        .set({ public_jwk: JSON.stringify(publicJwk) })
        .where('tenant_id', '=', key.tenantId)
        .where('id', '=', key.id)
        .where('public_jwk', '=', JSON.stringify(key.publicJwk));
      await run(() => affected(query));
    },

    rotate: (fresh, at) =>
      transact(function* () {
        yield* hold(desk, fresh.tenantId);
        yield* turn(desk, fresh, at);
      }),

    revoke: (id, fresh, at) =>
      transact(function* (): Work<SigningKeyRecord | 'missing'> {
        const { tenantId } = fresh;
        yield* hold(desk, tenantId);
        const key = yield* one(desk, tenantId, id);
        if (!key) return 'missing';
        if (key.revokedAt !== undefined) return key;
        if (key.place === 'current') yield* turn(desk, fresh, at);
        yield update(desk, tenantId).set({ place: 'previous', revoked_at: at }).where('id', '=', id).compile();
        if (key.place === 'next') yield insertion(desk, fresh).compile();
        return (yield* one(desk, tenantId, id)) ?? 'missing';
      }),
  };
}

function* turn(desk: Desk, fresh: SigningKeyRecord, at: number): Work<void> {
  const { tenantId, algorithm } = fresh;
  const of = (place: SigningKeyRecord['place']) =>
    update(desk, tenantId).where('algorithm', '=', algorithm).where('place', '=', place);
  yield of('current').set({ place: 'previous', current_until: at }).compile();
  yield of('next').set({ place: 'current', current_since: at }).compile();
  yield insertion(desk, fresh).compile();
  const former = keysOf(desk, tenantId)
    .where('algorithm', '=', algorithm)
    .where('place', '=', 'previous')
    .orderBy('seq', 'desc')
    .offset(FORMER_KEPT)
    .limit(FORMER_KEPT);
  const old = (yield* rows(former)).map(({ id }) => id);
  if (old.length === 0) return;
  yield desk.db.build.deleteFrom('signing_keys').where('tenant_id', '=', tenantId).where('id', 'in', old).compile();
}

/** The tenant's own row: unlike rows of keys it stays, whoever holds it. */
function* hold({ db }: Desk, tenantId: string): Work<void> {
  yield db.hold(db.build.selectFrom('tenants').select('id').where('id', '=', tenantId)).compile();
}

function* one(desk: Desk, tenantId: string, id: string): Work<SigningKeyRecord | undefined> {
  const row = yield* first(keysOf(desk, tenantId).where('id', '=', id));
  return row && toRecord(desk, row);
}

const update = ({ db }: Desk, tenantId: string) =>
  db.build.updateTable('signing_keys').where('tenant_id', '=', tenantId);

const keysOf = ({ db }: Desk, tenantId: string) =>
  db.build.selectFrom('signing_keys').select(COLUMNS).where('tenant_id', '=', tenantId);

function insertion({ db, keyring }: Desk, key: SigningKeyRecord) {
  return db.build
    .insertInto('signing_keys')
    .values({
      tenant_id: key.tenantId,
      id: key.id,
      algorithm: key.algorithm,
      place: key.place,
      private_jwk: keyring.seal(sealedAt(key.tenantId, key.id), JSON.stringify(key.privateJwk)),
      public_jwk: JSON.stringify(key.publicJwk),
      current_since: key.currentSince ?? null,
      current_until: key.currentUntil ?? null,
      revoked_at: key.revokedAt ?? null,
      created_at: key.createdAt,
    })
    .onConflict((conflict) => conflict.doNothing());
}

function toRecord({ keyring }: Desk, row: Pick<Tables['signing_keys'], (typeof COLUMNS)[number]>): SigningKeyRecord {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    algorithm: row.algorithm as SigningKeyRecord['algorithm'],
    place: row.place as SigningKeyRecord['place'],
    privateJwk: parse(keyring.open(sealedAt(row.tenant_id, row.id), row.private_jwk)),
    publicJwk: parse(row.public_jwk),
    ...given({ currentSince: row.current_since, currentUntil: row.current_until, revokedAt: row.revoked_at }),
    createdAt: row.created_at,
  };
}

function sealedAt(tenantId: string, id: string) {
  return { tenantId, table: 'signing_keys', row: id, column: 'private_jwk' };
}
