// Server, MFA API: what a client wants to enroll, read from the body of its request. Source: wire reference, section 2.4.
import type { MessageType } from '#runtime/transaction/transaction.ts';
import type { JsonObject } from '#storage/records.ts';
import { missing, refusal, type TokenRefusal } from '../oauth/token-answer.ts';
import type { Parameters } from '../request.ts';

export type Association =
  | { ok: true; factor: 'otp' }
  | { ok: true; factor: 'push-notification'; channel: 'auth0' }
  | { ok: true; factor: 'email'; channel: 'email'; address: string }
  | { ok: true; factor: 'phone'; channel: MessageType; address: string };

/** The wire's channels; those without a factor are known and not served yet. */
const CHANNELS = ['sms', 'email', 'voice', 'auth0'] as const;

/** @param messageTypes how phones are reached at the tenant. */
export function readAssociation(body: JsonObject, messageTypes: readonly MessageType[]): Association | TokenRefusal {
  const types = readList(body, 'authenticator_types');
  if (!Array.isArray(types)) return types;
  const type = types.find((each) => each === 'otp' || each === 'oob');
  if (type === undefined) return invalid('authenticator_types must hold otp or oob');
  if (type === 'otp') return { ok: true, factor: 'otp' };
  const channels = readList(body, 'oob_channels');
  if (!Array.isArray(channels)) return channels;
  // Several may be sent; the first that can be served is taken.
  for (const channel of channels) {
    if (channel === 'auth0') return { ok: true, factor: 'push-notification', channel };
    if (channel === 'email') {
      const address = addressIn(body, 'email');
      return typeof address === 'string' ? { ok: true, factor: 'email', channel, address } : address;
    }
    const via = messageTypes.find((type) => type === channel);
    if (via) {
      const address = addressIn(body, 'phone_number');
      return typeof address === 'string' ? { ok: true, factor: 'phone', channel: via, address } : address;
    }
  }
  const known = channels.find((each) => CHANNELS.some((name) => name === each));
  return known === undefined
    ? invalid(`oob_channels must hold one of ${CHANNELS.join(', ')}`)
    : invalid(`The oob_channel ${known} is not supported`);
}

/** The texts of a body: client credentials among them. A body of this endpoint holds lists too. */
export function textsOf(body: JsonObject): Parameters {
  const texts = Object.entries(body).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
  );
  return Object.fromEntries(texts);
}

const invalid = (description: string): TokenRefusal => refusal(400, 'invalid_request', description);

function readList(body: JsonObject, name: string): string[] | TokenRefusal {
  const value = body[name];
  if (value === undefined || value === null) return missing(name);
  const isList = Array.isArray(value) && value.length > 0 && value.length <= 10;
  if (!isList || !value.every((each) => typeof each === 'string')) return invalid(`${name} must be a list of texts`);
  return value;
}

function addressIn(body: JsonObject, name: 'phone_number' | 'email'): string | TokenRefusal {
  const address = body[name];
  if (address === undefined || address === null || address === '') return missing(name);
  return typeof address === 'string' ? address : invalid(`${name} must be a text`);
}
