// What a password-reset-post-challenge script reads. All keys are wire names; a key that may be missing is optional.

import type { PostLoginEvent } from './post-login.ts';

/** `event` of the post-challenge handlers, without `secrets`, which are added for each Action. */
export type PasswordResetEvent = Pick<
  PostLoginEvent,
  | 'authorization'
  | 'client'
  | 'configuration'
  | 'connection'
  | 'custom_domain'
  | 'organization'
  | 'prompt'
  | 'request'
  | 'stats'
  | 'tenant'
> & {
  /** What the person has proven in this reset, the way by which the link reached them first. */
  authentication: Pick<PostLoginEvent['authentication'], 'methods'>;
  transaction: Pick<PostLoginEvent['transaction'], 'correlation_id' | 'locale' | 'login_hint' | 'state' | 'ui_locales'>;
  /** Whose password it is. */
  user: ResetUser;
};

type User = PostLoginEvent['user'];
/** Not `Omit`, which forgets the members of an open type. */
type ResetUser = { [Name in keyof User as Name extends 'multifactor' ? never : Name]: User[Name] };

/** The event of a login without what there is only when somebody signs in. */
export function toPasswordResetEvent(event: PostLoginEvent): PasswordResetEvent {
  const { authentication, user, transaction, ...login } = event;
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
