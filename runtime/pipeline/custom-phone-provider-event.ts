// The event of a text message or a call that a script carries for the whole tenant.
import type { CustomPhoneProviderEvent, PhoneMessageType } from '#actions/custom-phone-provider.ts';
import { accountOf, originOf } from './event-pieces.ts';
import { addresseeOf, type MessageOccasion, messageSurroundings } from './message-occasion.ts';

/** What the message is for, and what it says in either way, whichever it is to go. */
export type PhoneErrand = { type: PhoneMessageType; text: string; voice: string; from?: string };

export function customPhoneProviderEvent(
  occasion: MessageOccasion,
  { type, text, voice, from }: PhoneErrand,
): CustomPhoneProviderEvent {
  const { tenant, message, person, place } = occasion;
  const { to, channel, code, about } = message;
  return {
    ...messageSurroundings(occasion),
    notification: {
      message_type: type,
      recipient: to,
      ...(from === undefined ? {} : { from }),
      delivery_method: channel === 'voice' ? 'voice' : 'text',
      as_text: text,
      as_voice: voice,
      ...(code === undefined ? {} : { code }),
      ...(about === undefined ? {} : { locale: about.locale }),
    },
    request: originOf(tenant, occasion.caller ?? { ip: '', method: 'POST' }, place),
    user: (person ? accountOf(person.user) : addresseeOf(message)) as CustomPhoneProviderEvent['user'],
  };
}
