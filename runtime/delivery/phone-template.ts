// Delivery: templates of the phone factor: where they are kept, which message has which, and what they may name.
// Source: wire reference, sections 3 and 5.4.
import type { JsonObject, MessageRecord, TenantRecord } from '#storage/records.ts';
import { spell } from './code-texts.ts';
import { renderLiquid } from './liquid.ts';
import { PAUSE } from './twilio-markup.ts';

/** The page document that holds both, under their wire names. */
export const PHONE_TEMPLATES = { kind: 'phone-template', name: 'mfa' } as const;

/** Which of them a message is made with; undefined for kinds that have none. */
export function phoneTemplateOf(templates: JsonObject, message: MessageRecord): string | undefined {
  const kind = message.about?.kind;
  const template =
    kind === 'enrollment'
      ? templates.enrollment_message
      : kind === 'second-factor'
        ? templates.verification_message
        : undefined;
  return typeof template === 'string' ? template : undefined;
}

/** Empty where it says nothing, as for a language that its author left out. @throws LiquidFault */
export function renderPhoneTemplate(
  template: string,
  tenant: Pick<TenantRecord, 'name' | 'friendlyName' | 'baseUrl'>,
  { channel, code = '', about }: Pick<MessageRecord, 'channel' | 'code' | 'about'>,
): string {
  const locale = about?.locale ?? 'en';
  const name = tenant.friendlyName ?? tenant.name;
  const isCall = channel === 'voice';
  const said = isCall ? spell(code) : code;
  return renderLiquid(
    liquidOfMacros(template),
    {
      code: said,
      password: said,
      message_type: channel,
      locale,
      requestInfo: { lang: about?.language ?? locale },
      tenant: { friendlyName: name, friendly_name: name },
      custom_domain: { domain: new URL(tenant.baseUrl).host },
      pause: isCall ? ` ${PAUSE} ` : '',
    },
    'text',
  ).trim();
}

/**
 * The older way to name a value, `@@name@@`, as Liquid. Both have as many characters, so that a place in the one is the same
 * place in the other; what a value holds is never looked at.
 */
function liquidOfMacros(template: string): string {
  return template.replaceAll(/@@([A-Za-z_]\w{0,40}(?:\.[A-Za-z_]\w{0,40}){0,4})@@/g, '{{$1}}');
}

/** Refuses a template that cannot be used, tried on a text message and on a call. @throws LiquidFault */
export function checkPhoneTemplate(template: string, tenant: TenantRecord): void {
  for (const channel of ['sms', 'voice'] as const) {
    const about = { kind: 'second-factor', locale: 'en' } as const;
    renderPhoneTemplate(template, tenant, { channel, code: '000000', about });
  }
}
