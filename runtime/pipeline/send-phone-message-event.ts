// The event of a code that a script sends to the phone of somebody who signs in.
import type { SendPhoneMessageEvent } from '#actions/send-phone-message.ts';
import { enrolledFactors } from '../factors/catalogue.ts';
import { userOf } from './event.ts';
import { clientOf, originOf, securityContext } from './event-pieces.ts';
import { addresseeOf, correlationOf, type MessageOccasion } from './message-occasion.ts';

/** @param text as it is to go out. */
export function sendPhoneMessageEvent(occasion: MessageOccasion, text: string): SendPhoneMessageEvent {
  const { tenant, message, client, person, place } = occasion;
  const caller = occasion.caller ?? { ip: '', method: 'POST' };
  return {
    ...(client ? { client: clientOf(client) } : {}),
    configuration: {},
    message_options: {
      recipient: message.to,
      text,
      code: message.code ?? '',
      message_type: message.channel === 'voice' ? 'voice' : 'sms',
      action: message.about?.kind === 'enrollment' ? 'enrollment' : 'second-factor-authentication',
    },
    request: originOf(tenant, caller, place),
    ...securityContext(caller),
    tenant: { id: tenant.name },
    ...correlationOf(occasion),
    user: person
      ? userOf(person.user, enrolledFactors(person))
      : { ...(addresseeOf(message) as SendPhoneMessageEvent['user']), enrolledFactors: [], multifactor: [] },
  };
}
