// After somebody has a new password: the scripts that are told of it run on their own, once it is written. Nobody waits for
// them, and what they do changes nothing.
import type { PostChangePasswordCommand } from '#actions/post-change-password.ts';
import type { TenantRecord, UserRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Afterwards } from './afterwards.ts';
import { placeOf } from './pipeline/log-place.ts';
import { type PasswordChange, passwordChangedEvent } from './pipeline/password-changed-event.ts';
import { runTrigger, type TriggerStage } from './pipeline/run-trigger.ts';
import { checkBy } from './pipeline/trigger-commands.ts';
import type { World } from './pipeline/world.ts';
import type { Caller, Ports } from './ports.ts';
import type { LoginTransaction } from './transaction/transaction.ts';

const check = checkBy<never, PostChangePasswordCommand['name']>({}, ['cache.set', 'cache.delete']);

/** Returns at once. `user`: as the row is now. */
export function tellOfNewPassword(
  ports: Ports,
  stage: TriggerStage & { afterwards: Afterwards },
  { logPlace, transactionId, ...where }: PasswordChange,
  user: UserRecord,
): void {
  const { tenant, caller } = where;
  const event = passwordChangedEvent({ ...where, place: ports.geography.locate(caller.ip) }, user);
  stage.afterwards.start(tenant.id, () =>
    runTrigger<PostChangePasswordCommand>(ports, stage, {
      tenant,
      trigger: 'post-change-password',
      handler: 'onExecutePostChangePassword',
      event: () => event,
      check,
      ends: () => false,
      place: { ...logPlace, userId: user.id, userName: user.email ?? user.username ?? user.phoneNumber ?? user.id },
      userId: user.id,
      ...(transactionId === undefined ? {} : { transactionId }),
    }),
  );
}

/** Of the password that a step of a reset has written; nothing where it has written none. */
export function tellOfReset(
  ports: Ports,
  stage: TriggerStage & { afterwards: Afterwards },
  { tenant, tx, world, caller }: { tenant: TenantRecord; tx: LoginTransaction; world: World; caller: Caller },
  changes: readonly Change[],
): void {
  const { connection, user } = world;
  const change = changes.find(({ kind }) => kind === 'user.set-password');
  if (change?.kind !== 'user.set-password' || !connection || !user) return;
  const correlationId = tx.request.query.correlation_id;
  const where = {
    tenant,
    connection,
    caller,
    logPlace: placeOf(ports, tx, world, caller),
    transactionId: tx.id,
    ...(correlationId === undefined ? {} : { correlationId }),
  };
  const isVerified = user.emailVerified || changes.some(({ kind }) => kind === 'user.verify-email');
  tellOfNewPassword(ports, stage, where, { ...user, emailVerified: isVerified, passwordChangedAt: change.at });
}
