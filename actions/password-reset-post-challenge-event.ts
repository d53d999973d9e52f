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
