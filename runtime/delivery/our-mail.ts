// Delivery: a mail in our own words: subject, plain text and HTML from one text, in the language of the person.
import type { MessageKind, MessageRecord, TenantRecord } from '#storage/records.ts';
import type { MessageWords } from '#storage/store.ts';
import { mailPage } from './mail-page.ts';
import { mailLanguage } from './mail-texts/mail-languages.ts';
import type { MailTopic } from './mail-texts/mail-text.ts';

const TOPICS: Readonly<Record<Exclude<MessageKind, 'push'>, MailTopic>> = {
  'second-factor': 'code',
  enrollment: 'code',
  'passwordless-code': 'code',
  'passwordless-link': 'sign-in',
  'verify-email': 'verify',
  'verify-email-by-code': 'code',
  'reset-password': 'reset',
  unblock: 'unblock',
  'enrollment-ticket': 'enrollment',
  invitation: 'invitation',
  welcome: 'welcome',
  'stolen-credentials': 'stolen',
  'try-provider': 'try',
};

export type Mailed = Pick<MessageRecord, 'about' | 'code' | 'at' | 'expiresAt'>;

/** Undefined where it is not known what the mail is about. */
export function ourMail(tenant: TenantRecord, message: Mailed): MessageWords | undefined {
  const { about, code } = message;
  if (!about || about.kind === 'push') return undefined;
  const language = mailLanguage(about.locale);
  const topic = language.texts[TOPICS[about.kind]];
  const values = new Map(Object.entries({ ...about.values, tenant: tenant.friendlyName ?? tenant.name }));
  values.set('duration', duration(message.expiresAt - message.at, language.tag));
  const fill = (text: string) => text.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => values.get(name) ?? '');
  const [subject, intro] = [fill(topic.subject), fill(topic.intro)];
  const note = topic.note === undefined ? undefined : fill(topic.note);
  const { link } = about;
  const lines = [intro, code, link, note].filter((line) => line !== undefined);
  const html = mailPage(language, tenant, {
    subject,
    intro,
    ...(code === undefined ? {} : { code }),
    ...(link === undefined || topic.button === undefined ? {} : { button: { label: fill(topic.button), link } }),
    ...(note === undefined ? {} : { note }),
  });
  return { text: `${lines.join('\n\n')}\n`, mail: { subject, html } };
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** As people say it: the largest unit there is one of, in whole numbers. */
function duration(ms: number, language: string): string {
  const [unit, length] = UNITS.find(([, each]) => ms >= each) ?? (['minute', 60_000] as const);
  const count = Math.max(1, Math.floor(ms / length));
  const said = new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
  return language === 'ja' ? said.replaceAll(/\s/g, '') : said;
}
