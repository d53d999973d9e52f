// Delivery: who carries mails: what the tenant has configured as its provider.
import type { MessageRecord, TenantRecord } from '#storage/records.ts';
import type { DeliveryDesk, MessageProvider, Taken } from './delivery.ts';
import { amazonServer } from './mail-amazon.ts';
import { sendByHttp } from './mail-by-http.ts';
import { type Letter, letterOf, readMailHeaders } from './mail-letter.ts';
import { MAIL_PROVIDER_KEY, type MailSettings, objectIn, readMailSettings, textIn } from './mail-settings.ts';
import { MAIL_VENDORS } from './mail-vendors.ts';
import { scriptedMail } from './scripted-mail.ts';
import { type SmtpServer, sendBySmtp } from './smtp.ts';

/** Undefined where none is chosen. */
export async function mailProviderOf(
  { ports: { store } }: DeliveryDesk,
  { id: tenantId }: TenantRecord,
  _message: MessageRecord,
): Promise<MessageProvider | undefined> {
  const kept = await store.providers.findByKey(tenantId, MAIL_PROVIDER_KEY);
  const settings = kept && readMailSettings(kept.settings);
  if (!settings?.enabled) return undefined;
  return settings.name === 'custom' ? byScript(settings) : letters(settings);
}

const byScript = ({ name, from }: MailSettings): MessageProvider => ({
  name,
  send: (desk, outgoing) => scriptedMail(outgoing.words.mail?.from ?? from).send(desk, outgoing),
});

/** A provider that is given whole letters. */
const letters = (settings: MailSettings): MessageProvider => ({
  name: settings.name,
  send: async ({ ports }, outgoing) => {
    const headers = headersOf(settings);
    const made = letterOf(outgoing, settings.from, headers, ports.now());
    return made.ok ? carry(ports, settings, made.letter) : { end: 'failed', fault: made.fault };
  },
});

async function carry(ports: DeliveryDesk['ports'], settings: MailSettings, letter: Letter): Promise<Taken> {
  const vendor = MAIL_VENDORS[settings.name];
  if (vendor) return sendByHttp(ports, vendor, settings, letter);
  const server = serverOf(settings);
  if (server) return sendBySmtp(ports, server, letter);
  const detail = `The e-mail provider ${settings.name} is kept in the settings, but mails cannot be sent by it here.`;
  return { end: 'failed', fault: { code: 'configuration', detail } };
}

function headersOf({ name, settings }: MailSettings): Record<string, string> {
  const set = textIn(objectIn(settings.message), 'configuration_set_name');
  const own = name === 'smtp' ? settings.headers : set === '' ? {} : { 'X-SES-CONFIGURATION-SET': set };
  return readMailHeaders(own) ?? {};
}

function serverOf({ name, credentials }: MailSettings): SmtpServer | undefined {
  if (name === 'ses') return amazonServer(credentials);
  if (name !== 'smtp') return undefined;
  const { smtp_port: port, smtp_tls: tls } = credentials;
  const user = textIn(credentials, 'smtp_user');
  return {
    host: textIn(credentials, 'smtp_host'),
    port: typeof port === 'number' ? port : 587,
    ...(user === '' ? {} : { user, password: textIn(credentials, 'smtp_pass') }),
    ...(tls === 'required' || tls === 'optional' || tls === 'implicit' ? { tls } : {}),
  };
}
