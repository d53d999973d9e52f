// Delivery: the templates of a tenant whose phone messages have one provider: one for each thing a phone is told, each
// with a text to read and a text to hear. A type without a template of its own goes out in our words, in the person's
// language.
import { PHONE_MESSAGE_TYPES, type PhoneMessageType } from '#actions/custom-phone-provider.ts';
import type { JsonObject, MessageKind, MessageRecord, PageRecord, TenantRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import { accountOf } from '../pipeline/event-pieces.ts';
import {
  addresseeOf,
  loadMessageOccasion,
  type MessageOccasion,
  messageSurroundings,
} from '../pipeline/message-occasion.ts';
import { codeText, spell } from './code-texts.ts';
import type { DeliveryDesk } from './delivery.ts';
import { renderLiquid } from './liquid.ts';
import { PAUSE } from './twilio-markup.ts';

/** What a template says. */
export type PhoneTemplate = { disabled: boolean; content: { from?: string; body: { text: string; voice: string } } };

/** What a message says in either way, whichever it is to go. */
export type SpokenWords = { text: string; voice: string; from?: string };

export const PHONE_TEMPLATE_TYPES = PHONE_MESSAGE_TYPES;
export type PhoneTemplateType = PhoneMessageType;

/** What the vendor's documents have in each template until somebody writes another. */
export const DEFAULT_BODIES: Readonly<Record<PhoneMessageType, { text: string; voice: string }>> = {
  otp_verify: {
    text: '{{ code | escape }} is your verification code for {{ friendly_name | escape }}',
    voice:
      'Hello. Your verification code for {{ friendly_name | escape }} is {{ pause }} {{ code | escape }}. I repeat, your verification code is {{ pause }} {{ code | escape }}',
  },
  otp_enroll: {
    text: '{{ code | escape }} is your code to set up this number at {{ friendly_name | escape }}',
    voice:
      'Hello. Your code to set up this number at {{ friendly_name | escape }} is {{ pause }} {{ code | escape }}. I repeat, your code is {{ pause }} {{ code | escape }}',
  },
  change_password: {
    text: '{{ code | escape }} is your code to change your password at {{ friendly_name | escape }}',
    voice:
      'Hello. Your code to change your password at {{ friendly_name | escape }} is {{ pause }} {{ code | escape }}. I repeat, your code is {{ pause }} {{ code | escape }}',
  },
  blocked_account: {
    text: 'Logins to your account at {{ friendly_name | escape }} were stopped after too many failed attempts{% if user.source_ip %} from {{ user.source_ip }}{% endif %}.',
    voice: 'Hello. Logins to your account at {{ friendly_name | escape }} were stopped after too many failed attempts.',
  },
  password_breach: {
    text: 'Your password for {{ friendly_name | escape }} has become known to others. Please choose another one.',
    voice:
      'Hello. Your password for {{ friendly_name | escape }} has become known to others. Please choose another one.',
  },
};

const TYPES: Readonly<Partial<Record<MessageKind, PhoneMessageType>>> = {
  enrollment: 'otp_enroll',
  'reset-password': 'change_password',
  unblock: 'blocked_account',
  'stolen-credentials': 'password_breach',
};

/** What a message is for, as templates and scripts call it. A message that tries one out says which. */
export function phoneMessageTypeOf({ about }: Pick<MessageRecord, 'about'>): PhoneMessageType {
  const tried = PHONE_MESSAGE_TYPES.find((type) => type === about?.values?.type);
  return tried ?? (about && TYPES[about.kind]) ?? 'otp_verify';
}

export function readPhoneTemplate({ document }: Pick<PageRecord, 'document'>): PhoneTemplate {
  const content = objectIn(document, 'content');
  const body = objectIn(content, 'body');
  const { from } = content;
  if (typeof body.text !== 'string' || typeof body.voice !== 'string') {
    throw new Error('a template of phone messages is damaged');
  }
  return {
    disabled: document.disabled === true,
    content: { ...(typeof from === 'string' ? { from } : {}), body: { text: body.text, voice: body.voice } },
  };
}

function objectIn(holder: JsonObject, name: string): JsonObject {
  const value = holder[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/**
 * What a message says in either way: by the tenant's template where there is one in use, otherwise in our words.
 * @throws LiquidFault
 */
export async function spokenWords(
  { ports }: DeliveryDesk,
  tenant: TenantRecord,
  message: MessageRecord,
): Promise<SpokenWords> {
  const template = await templateInUse(ports.store, message);
  if (!template) return ourWords(tenant, message);
  const { from, body } = template.content;
  const scope = scopeOf(await loadMessageOccasion(ports, tenant, message));
  const code = message.code ?? '';
  return {
    text: renderLiquid(body.text, { ...scope, code, pause: '' }, 'text'),
    voice: renderLiquid(body.voice, { ...scope, code: spell(code), pause: PAUSE }, 'text'),
    ...(from === undefined ? {} : { from: renderLiquid(from, scope, 'text').trim() }),
  };
}

/** One that is switched off can still be tried out. */
async function templateInUse(
  { pages }: Pick<Store, 'pages'>,
  message: MessageRecord,
): Promise<PhoneTemplate | undefined> {
  const page = await pages.findByKey(message.tenantId, `phone-template ${phoneMessageTypeOf(message)}`);
  const template = page && readPhoneTemplate(page);
  return template && (!template.disabled || message.about?.kind === 'try-provider') ? template : undefined;
}

/** The row has them for its own way; the other way is made beside it. */
function ourWords({ name, friendlyName }: TenantRecord, message: MessageRecord): SpokenWords {
  const { channel, code, about, text } = message;
  if (code === undefined || !about) return { text, voice: text };
  const kind = about.kind === 'enrollment' ? 'enrollment' : 'second-factor';
  const say = (shown: string): string => codeText(friendlyName ?? name, shown, { locale: about.locale, kind });
  return channel === 'voice' ? { text: say(code), voice: text } : { text, voice: say(spell(code)) };
}

/** Refuses what cannot be rendered. @throws LiquidFault */
export function checkPhoneBody(template: string): void {
  renderLiquid(template, { code: '000000', pause: PAUSE, friendly_name: 'sample', user: {} }, 'text');
}

/** Names that a template may use. */
function scopeOf(occasion: MessageOccasion): object {
  const { tenant, message, person, caller, place } = occasion;
  const { client, connection, organization, tenant: shown } = messageSurroundings(occasion);
  const { locale, language, link } = message.about ?? {};
  return {
    ...message.about?.values,
    friendly_name: tenant.friendlyName ?? tenant.name,
    support_email: shown.support_email,
    support_url: shown.support_url,
    tenant: shown,
    client,
    application: { name: client.name, clientID: client.client_id },
    connection,
    organization,
    user: {
      ...(person ? accountOf(person.user) : addresseeOf(message)),
      source_ip: caller?.ip,
      city: place?.cityName,
      country: place?.countryName,
    },
    message_type: message.channel,
    locale,
    request_language: language ?? locale,
    url: link,
  };
}
