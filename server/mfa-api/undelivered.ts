// Server, MFA API: the answer when a message with a code could not be sent, or when nobody knows whether it was.
import type { FactorType } from '#actions/post-login.ts';
import type { MessageType } from '#runtime/transaction/transaction.ts';
import { refusal, type TokenRefusal } from '../oauth/token-answer.ts';

/** How it was to go; a factor where there is one way only. */
type Way = FactorType | MessageType;

const ANSWERS = {
  email: ['email_provider_error', 'The email with the code could not be sent.'],
  voice: ['voice_provider_error', 'The call with the code could not be made.'],
  push: ['push_provider_error', 'The push notification could not be sent.'],
  sms: ['sms_provider_error', 'The SMS with the code could not be sent.'],
} as const;

/** Undefined: it is on its way. @param message what a challenge or an enrollment says of it. */
export function undelivered(
  message: { undelivered?: true; unconfirmed?: true } | undefined,
  by: Way,
): TokenRefusal | undefined {
  if (!message?.undelivered && !message?.unconfirmed) return undefined;
  const [error, failed] = ANSWERS[channelOf(by)];
  return refusal(400, error, message.unconfirmed ? 'The message may not have been sent. Ask for it again.' : failed);
}

/** Nobody was asked to carry it. */
export function notSent(by: Way): TokenRefusal {
  const [error, failed] = ANSWERS[channelOf(by)];
  return refusal(400, error, failed);
}

function channelOf(by: Way): keyof typeof ANSWERS {
  if (by === 'email' || by === 'voice') return by;
  return by === 'push-notification' ? 'push' : 'sms';
}
