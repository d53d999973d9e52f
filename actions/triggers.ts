// Every trigger there is, by its id. The sandbox builds `api` from this table; others ask it what a script may do.

import { credentialsExchange } from './credentials-exchange.ts';
import { customEmailProvider } from './custom-email-provider.ts';
import { customPhoneProvider } from './custom-phone-provider.ts';
import { customTokenExchange } from './custom-token-exchange.ts';
import { passwordResetPostChallenge } from './password-reset-post-challenge.ts';
import { postChangePassword } from './post-change-password.ts';
import { postLogin } from './post-login.ts';
import { postUserRegistration } from './post-user-registration.ts';
import { preUserRegistration } from './pre-user-registration.ts';
import { sendPhoneMessage } from './send-phone-message.ts';
import type { TriggerContract } from './trigger.ts';

export const TRIGGERS = {
  'post-login': postLogin,
  'credentials-exchange': credentialsExchange,
  'pre-user-registration': preUserRegistration,
  'post-user-registration': postUserRegistration,
  'post-change-password': postChangePassword,
  'password-reset-post-challenge': passwordResetPostChallenge,
  'custom-token-exchange': customTokenExchange,
  'send-phone-message': sendPhoneMessage,
  'custom-phone-provider': customPhoneProvider,
  'custom-email-provider': customEmailProvider,
} as const satisfies Record<string, TriggerContract>;
export type TriggerId = keyof typeof TRIGGERS;
