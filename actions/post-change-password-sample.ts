// A made-up post-change-password event, complete to the last field. It warms sandboxes with the shape of a real event.

import type { PostChangePasswordEvent } from './post-change-password.ts';
import { postUserRegistrationSample } from './post-user-registration-sample.ts';

const { configuration, connection, request, tenant } = postUserRegistrationSample;

/** Nobody's new password. */
export const postChangePasswordSample: PostChangePasswordEvent = {
  configuration,
  connection,
  request,
  tenant,
  transaction: { correlation_id: 'sample' },
  user: {
    user_id: 'auth0|sample',
    email: 'nobody@sample.invalid',
    email_verified: true,
    phone_number: '+10000000000',
    phone_verified: true,
    username: 'nobody',
    last_password_reset: '2001-01-01T00:00:00.000Z',
  },
};
