// A made-up custom-phone-provider event, complete to the last field. It warms sandboxes with the shape of a real event.

import type { CustomPhoneProviderEvent, MessageSurroundings } from './custom-phone-provider.ts';
import { postLoginSample } from './post-login-sample.ts';
import { postUserRegistrationSample } from './post-user-registration-sample.ts';

const { client, configuration, connection, custom_domain, organization } = postLoginSample;

/** Around nobody's message. */
export const messageSurroundingsSample: MessageSurroundings = {
  client,
  configuration,
  connection,
  ...(custom_domain ? { custom_domain } : {}),
  ...(organization ? { organization } : {}),
  tenant: {
    id: 'sample',
    friendly_name: 'Sample',
    home_url: 'https://sample.invalid/',
    logo_url: 'https://sample.invalid/logo.png',
    support_email: 'help@sample.invalid',
    support_url: 'https://sample.invalid/help',
  },
  transaction: { correlation_id: 'sample' },
};

/** Nobody's message. */
export const customPhoneProviderSample: CustomPhoneProviderEvent = {
  ...messageSurroundingsSample,
  notification: {
    message_type: 'otp_verify',
    recipient: '+10000000000',
    from: '+10000000001',
    delivery_method: 'text',
    as_text: 'sample',
    as_voice: 'sample',
    code: '000000',
    locale: 'en',
  },
  request: postUserRegistrationSample.request,
  user: postUserRegistrationSample.user as CustomPhoneProviderEvent['user'],
};
