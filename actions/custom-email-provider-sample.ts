// A made-up custom-email-provider event, complete to the last field. It warms sandboxes with the shape of a real event.

import type { CustomEmailProviderEvent } from './custom-email-provider.ts';
import { messageSurroundingsSample } from './custom-phone-provider-sample.ts';
import { postLoginSample } from './post-login-sample.ts';

const { user_id, email_verified, app_metadata, user_metadata } = postLoginSample.user;

/** Nobody's mail. */
export const customEmailProviderSample: CustomEmailProviderEvent = {
  ...messageSurroundingsSample,
  notification: {
    message_type: 'mfa_oob_code',
    to: 'nobody@sample.invalid',
    from: 'sample@sample.invalid',
    subject: 'sample',
    html: '<p>sample</p>',
    text: 'sample',
    locale: 'en',
  },
  request: { ip: '192.0.2.1', geoip: {}, hostname: 'sample.invalid', query: {}, user_agent: 'sample' },
  user: {
    user_id,
    email_verified,
    app_metadata,
    user_metadata,
    email: 'nobody@sample.invalid',
    username: 'nobody',
    phone_number: '+10000000000',
    name: 'Nobody',
    given_name: 'No',
    family_name: 'Body',
    nickname: 'nobody',
    picture: 'https://sample.invalid/nobody.png',
  },
};
