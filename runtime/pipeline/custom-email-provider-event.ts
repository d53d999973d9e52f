// The event of a mail that a script carries for the whole tenant.
import type { CustomEmailProviderEvent, EmailMessageType } from '#actions/custom-email-provider.ts';
import type { MessageKind } from '#storage/records.ts';
import { geoipOf } from '../risk/geography.ts';
import { accountOf } from './event-pieces.ts';
import { addresseeOf, type MessageOccasion, messageSurroundings, reducedUser } from './message-occasion.ts';

/** How scripts call what we send by mail. Push messages are no mail: a row for them is never asked for. */
const TYPES: Readonly<Record<MessageKind, EmailMessageType>> = {
  'second-factor': 'mfa_oob_code',
  enrollment: 'mfa_oob_code',
  push: 'mfa_oob_code',
  'passwordless-code': 'verification_code',
  'passwordless-link': 'verification_code',
  'verify-email': 'verify_email',
  'verify-email-by-code': 'verify_email_by_code',
  'reset-password': 'reset_email',
  unblock: 'blocked_account',
  'enrollment-ticket': 'enrollment_email',
  invitation: 'organization_invitation',
  welcome: 'welcome_email',
  'stolen-credentials': 'stolen_credentials',
  'try-provider': 'try_provider_configuration_email',
};

export type MailWords = { from: string; subject: string; html: string; text: string };

export function customEmailProviderEvent(
  occasion: MessageOccasion,
  { from, subject, html, text }: MailWords,
): CustomEmailProviderEvent {
  const { tenant, message, person, caller, place, query } = occasion;
  const { about } = message;
  return {
    ...messageSurroundings(occasion),
    notification: {
      message_type: TYPES[about?.kind ?? 'second-factor'],
      to: message.to,
      from,
      subject,
      html,
      text,
      locale: about?.locale ?? 'en',
    },
    request: caller
      ? {
          ip: caller.ip,
          geoip: geoipOf(place),
          hostname: new URL(tenant.baseUrl).host,
          query,
          ...(caller.userAgent === undefined ? {} : { user_agent: caller.userAgent }),
        }
      : {},
    user: reducedUser(person ? accountOf(person.user) : addresseeOf(message)),
  };
}
