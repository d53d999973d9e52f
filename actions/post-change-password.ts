// The contract of the post-change-password trigger, version 2: what a script may export and which parts its `api` has.
// It runs on its own after somebody has a new password: whatever happens in it changes nothing.

import { cache } from './post-login/cache.ts';
import type { PostUserRegistrationCommand, PostUserRegistrationEvent } from './post-user-registration.ts';
import type { TriggerContract } from './trigger.ts';

/** `event` of `onExecutePostChangePassword`, without `secrets`, which are added for each Action. */
export type PostChangePasswordEvent = Pick<
  PostUserRegistrationEvent,
  'configuration' | 'connection' | 'custom_domain' | 'request' | 'tenant'
> & {
  /** What the application marked the request with; absent without a mark. */
  transaction?: { correlation_id?: string };
  /** Whose password it is. Neither the old one nor the new one is told. */
  user: {
    user_id: string;
    email?: string;
    email_verified: boolean;
    phone_number?: string;
    phone_verified?: boolean;
    username?: string;
    /** When it was changed, ISO 8601. */
    last_password_reset?: string;
  };
};

/** What such a script can command: nothing but what it keeps for the next run. */
export type PostChangePasswordCommand = PostUserRegistrationCommand;

export const postChangePassword: TriggerContract = {
  id: 'post-change-password',
  handlers: ['onExecutePostChangePassword'],
  spaces: { cache },
  common: ['cache'],
  rehearse({ cache: kept }) {
    kept?.get?.('sample');
  },
};
