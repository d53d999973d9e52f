// Delivery: what the code or the link of a passwordless connection comes with: the template of the connection where it has
// one, and otherwise the words of the tenant or ours.
import type { ConnectionRecord, MessageRecord, TenantRecord } from '#storage/records.ts';
import type { MessageWords } from '#storage/store.ts';
import type { DeliveryDesk } from './delivery.ts';
import { renderLiquid } from './liquid.ts';
import { renderMacros } from './macro-template.ts';
import { oneLine } from './mail-letter.ts';
import { plainOf } from './mail-plain.ts';
import { mailScope } from './mail-scope.ts';
import { ourMail } from './our-mail.ts';
import { mailOptions, type Syntax, smsOptions } from './passwordless-options.ts';
import { passwordlessConnectionOf } from './passwordless-providers.ts';

/** Undefined for messages of other kinds, and where the tenant's mail has the word. @throws LiquidFault */
export async function passwordlessWords(
  { ports }: DeliveryDesk,
  tenant: TenantRecord,
  message: MessageRecord,
): Promise<MessageWords | undefined> {
  const connection = await passwordlessConnectionOf(ports, tenant, message);
  if (!connection) return undefined;
  if (message.channel === 'email') {
    const { body, subject, from } = mailOptions(connection.options);
    if (body === undefined && subject === undefined && from === undefined) return undefined;
    const scope = { ...(await mailScope(ports, tenant, message)), email: message.to, ...occasionOf(message) };
    return mailOf(tenant, message, connection, scope);
  }
  const { template, syntax } = smsOptions(connection.options);
  // What a tenant says with its phone factor is not about this.
  if (template === undefined) return { text: message.text };
  return { text: render(syntax, template, scopeOf(tenant, message, connection), 'text') };
}

function mailOf(
  tenant: TenantRecord,
  message: MessageRecord,
  { options }: ConnectionRecord,
  scope: object,
): MessageWords {
  const { syntax, from, subject, body } = mailOptions(options);
  const line = (template: string) => oneLine(render(syntax, template, scope, 'text'));
  const ours = ourMail(tenant, message) ?? { text: message.text };
  const mail = {
    ...ours.mail,
    subject: subject === undefined ? (ours.mail?.subject ?? '') : line(subject),
    ...(from === undefined ? {} : { from: line(from) }),
  };
  if (body === undefined) return { text: ours.text, mail };
  // What holds no markup is a text, and is sent as one.
  if (!/<[a-z!/]/i.test(body)) {
    const { html: _ours, ...plain } = mail;
    return { text: render(syntax, body, scope, 'text'), mail: plain };
  }
  const html = render(syntax, body, scope, 'markup');
  return { text: plainOf(html), mail: { ...mail, html } };
}

function render(syntax: Syntax, template: string, scope: object, into: 'text' | 'markup'): string {
  return syntax === 'liquid' ? renderLiquid(template, scope, into) : renderMacros(template, scope, into);
}

/** `send`, `operation`: by which the vendor's own template tells its messages apart. */
const occasionOf = ({ about }: MessageRecord) => ({
  send: about?.kind === 'passwordless-link' ? 'link' : 'code',
  operation: 'login',
});

/** The names that templates of text messages use. */
function scopeOf(
  { name, friendlyName, settings }: TenantRecord,
  message: MessageRecord,
  { name: connection }: ConnectionRecord,
): object {
  const { to, code = '', about } = message;
  const { place, locale, language } = about ?? {};
  return {
    password: code,
    code,
    phone_number: to,
    user: { phone_number: to },
    ...occasionOf(message),
    application: { name: place?.clientName ?? '', clientID: place?.clientId ?? '' },
    connection: { name: connection },
    tenant: name,
    friendly_name: friendlyName ?? name,
    support_email: settings.support_email ?? '',
    support_url: settings.support_url ?? '',
    request_language: language ?? locale ?? '',
  };
}
