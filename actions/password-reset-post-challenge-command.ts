// The commands a password-reset-post-challenge script can record, once the host has checked them. Scripts record; the
// runtime acts.

import type { PostLoginCommand } from './post-login-command.ts';

/** Commands that mean in a reset what they mean in a login. */
type SharedName =
  | 'access.deny'
  | 'authentication.challengeWith'
  | 'authentication.challengeWithAny'
  | 'cache.set'
  | 'cache.delete'
  | 'prompt.render'
  | 'redirect.sendUserTo';

/** `name` is the method of `api` that recorded it. */
export type PasswordResetCommand =
  | Extract<PostLoginCommand, { name: SharedName }>
  /** Where the person goes once the password is set. Options are already in `url`. */
  | { name: 'transaction.setResultUrl'; url: string };

/** What scripts can command in a flow that pauses, whichever trigger is theirs. */
export type LoginCommand = PostLoginCommand | PasswordResetCommand;
