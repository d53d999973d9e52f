// Server, MFA API: the answer when a message with a code could not be sent.
import type { FactorType } from '#actions/post-login.ts';
import type { MessageType } from '#runtime/transaction/transaction.ts';
import { refusal, type TokenRefusal } from '../oauth/token-answer.ts';

/** @param by how it was to go; a factor where there is one way only. */
export function undelivered(by: FactorType | MessageType): TokenRefusal {
  switch (by) {
    case 'email':
      return refusal(400, 'email_provider_error', 'The email with the code could not be sent.');
    case 'voice':
      return refusal(400, 'voice_provider_error', 'The call with the code could not be made.');
    case 'push-notification':
      return refusal(400, 'push_provider_error', 'The push notification could not be sent.');
    default:
      return refusal(400, 'sms_provider_error', 'The SMS with the code could not be sent.');
  }
}
