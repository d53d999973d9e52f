// A made-up post-user-registration event, complete to the last field. It warms sandboxes with the shape of a real event.

import { postLoginSample } from './post-login-sample.ts';
import type { PostUserRegistrationEvent } from './post-user-registration.ts';
import { preUserRegistrationSample } from './pre-user-registration-sample.ts';

const { configuration, connection, request, security_context, tenant, transaction } = preUserRegistrationSample;
const { body: _body, ...origin } = request;
const { enrolledFactors: _enrolled, multifactor: _multifactor, ...user } = postLoginSample.user;

/** Nobody's new account. */
export const postUserRegistrationSample: PostUserRegistrationEvent = {
  configuration,
  connection,
  request: origin,
  ...(security_context ? { security_context } : {}),
  tenant,
  ...(transaction ? { transaction } : {}),
  user: user as PostUserRegistrationEvent['user'],
};
