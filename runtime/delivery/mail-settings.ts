// Delivery: what a tenant has set up to carry its mails, as it is stored: one row, sealed. What may be shown of it is said
// here, beside what it is used for.
import type { Json, JsonObject } from '#storage/records.ts';

/** Name of the row. */
export const MAIL_PROVIDER_KEY = 'email';

/** Names on the wire; `postmark` is ours. */
export const MAIL_PROVIDERS = [
  'smtp',
  'sendgrid',
  'resend',
  'mailgun',
  'ses',
  'mandrill',
  'sparkpost',
  'postmark',
  'azure_cs',
  'ms365',
  'custom',
] as const;
export type MailProviderName = (typeof MAIL_PROVIDERS)[number];

/** Credentials that are no secret; the others are never given back. */
export const SHOWN_CREDENTIALS: Readonly<Record<MailProviderName, readonly string[]>> = {
  smtp: ['smtp_host', 'smtp_port', 'smtp_user', 'smtp_tls'],
  sendgrid: [],
  resend: [],
  mailgun: ['domain', 'region'],
  ses: ['region'],
  mandrill: [],
  sparkpost: ['region'],
  postmark: [],
  azure_cs: [],
  ms365: [],
  custom: [],
};

export type MailSettings = {
  name: MailProviderName;
  enabled: boolean;
  /** Where mails come from that name nothing else; may be empty. */
  from: string;
  credentials: JsonObject;
  settings: JsonObject;
};

/** @throws for what management would not have written. */
export function readMailSettings({ name, enabled, default_from_address: from, ...more }: JsonObject): MailSettings {
  const known = MAIL_PROVIDERS.find((each) => each === name);
  if (!known) throw new Error('the e-mail provider of a tenant is damaged');
  return {
    name: known,
    enabled: enabled !== false,
    from: typeof from === 'string' ? from : '',
    credentials: objectIn(more.credentials),
    settings: objectIn(more.settings),
  };
}

export function objectIn(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** A text of a JSON object; empty where there is none. */
export function textIn(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === 'string' ? value : '';
}
