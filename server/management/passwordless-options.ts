// Management: options of a connection that sends codes. Unknown ones are kept; those that decide what is sent, and by whom,
// must say it in a way that is understood, and a template that does not parse never gets as far as a person.
import { z } from 'zod';
import { checkLiquid, LiquidFault } from '#runtime/delivery/liquid.ts';
import { checkMacros } from '#runtime/delivery/macro-template.ts';
import type { JsonObject } from '#storage/records.ts';
import { wholeNumber } from './fields.ts';

const anyText = z.string().max(5120).nullish();
const flag = z.boolean().nullish();
const syntax = z.enum(['md_with_macros', 'liquid']).nullish();
const template = z.string().max(100_000).nullish();

const common = {
  name: anyText,
  strategy: anyText,
  totp: z
    .looseObject({
      /** Seconds that a code may be used. */
      time_step: wholeNumber(60, 86_400).nullish(),
      /** Digits. */
      length: wholeNumber(4, 40).nullish(),
    })
    .nullish(),
  disable_signup: flag,
  brute_force_protection: flag,
};

const gatewayUrl = z
  .string()
  .max(2048)
  .superRefine((value, context) => {
    const isWeb = URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
    if (!isWeb) context.addIssue({ code: 'invalid_format', format: 'uri', input: value });
  });

const gatewayAuthentication = z
  .looseObject({
    method: z.enum(['bearer']),
    subject: z.string().max(64).nullish(),
    audience: z.string().max(128).nullish(),
    secret: z.string().min(1).max(5120),
    secret_base64_encoded: flag,
  })
  .superRefine(({ secret, secret_base64_encoded: isEncoded }, context) => {
    if (isEncoded !== true || /^[A-Za-z0-9_-]{2,}={0,2}$/.test(secret)) return;
    context.addIssue({ code: 'custom', path: ['secret'], message: 'The secret is not base64url', input: secret });
  });

const sms = z
  .looseObject({
    ...common,
    // Whoever carries the message judges who it may be from.
    from: anyText,
    template,
    syntax,
    twilio_sid: anyText,
    twilio_token: anyText,
    messaging_service_sid: anyText,
    provider: z.enum(['sms_gateway', 'twilio']).nullish(),
    gateway_url: gatewayUrl.nullish(),
    gateway_authentication: gatewayAuthentication.nullish(),
    forward_req_info: z.union([z.boolean(), z.enum(['true', 'false'])]).nullish(),
  })
  .superRefine((options, context) => {
    if (options.provider === 'sms_gateway' && !options.gateway_url) {
      context.addIssue({ code: 'invalid_type', expected: 'string', path: ['gateway_url'], input: options.gateway_url });
    }
    refuseTemplate(options.template, options.syntax ?? 'md_with_macros', ['template'], context);
  });

const email = z
  .looseObject({
    ...common,
    email: z.looseObject({ syntax, from: anyText, subject: template, body: template }).nullish(),
  })
  .superRefine(({ email: mail }, context) => {
    for (const part of ['from', 'subject', 'body'] as const) {
      refuseTemplate(mail?.[part], mail?.syntax ?? 'liquid', ['email', part], context);
    }
  });

function refuseTemplate(
  text: string | null | undefined,
  syntaxOf: 'md_with_macros' | 'liquid',
  path: string[],
  context: z.RefinementCtx,
): void {
  if (!text) return;
  try {
    if (syntaxOf === 'liquid') checkLiquid(text);
    else checkMacros(text);
  } catch (error) {
    if (!(error instanceof LiquidFault)) throw error;
    context.addIssue({ code: 'custom', path, message: error.message, input: text });
  }
}

/** Parsed JSON is what comes in, and all of it goes out. */
const whole = (schema: z.ZodType): z.ZodType<JsonObject> => schema.transform((options) => options as JsonObject);

export const smsConnectionOptions = whole(sms);
export const emailConnectionOptions = whole(email);
