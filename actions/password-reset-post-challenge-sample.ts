// A made-up password-reset-post-challenge event, complete to the last field. It warms sandboxes with the shape of a real
// event.

import { type PasswordResetEvent, toPasswordResetEvent } from './password-reset-post-challenge.ts';
import { postLoginSample } from './post-login-sample.ts';

const { authentication } = postLoginSample;

/** Nobody's reset: an invented person at an invented tenant. */
export const passwordResetSample: PasswordResetEvent = {
  ...toPasswordResetEvent(postLoginSample),
  authentication: { methods: [{ name: 'email', timestamp: authentication.methods[0]?.timestamp ?? '' }] },
};
