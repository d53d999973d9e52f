// Storage: the keys a tenant signs tokens with. The private half is sealed.

import { type Desk, parse } from '../columns.ts';
import { rows } from '../database.ts';
import type { Store } from '../store.ts';

export function createSigningKeys({ db, keyring }: Desk): Store['signingKeys'] {
  const { build, run } = db;
  const place = (tenantId: string, id: string) => ({ tenantId, table: 'signing_keys', row: id, column: 'private_jwk' });

  return {
    async insert(key) {
      const query = build.insertInto('signing_keys').values({
        tenant_id: key.tenantId,
        id: key.id,
        algorithm: key.algorithm,
        private_jwk: keyring.seal(place(key.tenantId, key.id), JSON.stringify(key.privateJwk)),
        public_jwk: JSON.stringify(key.publicJwk),
        created_at: key.createdAt,
      });
      await run(() => rows(query));
    },

    async list(tenantId) {
      const query = build
        .selectFrom('signing_keys')
        .select(['id', 'private_jwk', 'public_jwk', 'created_at'])
        .where('tenant_id', '=', tenantId)
        .orderBy('created_at', 'desc')
        .orderBy('seq', 'desc');
      return (await run(() => rows(query))).map((row) => ({
        tenantId,
        id: row.id,
        algorithm: 'RS256' as const,
        privateJwk: parse(keyring.open(place(tenantId, row.id), row.private_jwk)),
        publicJwk: parse(row.public_jwk),
        createdAt: row.created_at,
      }));
    },
  };
}
