// The contract of the post-user-registration trigger, version 2: what a script may export and which parts its `api` has.
// It runs on its own after somebody has an account: whatever happens in it changes nothing.

import { cache } from './post-login/cache.ts';
import type { PostLoginEvent } from './post-login.ts';
import type { PreUserRegistrationEvent } from './pre-user-registration.ts';
import type { TriggerContract } from './trigger.ts';

/** `event` of `onExecutePostUserRegistration`, without `secrets`, which are added for each Action. */
export type PostUserRegistrationEvent = Pick<
  PreUserRegistrationEvent,
  'configuration' | 'connection' | 'custom_domain' | 'security_context' | 'tenant' | 'transaction'
> & {
  request: Omit<PreUserRegistrationEvent['request'], 'body'>;
  /** The new account. */
  user: Omit<PostLoginEvent['user'], 'enrolledFactors' | 'multifactor'>;
};

/** What such a script can command: nothing but what it keeps for the next run. */
export type PostUserRegistrationCommand =
  | { name: 'cache.set'; key: string; value: string; expiresAt: number }
  | { name: 'cache.delete'; key: string };

export const postUserRegistration: TriggerContract = {
  id: 'post-user-registration',
  handlers: ['onExecutePostUserRegistration'],
  spaces: { cache },
  common: ['cache'],
  rehearse({ cache: kept }) {
    kept?.get?.('sample');
  },
};
