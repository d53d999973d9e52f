// Another recovery code for somebody who has a second factor, made by an administrator.
import type { TenantRecord, UserRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Ports } from '../ports.ts';
import { newRecoveryCode, recoveryCodeMac } from './recovery-code.ts';

const TRIES = 3;

/** @returns the code, which is kept nowhere; undefined where the person has nothing that it could stand in for. */
export async function renewRecoveryCode(
  { store, random, mac, now }: Pick<Ports, 'store' | 'random' | 'mac' | 'now'>,
  { id: tenantId }: TenantRecord,
  { id: userId }: UserRecord,
): Promise<string | undefined> {
  for (let tries = 0; tries < TRIES; tries++) {
    const confirmed = (await store.authenticators.ofUser(tenantId, userId)).filter((each) => each.confirmed);
    if (confirmed.length === 0) return undefined;
    const known = confirmed.find(({ type, secret }) => type === 'recovery-code' && secret !== undefined);
    const code = newRecoveryCode(random);
    const id = known?.id ?? `dev_${random.letters(16)}`;
    const to = recoveryCodeMac(mac, id, code);
    const at = now();
    const change: Change =
      known?.secret === undefined
        ? {
            kind: 'authenticator.insert',
            authenticator: {
              tenantId,
              id,
              userId,
              type: 'recovery-code',
              confirmed: true,
              secret: to,
              createdAt: at,
              enrolledAt: at,
            },
          }
        : { kind: 'authenticator.replace-secret', tenantId, id, from: known.secret, to, at };
    // Lost to somebody who has used or renewed it this moment: once more, from the row as it is now.
    if ((await store.commit([change])).ok) return code;
  }
  throw new Error('a recovery code could not be renewed after several tries');
}
