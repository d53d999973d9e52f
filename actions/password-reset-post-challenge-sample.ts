// A made-up password-reset-post-challenge event, complete to the last field. It warms sandboxes with the shape of a real
// event.

import type { PasswordResetEvent } from './password-reset-post-challenge.ts';
import { postLoginSample } from './post-login-sample.ts';

const { authentication, user, transaction, ...sample } = postLoginSample;
const { authorization, client, configuration, connection, organization, prompt, request, stats, tenant } = sample;
const { correlation_id, locale, login_hint, state, ui_locales } = transaction;
const { multifactor: _multifactor, ...person } = user;

/** Nobody's reset: an invented person at an invented tenant. */
export const passwordResetSample: PasswordResetEvent = {
  authentication: { methods: [{ name: 'email', timestamp: authentication.methods[0]?.timestamp ?? '' }] },
  authorization,
  client,
  configuration,
  connection,
  ...(organization ? { organization } : {}),
  ...(prompt ? { prompt } : {}),
  request,
  stats,
  tenant,
  transaction: {
    ...(correlation_id === undefined ? {} : { correlation_id }),
    locale,
    ...(login_hint === undefined ? {} : { login_hint }),
    ...(state === undefined ? {} : { state }),
    ui_locales,
  },
  user: person,
};
