// Delivery: the HTML of our own mails. Tables and styles on the elements, because mail programs know little else; nothing
// is loaded from anywhere but the tenant's logo. Whatever is written into it is escaped here.
import type { TenantRecord } from '#storage/records.ts';
import { objectIn, textIn } from './mail-settings.ts';
import type { MailLanguage } from './mail-texts/mail-languages.ts';

export type MailPage = {
  subject: string;
  intro: string;
  code?: string;
  button?: { label: string; link: string };
  note?: string;
};

const OUR_COLOUR = '#3148c8';

export function mailPage(
  { tag, direction, texts }: MailLanguage,
  tenant: TenantRecord,
  { subject, intro, code, button, note }: MailPage,
): string {
  const branding = tenant.branding ?? {};
  const name = tenant.friendlyName ?? tenant.name;
  const colour = readColour(textIn(objectIn(branding.colors), 'primary')) ?? OUR_COLOUR;
  const logo = readPicture(textIn(branding, 'logo_url'));
  const align = direction === 'rtl' ? 'right' : 'left';
  const paragraph = (text: string, more = '') => `<p class="ink" style="margin:0 0 20px;${more}">${asMarkup(text)}</p>`;
  return [
    `<!doctype html><html lang="${tag}" dir="${direction}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">',
    `<title>${asMarkup(subject)}</title>`,
    '<style>:root{color-scheme:light dark}a{overflow-wrap:anywhere}',
    '@media (prefers-color-scheme:dark){.page{background:#15171c!important}.card{background:#20232b!important}',
    '.ink{color:#eceef2!important}.soft{color:#b4bac6!important}.code{background:#2b2f39!important;color:#fff!important}}',
    '</style></head>',
    '<body class="page" style="margin:0;padding:0;background:#f2f3f6">',
    // What a list of mails shows beside the subject; nobody is to have to open the mail for a code.
    `<div style="display:none;max-height:0;overflow:hidden">${asMarkup([code, intro].filter(Boolean).join(' · '))}</div>`,
    '<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:#f2f3f6">',
    '<tr><td align="center" style="padding:24px 12px">',
    '<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0"',
    ' style="max-width:520px;background:#ffffff;border-radius:12px">',
    `<tr><td align="${align}" style="padding:32px 28px;font:16px/1.6 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;color:#1c2027">`,
    logo === undefined
      ? `<p class="ink" style="margin:0 0 24px;font-size:18px;font-weight:600">${asMarkup(name)}</p>`
      : `<img src="${asMarkup(logo)}" alt="${asMarkup(name)}" height="40" style="display:block;height:40px;margin:0 0 24px;border:0">`,
    paragraph(intro),
    code === undefined
      ? ''
      : `<p class="code" dir="ltr" style="margin:0 0 20px;padding:16px;border-radius:8px;background:#eef0f5;color:#1c2027;text-align:center;font:700 32px/1.3 ui-monospace,Menlo,Consolas,monospace;letter-spacing:6px">${asMarkup(code)}</p>`,
    button === undefined ? '' : buttonOf(button, colour, texts.copy),
    note === undefined ? '' : `<p class="soft" style="margin:0;font-size:14px;color:#565d6b">${asMarkup(note)}</p>`,
    '</td></tr></table></td></tr></table></body></html>',
  ].join('');
}

function buttonOf({ label, link }: { label: string; link: string }, colour: string, copy: string): string {
  const target = asMarkup(link);
  return [
    '<table role="presentation" cellpadding="0" cellspacing="0" style="margin:0 0 20px"><tr>',
    `<td style="border-radius:8px;background:${colour}"><a href="${target}"`,
    ` style="display:inline-block;padding:12px 24px;border-radius:8px;background:${colour};color:${inkOn(colour)};font-weight:600;text-decoration:none">`,
    `${asMarkup(label)}</a></td></tr></table>`,
    `<p class="soft" style="margin:0 0 20px;font-size:14px;color:#565d6b">${asMarkup(copy)}<br>`,
    `<a class="soft" dir="ltr" href="${target}" style="color:#565d6b">${target}</a></p>`,
  ].join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function asMarkup(text: string): string {
  return text.replaceAll(/[&<>"']/g, (mark) => ENTITIES[mark] ?? '');
}

/** Six digits, whatever the tenant wrote; it stands in a style. */
function readColour(text: string): string | undefined {
  const [, digits] = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return digits.length === 6 ? `#${digits}` : `#${[...digits].map((digit) => digit + digit).join('')}`;
}

function readPicture(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, href } = new URL(text);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}

/** Black or white, whichever is read more easily on a colour (WCAG 2.2, relative luminance). */
function inkOn(colour: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000000' : '#ffffff';
}
