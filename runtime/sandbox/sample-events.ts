// A made-up event of every trigger: contexts are warmed with them, and a script can be tried with one.
import { credentialsExchangeSample } from '#actions/credentials-exchange-sample.ts';
import { customEmailProviderSample } from '#actions/custom-email-provider-sample.ts';
import { customPhoneProviderSample } from '#actions/custom-phone-provider-sample.ts';
import { customTokenExchangeSample } from '#actions/custom-token-exchange-sample.ts';
import { passwordResetSample } from '#actions/password-reset-post-challenge-sample.ts';
import { postChangePasswordSample } from '#actions/post-change-password-sample.ts';
import { postLoginSample } from '#actions/post-login-sample.ts';
import { postUserRegistrationSample } from '#actions/post-user-registration-sample.ts';
import { preUserRegistrationSample } from '#actions/pre-user-registration-sample.ts';
import { sendPhoneMessageSample } from '#actions/send-phone-message-sample.ts';
import type { TriggerId } from '#actions/triggers.ts';

export const SAMPLE_EVENTS: Readonly<Record<TriggerId, object>> = {
  'post-login': postLoginSample,
  'credentials-exchange': credentialsExchangeSample,
  'pre-user-registration': preUserRegistrationSample,
  'post-user-registration': postUserRegistrationSample,
  'post-change-password': postChangePasswordSample,
  'password-reset-post-challenge': passwordResetSample,
  'custom-token-exchange': customTokenExchangeSample,
  'send-phone-message': sendPhoneMessageSample,
  'custom-phone-provider': customPhoneProviderSample,
  'custom-email-provider': customEmailProviderSample,
};
