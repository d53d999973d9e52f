// The contract of the send-phone-message trigger, version 2: what a script may export and which parts its `api` has.
// It sends the codes of the phone factor. The login waits for it, and a throw means that the message was not sent.

import { cache } from './post-login/cache.ts';
import type { PostLoginEvent } from './post-login.ts';
import type { PostUserRegistrationEvent } from './post-user-registration.ts';
import type { TriggerContract } from './trigger.ts';

/** `event` of `onExecuteSendPhoneMessage`, without `secrets`, which are added for each Action. */
export type SendPhoneMessageEvent = Pick<
  PostUserRegistrationEvent,
  'configuration' | 'custom_domain' | 'request' | 'security_context' | 'tenant'
> & {
  client?: PostLoginEvent['client'];
  message_options: {
    /** As the person gave it, in E.164 where it parses. */
    recipient: string;
    text: string;
    code: string;
    message_type: 'sms' | 'voice';
    action: 'enrollment' | 'second-factor-authentication';
  };
  /** What the application marked its request with; absent without a mark. */
  transaction?: { correlation_id?: string };
  user: PostLoginEvent['user'];
};

export const sendPhoneMessage: TriggerContract = {
  id: 'send-phone-message',
  handlers: ['onExecuteSendPhoneMessage'],
  spaces: { cache },
  common: ['cache'],
  rehearse({ cache: kept }) {
    kept?.get?.('sample');
  },
};
