// A made-up pre-user-registration event, complete to the last field. It warms sandboxes with the shape of a real event.

import { postLoginSample } from './post-login-sample.ts';
import type { PreUserRegistrationEvent } from './pre-user-registration.ts';

const { client, configuration, connection, request, security_context, tenant, transaction, user } = postLoginSample;
const { query: _query, asn: _asn, ...origin } = request;
const {
  id: _id,
  metadata: _metadata,
  linking_id: _link,
  requested_authorization_details: _details,
  ...asked
} = transaction;

/** Nobody's sign-up: an invented person at an invented tenant. */
export const preUserRegistrationSample: PreUserRegistrationEvent = {
  client,
  configuration,
  connection,
  request: { ...origin, body: { email: 'nobody@sample.invalid', 'ulp-sample': 'sample' } },
  ...(security_context ? { security_context } : {}),
  tenant,
  transaction: asked,
  user: {
    email: 'nobody@sample.invalid',
    username: 'nobody',
    phone_number: '+10000000000',
    name: user.name ?? 'Nobody',
    given_name: 'No',
    family_name: 'Body',
    nickname: 'nobody',
    picture: 'https://sample.invalid/nobody.png',
    user_metadata: {},
    app_metadata: {},
  },
};
