// The contract of the pre-user-registration trigger, version 2: what a script may export and which parts its `api` has.
// It runs while somebody waits for an account that does not exist yet; nothing in it pauses.

import { validation } from './post-login/access.ts';
import { cache } from './post-login/cache.ts';
import { user as metadata } from './post-login/user.ts';
import { OWN_USER_ID } from './pre-user-registration-command.ts';
import type { ApiMethod, TriggerContract } from './trigger.ts';

export type { PreUserRegistrationEvent } from './pre-user-registration-event.ts';

function checkDenial([reason, userMessage]: unknown[]): void {
  if (typeof reason !== 'string') throw new TypeError('The reason given to api.access.deny must be a string.');
  if (userMessage !== undefined && typeof userMessage !== 'string')
    throw new TypeError('The message for the user given to api.access.deny must be a string.');
}

const access = (): ApiMethod[] => [
  {
    name: 'deny',
    takes: 2,
    returns: 'api',
    check: checkDenial,
    record: ([reason, userMessage]) => [reason, userMessage ?? ''],
  },
];

function checkUserId([userId]: unknown[]): void {
  if (typeof userId !== 'string' || !OWN_USER_ID.test(userId))
    throw new TypeError('The user id must be 1 to 255 letters, digits and the signs @ . _ + -.');
}

const user = (): ApiMethod[] => [...metadata(), { name: 'setUserId', takes: 1, returns: 'api', check: checkUserId }];

export const preUserRegistration: TriggerContract = {
  id: 'pre-user-registration',
  handlers: ['onExecutePreUserRegistration'],
  spaces: { access, cache, user, validation },
  common: ['access', 'cache', 'user'],
  rehearse({ user: person }) {
    person?.setAppMetadata?.('sample', { sample: 1 });
  },
};
