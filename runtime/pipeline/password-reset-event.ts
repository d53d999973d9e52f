// The event a password-reset-post-challenge script reads: that of a login, without what there is only when somebody signs in.

import type { PasswordResetEvent } from '#actions/password-reset-post-challenge.ts';
import { buildEvent, type Occasion } from './event.ts';

export function buildResetEvent(occasion: Occasion): PasswordResetEvent {
  const { authentication, user, transaction, ...login } = buildEvent(occasion);
  const { authorization, client, configuration, connection, organization, prompt, request, stats, tenant } = login;
  const { correlation_id, locale, login_hint, state, ui_locales } = transaction;
  const { multifactor: _multifactor, ...person } = user;
  return {
    authentication: { methods: authentication.methods },
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
}
