// Password hashes: argon2id (RFC 9106; 19 MiB, 2 passes, 1 lane) as PHC strings, from Node's own crypto. Imported hashes
// of other kinds are verified and replaced at the next login.
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';
import type { Passwords } from '../ports.ts';
import { isImported, verifyImported } from './imported-hash.ts';

/** What a hash costs: KiB of memory, passes over it, lanes. */
export type PasswordCost = { memory: number; passes: number; parallelism: number };

const COST: PasswordCost = { memory: 19_456, passes: 2, parallelism: 1 };
const TAG_LENGTH = 32;
const derive = promisify(argon2);

/** @param cost of new hashes; what was hashed at another cost is verified at its own. */
export function createPasswords(cost = COST): Passwords {
  // Stands in when there is no account or no password: the work is the same, the answer is no.
  let decoy: Promise<string> | undefined;
  const passwords: Passwords = {
    hash: async (password) => {
      const nonce = randomBytes(16);
      const tag = await derive('argon2id', { message: password, nonce, tagLength: TAG_LENGTH, ...cost });
      const { memory, passes, parallelism } = cost;
      return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(nonce)}$${unpadded(tag)}`;
    },
    verify: async (password, hash) => {
      decoy ??= passwords.hash(randomBytes(16).toString('hex'));
      if (hash === undefined) {
        await verifyArgon2(password, await decoy);
        return { ok: false };
      }
      if (!hash.startsWith('$argon2id$')) {
        const ok = await (isImported(hash) ? verifyImported(password, hash) : verifyBcrypt(password, hash)).catch(
          () => false,
        );
        if (ok) return { ok, rehash: await passwords.hash(password) };
        // Many of these are quick: whoever measured them would know who has an account.
        await verifyArgon2(password, await decoy);
        return { ok };
      }
      return { ok: await verifyArgon2(password, hash) };
    },
  };
  return passwords;
}

async function verifyArgon2(password: string, hash: string): Promise<boolean> {
  const parts = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(hash);
  if (!parts) return false;
  const [, memory, passes, parallelism, nonce = '', tag = ''] = parts;
  const expected = Buffer.from(tag, 'base64');
  const got = await derive('argon2id', {
    message: password,
    nonce: Buffer.from(nonce, 'base64'),
    tagLength: expected.length,
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
  });
  return timingSafeEqual(got, expected);
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
