// After somebody has an account: the scripts that are told of it run on their own, once the account is written. Nobody
// waits for them, and what they do changes nothing.
import type { PostUserRegistrationCommand } from '#actions/post-user-registration.ts';
import type { UserRecord } from '#storage/records.ts';
import type { Afterwards } from './afterwards.ts';
import { postRegistrationEvent, type SignUpPlace } from './pipeline/registration-event.ts';
import { runTrigger, type TriggerStage } from './pipeline/run-trigger.ts';
import { checkBy } from './pipeline/trigger-commands.ts';
import type { Ports } from './ports.ts';
import type { LogPlace } from './tenant-log.ts';

/** Where the account was made, and the login it was made in. */
export type Origin = Omit<SignUpPlace, 'client' | 'place'> & { logPlace: LogPlace; transactionId?: string };

const check = checkBy<never, PostUserRegistrationCommand['name']>({}, ['cache.set', 'cache.delete']);

/** Returns at once. */
export function tellOfRegistration(
  ports: Ports,
  stage: TriggerStage & { afterwards: Afterwards },
  { logPlace, transactionId, ...where }: Origin,
  user: UserRecord,
): void {
  const { tenant, caller } = where;
  const event = postRegistrationEvent({ ...where, place: ports.geography.locate(caller.ip) }, user);
  stage.afterwards.start(tenant.id, () =>
    runTrigger<PostUserRegistrationCommand>(ports, stage, {
      tenant,
      trigger: 'post-user-registration',
      handler: 'onExecutePostUserRegistration',
      event: () => event,
      check,
      ends: () => false,
      place: { ...logPlace, userId: user.id, userName: user.email ?? user.username ?? user.id },
      userId: user.id,
      ...(transactionId === undefined ? {} : { transactionId }),
    }),
  );
}
