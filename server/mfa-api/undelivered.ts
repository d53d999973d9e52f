// Server, MFA API: the answer when a message with a code could not be sent.
import type { FactorType } from '#actions/post-login.ts';
import { refusal, type TokenRefusal } from '../oauth/token-answer.ts';

export function undelivered(factor: FactorType): TokenRefusal {
  return factor === 'email'
    ? refusal(400, 'email_provider_error', 'The email with the code could not be sent.')
    : refusal(400, 'sms_provider_error', 'The SMS with the code could not be sent.');
}
