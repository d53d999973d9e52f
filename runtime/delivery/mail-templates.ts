// Delivery: the tenant's templates of mails: their names, which kind of mail each is for, and how one becomes words.
import type { JsonObject, MessageKind, PageRecord } from '#storage/records.ts';
import type { MessageWords, Store } from '#storage/store.ts';
import { renderLiquid } from './liquid.ts';
import { oneLine } from './mail-letter.ts';
import { plainOf } from './mail-plain.ts';
import { textIn } from './mail-settings.ts';

/** Names on the wire (mfa-wire reference, §4.5). Those that no mail of ours has are kept, and shown to nobody. */
export const MAIL_TEMPLATES = [
  'verify_email',
  'verify_email_by_code',
  'auth_email_by_code',
  'reset_email',
  'reset_email_by_code',
  'welcome_email',
  'blocked_account',
  'stolen_credentials',
  'enrollment_email',
  'mfa_oob_code',
  'user_invitation',
  'change_password',
  'password_reset',
  'async_approval',
] as const;
export type MailTemplateName = (typeof MAIL_TEMPLATES)[number];

const TEMPLATE_OF: { readonly [Kind in MessageKind]?: MailTemplateName } = {
  'second-factor': 'mfa_oob_code',
  enrollment: 'mfa_oob_code',
  'passwordless-code': 'auth_email_by_code',
  'verify-email': 'verify_email',
  'verify-email-by-code': 'verify_email_by_code',
  'reset-password': 'reset_email',
  unblock: 'blocked_account',
  'enrollment-ticket': 'enrollment_email',
  invitation: 'user_invitation',
  welcome: 'welcome_email',
  'stolen-credentials': 'stolen_credentials',
};

export const mailTemplateKey = (name: MailTemplateName): string => `email-template ${name}`;

type Reading = { store: Pick<Store, 'pages'> };

/** The template for a kind of mail; undefined where the tenant has none, or has switched it off. */
export async function mailTemplateOf(
  { store }: Reading,
  tenantId: string,
  kind: MessageKind,
): Promise<PageRecord | undefined> {
  const name = TEMPLATE_OF[kind];
  const page = name && (await store.pages.findByKey(tenantId, mailTemplateKey(name)));
  return page && page.document.enabled !== false ? page : undefined;
}

/**
 * @param ours stand in for what the template leaves empty.
 * @throws LiquidFault
 */
export function fillMailTemplate(document: JsonObject, scope: object, ours: { subject: string }): MessageWords {
  const html = renderLiquid(textIn(document, 'body'), scope, 'markup');
  const subject = oneLine(renderLiquid(textIn(document, 'subject'), scope, 'text'));
  const from = oneLine(renderLiquid(textIn(document, 'from'), scope, 'text'));
  return {
    text: plainOf(html),
    mail: { subject: subject === '' ? ours.subject : subject, html, ...(from === '' ? {} : { from }) },
  };
}
