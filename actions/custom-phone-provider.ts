// The contract of the custom-phone-provider trigger, version 1: what a script may export and which parts its `api` has.
// It carries every text message and call of a tenant whose phone messages have one provider.

import { notification } from './notification.ts';
import { cache } from './post-login/cache.ts';
import type { PostLoginEvent } from './post-login.ts';
import type { PostUserRegistrationEvent } from './post-user-registration.ts';
import type { TriggerContract } from './trigger.ts';

/** What a phone message is for, under the names of its templates. */
export const PHONE_MESSAGE_TYPES = [
  'otp_verify',
  'otp_enroll',
  'change_password',
  'blocked_account',
  'password_breach',
] as const;
export type PhoneMessageType = (typeof PHONE_MESSAGE_TYPES)[number];

/** The tenant as its messages show it. */
export type MessageTenant = {
  id: string;
  friendly_name?: string;
  home_url?: string;
  logo_url?: string;
  support_email?: string;
  support_url?: string;
};

type Profile =
  | 'user_id'
  | 'email'
  | 'email_verified'
  | 'username'
  | 'phone_number'
  | 'name'
  | 'given_name'
  | 'family_name'
  | 'nickname'
  | 'picture'
  | 'app_metadata'
  | 'user_metadata';

/** Somebody without accounts and dates; what an upstream said stands beside the known names. */
export type MessageProfile = Pick<PostLoginEvent['user'], Profile> & { [attribute: string]: unknown };

/** What events of messages have in common, whatever carries them. */
export type MessageSurroundings = {
  /** Of a message that belongs to no application: `All Applications`, with an empty `client_id`. */
  client: PostLoginEvent['client'];
  configuration: Record<string, never>;
  connection?: PostLoginEvent['connection'];
  custom_domain?: NonNullable<PostLoginEvent['custom_domain']>;
  organization?: NonNullable<PostLoginEvent['organization']>;
  tenant: MessageTenant;
  /** What the application marked its request with; absent without a mark. */
  transaction?: { correlation_id?: string };
};

/** `event` of `onExecuteCustomPhoneProvider`, without `secrets`, which are added for each Action. */
export type CustomPhoneProviderEvent = MessageSurroundings & {
  notification: {
    message_type: PhoneMessageType;
    recipient: string;
    from?: string;
    delivery_method: 'text' | 'voice';
    as_text: string;
    as_voice: string;
    code?: string;
    locale?: string;
  };
  request: PostUserRegistrationEvent['request'];
  /** Of a number that belongs to no account yet: an empty `user_id` and the number. */
  user: MessageProfile &
    Pick<PostLoginEvent['user'], 'created_at' | 'updated_at' | 'phone_verified' | 'last_password_reset' | 'identities'>;
};

export const customPhoneProvider: TriggerContract = {
  id: 'custom-phone-provider',
  handlers: ['onExecuteCustomPhoneProvider'],
  spaces: { cache, notification },
  common: ['cache', 'notification'],
  rehearse({ notification: outcome }) {
    outcome?.retry?.('sample');
  },
};
