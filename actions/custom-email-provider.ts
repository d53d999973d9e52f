// The contract of the custom-email-provider trigger, version 1: what a script may export and which parts its `api` has.
// It carries every mail of a tenant whose mail provider is a script.

import type { MessageProfile, MessageSurroundings } from './custom-phone-provider.ts';
import { notification } from './notification.ts';
import { cache } from './post-login/cache.ts';
import type { PostLoginEvent } from './post-login.ts';
import type { TriggerContract } from './trigger.ts';

/** What a mail is for, as scripts read it. */
export type EmailMessageType =
  | 'verify_email'
  | 'verify_email_by_code'
  | 'reset_email'
  | 'reset_email_by_code'
  | 'welcome_email'
  | 'verification_code'
  | 'mfa_oob_code'
  | 'enrollment_email'
  | 'blocked_account'
  | 'stolen_credentials'
  | 'try_provider_configuration_email'
  | 'organization_invitation';

/** `event` of `onExecuteCustomEmailProvider`, without `secrets`, which are added for each Action. */
export type CustomEmailProviderEvent = MessageSurroundings & {
  notification: {
    message_type: EmailMessageType;
    to: string;
    /** Empty where the tenant has named none. */
    from: string;
    subject: string;
    html: string;
    text: string;
    locale: string;
  };
  /** Empty where no request led to it. */
  request: Partial<Pick<PostLoginEvent['request'], 'geoip' | 'hostname' | 'ip' | 'query' | 'user_agent'>>;
  /** Of an address that belongs to no account yet: an empty `user_id` and the address. */
  user: MessageProfile;
};

export const customEmailProvider: TriggerContract = {
  id: 'custom-email-provider',
  handlers: ['onExecuteCustomEmailProvider'],
  spaces: { cache, notification },
  common: ['cache', 'notification'],
  rehearse({ notification: outcome }) {
    outcome?.retry?.('sample');
  },
};
