// A made-up send-phone-message event, complete to the last field. It warms sandboxes with the shape of a real event.

import { postLoginSample } from './post-login-sample.ts';
import { postUserRegistrationSample } from './post-user-registration-sample.ts';
import type { SendPhoneMessageEvent } from './send-phone-message.ts';

const { configuration, request, security_context, tenant } = postUserRegistrationSample;

/** Nobody's code. */
export const sendPhoneMessageSample: SendPhoneMessageEvent = {
  client: postLoginSample.client,
  configuration,
  message_options: {
    recipient: '+10000000000',
    text: 'sample',
    code: '000000',
    message_type: 'sms',
    action: 'second-factor-authentication',
  },
  request,
  ...(security_context ? { security_context } : {}),
  tenant,
  transaction: { correlation_id: 'sample' },
  user: postLoginSample.user,
};
