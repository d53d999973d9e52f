// Test: the words of our own mails, in every language that pages have, and the page that shows them.
import { describe, expect, test } from 'vitest';
import { plainOf } from '#runtime/delivery/mail-plain.ts';
import { ourMail } from '#runtime/delivery/our-mail.ts';
import type { JsonObject, MessageKind, TenantRecord } from '#storage/records.ts';

const LOCALES = ['ar', 'de', 'en', 'es', 'fr', 'he', 'it', 'ja', 'ko', 'nl', 'pl', 'pt', 'tr', 'zh'];
const KINDS: MessageKind[] = [
  'second-factor',
  'passwordless-link',
  'verify-email',
  'reset-password',
  'unblock',
  'enrollment-ticket',
  'invitation',
  'welcome',
  'stolen-credentials',
  'try-provider',
];

const tenant = (branding?: JsonObject) => ({ name: 'shop', friendlyName: 'Shop & <Co>', branding }) as TenantRecord;
const MINUTE = 60_000;

function written(kind: MessageKind, locale: string, branding?: JsonObject, lifetime = 5 * MINUTE) {
  const hasCode = kind === 'second-factor';
  const made = ourMail(tenant(branding), {
    at: 0,
    expiresAt: lifetime,
    ...(hasCode ? { code: '004217' } : {}),
    about: {
      kind,
      locale,
      values: { inviter: 'Ben', organization: 'Acme' },
      ...(hasCode ? {} : { link: 'https://shop.example/u/x?ticket=1&y=2' }),
    },
  });
  if (!made?.mail?.html) throw new Error('no mail');
  return { text: made.text, subject: made.mail.subject, html: made.mail.html };
}

describe.each(LOCALES)('%s', (locale) => {
  test.each(KINDS)('%s is whole', (kind) => {
    const { text, subject, html } = written(kind, locale);
    expect(`${subject}${text}`).not.toMatch(/[{}]|undefined/);
    expect(subject).not.toBe('');
    expect(html).toMatch(
      new RegExp(`^<!doctype html><html lang="${locale}" dir="${/ar|he/.test(locale) ? 'rtl' : 'ltr'}">`),
    );
    expect(html).not.toContain('<Co>');
    expect(text).toContain(kind === 'second-factor' ? '004217' : 'https://shop.example/u/x?ticket=1&y=2');
    if (locale !== 'en') expect(subject).not.toBe(written(kind, 'en').subject);
  });
});

test.each([
  ['en', 5 * MINUTE, 'valid for 5 minutes'],
  ['en', 60 * MINUTE, 'valid for 1 hour'],
  ['de', 5 * 24 * 60 * MINUTE, '5 Tage gültig'],
  ['ja', 5 * MINUTE, '有効期間は5分です'],
  ['pt-BR', 5 * MINUTE, 'É válido por 5 minutos'],
  ['xx', 5 * MINUTE, 'valid for 5 minutes'],
])('%s says how long a code of %i ms is good', (locale, lifetime, words) => {
  expect(written('second-factor', locale, undefined, lifetime).text).toContain(words);
});

describe('the looks', () => {
  test('are those of the tenant: a logo, a colour, and ink that is read on it', () => {
    const dark = written('verify-email', 'en', {
      logo_url: 'https://cdn.example/l.png?a="b',
      colors: { primary: '#123' },
    }).html;
    expect(dark).toContain('<img src="https://cdn.example/l.png?a=%22b"');
    expect(dark).toContain('background:#112233;color:#ffffff');
    const bright = written('verify-email', 'en', { colors: { primary: '#ffee00' } }).html;
    expect(bright).toContain('background:#ffee00;color:#000000');
  });

  test.each<JsonObject>([
    { logo_url: 'javascript:alert(1)' },
    { logo_url: 'data:text/html,x' },
    { colors: { primary: 'red;}</style><script>' } },
    { colors: 7 },
  ])('take nothing that would be more: %o', (branding) => {
    const { html } = written('verify-email', 'en', branding);
    expect(html).not.toMatch(/javascript:|data:|<script|<img/);
  });

  test('load nothing from elsewhere but the logo', () => {
    const { html } = written('second-factor', 'en', { logo_url: 'https://cdn.example/l.png' });
    expect(html.match(/(src|href|url\()/g)).toEqual(['src']);
  });
});

describe('plain text of HTML', () => {
  test.each([
    ['<p>One</p><p>Two &amp; three</p>', 'One\n\nTwo & three\n'],
    ['<head><title>x</title><style>p{}</style></head><body>Hi<br>there</body>', 'Hi\nthere\n'],
    ['<a href="https://a.example/?x=1&amp;y=2">Open</a>.', 'Open https://a.example/?x=1&y=2 .\n'],
    ["<a href='https://a.example/'>https://a.example/</a>", 'https://a.example/\n'],
    ['a < b <!-- <p>no</p> --> c', 'a < b c\n'],
    ['<script>alert(1)</script>ok&#x41;&#0;&bogus;', 'okA&bogus;\n'],
    ['<p', '<p\n'],
    ['', '\n'],
  ])('%s', (html, text) => expect(plainOf(html)).toBe(text));

  test('takes no longer for a mail that was made to take long', () => {
    const before = performance.now();
    plainOf('<'.repeat(100_000));
    plainOf('<!--'.repeat(25_000));
    plainOf(`<a href=${'"'.repeat(99_000)}`);
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
