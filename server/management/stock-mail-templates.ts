// Management: the templates of mails that a tenant has without having written them: two, switched off. Tools that keep
// templates in files begin with what is there, and change it.
import type { MailTemplateName } from '#runtime/delivery/mail-templates.ts';
import type { JsonObject } from '#storage/records.ts';

const FIVE_DAYS_SECONDS = 5 * 24 * 60 * 60;

const page = (heading: string, lines: readonly string[]): string =>
  [
    '<html>',
    '  <body>',
    `    <h1>${heading}</h1>`,
    ...lines.map((line) => `    <p>${line}</p>`),
    '  </body>',
    '</html>',
    '',
  ].join('\n');

const stock = (template: MailTemplateName, body: string): JsonObject => ({
  template,
  body,
  // Empty texts leave both to what mails have without a template.
  from: '',
  subject: '',
  syntax: 'liquid',
  urlLifetimeInSeconds: FIVE_DAYS_SECONDS,
  // Until somebody switches it on, mails keep our words, in the language of whoever gets them.
  enabled: false,
});

export const STOCK_MAIL_TEMPLATES: { readonly [Name in MailTemplateName]?: JsonObject } = {
  verify_email: stock(
    'verify_email',
    page('Is this your address?', [
      'Somebody gave {{ user.email }} for an account with {{ application.name }}.',
      'If it was you, <a href="{{ url }}">confirm your address</a>. If not, do nothing.',
    ]),
  ),
  welcome_email: stock(
    'welcome_email',
    page('Welcome to {{ application.name }}', ['Your account is ready: {{ user.email }}.']),
  ),
};
