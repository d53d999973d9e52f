// The event of a new password: whose it is, and the request that set it. Neither password is in it.

import type { PostChangePasswordEvent } from '#actions/post-change-password.ts';
import type { ConnectionRecord, TenantRecord, UserRecord } from '#storage/records.ts';
import type { Caller } from '../ports.ts';
import type { Place } from '../risk/geography.ts';
import type { LogPlace } from '../tenant-log.ts';
import { connectionOf, iso, originOf } from './event-pieces.ts';

/** Where a password was changed. */
type PasswordPlace = {
  tenant: TenantRecord;
  /** The database that keeps the password. */
  connection: ConnectionRecord;
  caller: Caller;
  place: Place | undefined;
  /** What the application marked its request with. */
  correlationId?: string;
};

/** The same for whoever is to be told of it, and the reset it was changed in. */
export type PasswordChange = Omit<PasswordPlace, 'place'> & { logPlace: LogPlace; transactionId?: string };

/** `user`: as the row is now. */
export function passwordChangedEvent(
  { tenant, connection, caller, place, correlationId }: PasswordPlace,
  user: UserRecord,
): PostChangePasswordEvent {
  const { email, phoneNumber, username, passwordChangedAt } = user;
  return {
    configuration: {},
    connection: connectionOf(connection),
    request: originOf(tenant, caller, place),
    tenant: { id: tenant.name },
    ...(correlationId === undefined ? {} : { transaction: { correlation_id: correlationId } }),
    user: {
      user_id: user.id,
      ...(email === undefined ? {} : { email }),
      email_verified: user.emailVerified,
      ...(phoneNumber === undefined ? {} : { phone_number: phoneNumber, phone_verified: user.phoneVerified }),
      ...(username === undefined ? {} : { username }),
      ...(passwordChangedAt === undefined ? {} : { last_password_reset: iso(passwordChangedAt) }),
    },
  };
}
