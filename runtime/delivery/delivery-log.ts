// Delivery: the tenant's log line about a message: that it went out, or why not.
import type { JsonObject, MessageKind, MessageOutcome, MessageRecord } from '#storage/records.ts';
import type { LogDraft } from '../transaction/input.ts';
import type { Delivery } from './delivery.ts';

const TYPES = {
  sms: ['gd_send_sms', 'SMS sent', 'gd_send_sms_failure', 'SMS'],
  voice: ['gd_send_voice', 'Call made', 'gd_send_voice_failure', 'calls'],
  email: ['gd_send_email', 'E-mail with a code sent', 'gd_send_email_failure', 'e-mail'],
  push: ['gd_send_pn', 'Push notification sent', 'gd_send_pn_failure', 'push notifications'],
} as const;

const FACTORS = { sms: 'phone', voice: 'phone', email: 'email', push: 'push-notification' } as const;

/** Kinds whose arrival a log tells of: what people log in with. Of all others the log tells only that one did not go out. */
const FACTOR_KINDS: readonly (string | undefined)[] = ['second-factor', 'enrollment', 'push', undefined];

/** Under which type the log has the message; undefined where the log is silent about it. */
export function logTypeOf(
  { channel, kind }: { channel: MessageRecord['channel']; kind: MessageKind | undefined },
  isDelivered: boolean,
) {
  const [sent, , failed] = TYPES[channel];
  if (FACTOR_KINDS.includes(kind)) return isDelivered ? sent : failed;
  if (!isDelivered) return 'fn';
  if (kind === 'passwordless-code') return 'cs';
  return kind === 'passwordless-link' ? 'cls' : undefined;
}

/** Nothing for a message that is to be tried again by itself: its last attempt has the word. */
export function deliveryLog(
  { channel, about, to }: Pick<MessageRecord, 'channel' | 'about' | 'to'>,
  delivery: Delivery,
  { provider, reference }: MessageOutcome,
): LogDraft[] {
  if (delivery.state === 'waiting') return [];
  const [sentType, sentText, failedType, noun] = TYPES[channel];
  const known = { provider, ...(reference === undefined ? {} : { reference }) };
  if (FACTOR_KINDS.includes(about?.kind)) {
    const details: JsonObject = { authenticator: { type: FACTORS[channel] }, ...known };
    if (delivery.state === 'delivered') return [{ type: sentType, description: sentText, details }];
    const { fault } = delivery;
    return [{ type: failedType, description: lineOf(fault, noun), details: { ...details, ...failureOf(delivery) } }];
  }
  if (delivery.state === 'delivered') {
    const type = logTypeOf({ channel, kind: about?.kind }, true);
    if (type === undefined) return [];
    const description = type === 'cs' ? 'Code sent' : 'Code/Link sent';
    return [{ type, description, userName: to, details: known }];
  }
  const details = { notification_type: about?.kind ?? '', to, error: lineOf(delivery.fault, noun), ...known };
  return [{ type: 'fn', description: lineOf(delivery.fault, noun), details: { ...details, ...failureOf(delivery) } }];
}

function lineOf({ code, detail }: { code: string; detail: string }, noun: string): string {
  return code === 'no-provider' ? `No provider for ${noun} is configured.` : detail;
}

/** `unconfirmed`: it may have arrived all the same. */
function failureOf({ state, fault }: Extract<Delivery, { fault: unknown }>): JsonObject {
  const { code, detail, answered } = fault;
  return {
    failure_details: { errorCode: code, message: detail },
    ...(answered === undefined ? {} : { provider_error: { code: answered } }),
    ...(state === 'unconfirmed' ? { unconfirmed: true } : {}),
  };
}
