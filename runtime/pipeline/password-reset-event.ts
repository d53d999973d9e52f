// The event a password-reset-post-challenge script reads: built as that of a login, and narrowed to what the contract promises.

import { type PasswordResetEvent, toPasswordResetEvent } from '#actions/password-reset-post-challenge.ts';
import { buildEvent, type Occasion } from './event.ts';

export const buildResetEvent = (occasion: Occasion): PasswordResetEvent => toPasswordResetEvent(buildEvent(occasion));
