// Delivery: what the options of a passwordless connection say about its messages. They were checked when they were saved;
// what is missing or of another kind all the same counts as not set.
import type { Json, JsonObject } from '#storage/records.ts';
import type { GatewayAuthentication } from './gateway-token.ts';

export type Syntax = 'macros' | 'liquid';

export type SmsOptions = {
  /** Absent: the words are ours. */
  template?: string;
  syntax: Syntax;
  /** As it was written: what a sender may be called is the provider's business. */
  from: string;
  gateway?: { url: string; authentication?: GatewayAuthentication; tellsCaller: boolean };
  /** The connection's own account with Twilio. */
  twilio?: { sid: string; authToken: string; from?: string; messagingServiceSid?: string };
};

export function smsOptions(options: JsonObject): SmsOptions {
  const from = text(options.from);
  const template = text(options.template);
  const sid = text(options.twilio_sid);
  const authToken = text(options.twilio_token);
  const messagingServiceSid = text(options.messaging_service_sid);
  const gateway = options.provider === 'sms_gateway' ? gatewayOf(options) : undefined;
  return {
    ...(template === undefined ? {} : { template }),
    syntax: options.syntax === 'liquid' ? 'liquid' : 'macros',
    from: from ?? '',
    ...(gateway ? { gateway } : {}),
    ...(gateway || sid === undefined || authToken === undefined
      ? {}
      : {
          twilio: {
            sid,
            authToken,
            ...(from === undefined ? {} : { from }),
            ...(messagingServiceSid === undefined ? {} : { messagingServiceSid }),
          },
        }),
  };
}

function gatewayOf(options: JsonObject): NonNullable<SmsOptions['gateway']> {
  const { subject, audience, secret, secret_base64_encoded: isBase64 } = object(options.gateway_authentication);
  const signed = text(secret);
  const authentication =
    signed === undefined
      ? undefined
      : {
          secret: signed,
          isBase64: isBase64 === true,
          ...(text(subject) === undefined ? {} : { subject: String(subject) }),
          ...(text(audience) === undefined ? {} : { audience: String(audience) }),
        };
  return {
    url: text(options.gateway_url) ?? '',
    ...(authentication ? { authentication } : {}),
    // Written both ways on the wire.
    tellsCaller: options.forward_req_info === true || options.forward_req_info === 'true',
  };
}

export type MailOptions = { syntax: Syntax; from?: string; subject?: string; body?: string };

export function mailOptions(options: JsonObject): MailOptions {
  const { syntax, from, subject, body } = object(options.email);
  return {
    syntax: syntax === 'md_with_macros' ? 'macros' : 'liquid',
    ...(text(from) === undefined ? {} : { from: String(from) }),
    ...(text(subject) === undefined ? {} : { subject: String(subject) }),
    ...(text(body) === undefined ? {} : { body: String(body) }),
  };
}

/** An empty text is none. */
function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function object(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
