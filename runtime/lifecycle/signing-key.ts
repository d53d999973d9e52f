// Lifecycle: a tenant's key for signing tokens. Made here, sealed by storage, used by the protocol only.
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { JsonObject, SigningKeyRecord } from '#storage/records.ts';
import type { LifecyclePorts } from './ports.ts';

const generate = promisify(generateKeyPair);

/** A new RSA-2048 pair for RS256, as two JWKs that carry `kid`, `alg` and `use` (RFC 7517 §4). */
export async function newSigningKey(ports: LifecyclePorts, tenantId: string): Promise<SigningKeyRecord> {
  const { privateKey, publicKey } = await generate('rsa', { modulusLength: 2048 });
  const id = ports.random.letters(22);
  const marks = { kid: id, alg: 'RS256', use: 'sig' };
  return {
    tenantId,
    id,
    algorithm: 'RS256',
    privateJwk: { ...(privateKey.export({ format: 'jwk' }) as JsonObject), ...marks },
    publicJwk: { ...(publicKey.export({ format: 'jwk' }) as JsonObject), ...marks },
    createdAt: ports.now(),
  };
}
