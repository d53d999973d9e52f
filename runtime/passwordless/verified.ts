// Passwordless: whether an address is known to be somebody's, and how it becomes so.
import type { UserRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { PasswordlessStrategy } from '../transaction/transaction.ts';

export function isVerified(strategy: PasswordlessStrategy, user: UserRecord): boolean {
  return strategy === 'sms' ? user.phoneVerified : user.emailVerified;
}

/** Whoever has read what was sent to an address has it. */
export function verified(strategy: PasswordlessStrategy, user: UserRecord, address: string, at: number): Change[] {
  if (isVerified(strategy, user)) return [];
  const whose = { tenantId: user.tenantId, id: user.id, at };
  return strategy === 'sms'
    ? [{ kind: 'user.verify-phone', ...whose, phoneNumber: address }]
    : [{ kind: 'user.verify-email', ...whose, email: address }];
}
