// Storage: keys that may be used once: assertions, proofs of possession. Looking and remembering is a single statement,
// so that of many that bring one key at the same moment exactly one is the first.

import type { Desk } from '../columns.ts';
import { affected } from '../database.ts';
import { hashHandle } from '../keyring.ts';
import type { Store } from '../store.ts';

export function createSeen({ db }: Desk): Store['once'] {
  return async (tenantId, key, until, now) => {
    // What a claim of a JWT says may have any fraction (RFC 7519 §2); a column of integers has none.
    const expires_at = Math.ceil(until);
    const query = db.build
      .insertInto('seen')
      .values({ tenant_id: tenantId, key_hash: hashHandle(key), expires_at })
      .onConflict((conflict) =>
        conflict
          .columns(['tenant_id', 'key_hash'])
          .doUpdateSet({ expires_at })
          // Run out, but not yet swept.
          .where('seen.expires_at', '<=', now),
      );
    return (await db.run(() => affected(query))) === 1;
  };
}
