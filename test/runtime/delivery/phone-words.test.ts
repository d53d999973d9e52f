// Test: what text messages and calls say: ours in every language of the pages, and a tenant's templates.
import { describe, expect, test } from 'vitest';
import { codeText, MESSAGE_LANGUAGES, pushText, spell } from '#runtime/delivery/code-texts.ts';
import { LiquidFault } from '#runtime/delivery/liquid.ts';
import { checkPhoneTemplate, phoneTemplateOf, renderPhoneTemplate } from '#runtime/delivery/phone-template.ts';
import { LANGUAGES } from '#server/hosted/texts/catalogue.ts';
import type { MessageRecord, TenantRecord } from '#storage/records.ts';

const TENANT = { name: 'acme', friendlyName: 'Acme & Co', baseUrl: 'https://id.acme.example' } as TenantRecord;

describe('our own', () => {
  test('are in every language that pages are in', () => {
    expect([...MESSAGE_LANGUAGES].sort()).toEqual([...LANGUAGES].sort());
  });

  const all = MESSAGE_LANGUAGES.map((locale) => ({
    locale,
    texts: [
      codeText('Acme', '123456', { locale, kind: 'second-factor' }),
      codeText('Acme', '123456', { locale, kind: 'enrollment' }),
      pushText('Acme', 'Shop', locale),
    ],
  }));

  test.each(all)(
    '$locale: code first, name, no more than two messages',
    ({ texts: [code = '', enrollment = '', push = ''] }) => {
      for (const text of [code, enrollment]) {
        expect(text).toMatch(/^123456\b.*Acme.*5/);
        expect(text.length).toBeLessThan(134);
      }
      expect(push).toMatch(/^Acme.*Shop/);
    },
  );

  test('differ by kind and language', () => {
    const texts = all.flatMap((row) => row.texts);
    expect(new Set(texts).size).toBe(texts.length);
  });

  test.each([
    ['en-GB', /^123456 is your verification code/],
    ['PT_br', /código de verificação/],
    ['xx', /^123456 is your verification code/],
    ['constructor', /^123456 is your verification code/],
    ['', /^123456 is your verification code/],
  ])('in %j', (locale, text) => {
    expect(codeText('Acme', '123456', { locale, kind: 'second-factor' })).toMatch(text);
  });
});

describe('a tenant’s', () => {
  const render = (
    template: string,
    channel: 'sms' | 'voice' = 'sms',
    about: MessageRecord['about'] = { kind: 'second-factor', locale: 'fr', language: 'es-AR,es;q=0.8' },
  ) => renderPhoneTemplate(template, TENANT, { channel, code: '123456', about });

  test.each([
    ['{{code}}', '123456'],
    ['@@code@@ or @@password@@', '123456 or 123456'],
    ['{{tenant.friendly_name}} {{ tenant.friendlyName }} @@tenant.friendly_name@@', 'Acme & Co Acme & Co Acme & Co'],
    ['{{message_type}} {{locale}} {{requestInfo.lang}}', 'sms fr es-AR,es;q=0.8'],
    ['{{custom_domain.domain}}', 'id.acme.example'],
    ['{% if locale contains "fr" %}Code : {{code}}{% else %}Code: {{code}}{% endif %}', 'Code : 123456'],
    ['\n  {% if message_type == "voice" %}x{% endif %}{{pause}}{{code}}\n', '123456'],
    ['{{secret}}{{tenant.id}}{{constructor}}{{tenant.constructor.name}}|', '|'],
    ['{% if locale == "ja" %}{{code}}{% endif %}', ''],
    ['a @@ b@c.d @@ @@no-name@@ @@', 'a @@ b@c.d @@ @@no-name@@ @@'],
  ])('%j', (template, text) => {
    expect(render(template)).toBe(text);
  });

  test('spoken: the code digit by digit, and pauses', () => {
    expect(render('{{message_type}}:{{pause}}{{code}}', 'voice')).toBe('voice: ... 1.2.3.4.5.6');
    expect(spell('123456')).toBe('1.2.3.4.5.6');
  });

  test('which of them a message has', () => {
    const templates = { enrollment_message: 'E', verification_message: 'V' };
    const of = (kind: NonNullable<MessageRecord['about']>['kind']) =>
      phoneTemplateOf(templates, { about: { kind, locale: 'en' } } as MessageRecord);
    expect([of('enrollment'), of('second-factor'), of('passwordless-code'), of('try-provider')]).toEqual([
      'E',
      'V',
      undefined,
      undefined,
    ]);
    expect(phoneTemplateOf({}, { about: { kind: 'enrollment', locale: 'en' } } as MessageRecord)).toBeUndefined();
  });

  test('one that only a call would stumble over is refused too', () => {
    checkPhoneTemplate('{{code}}', TENANT);
    const trap = '{% if message_type == "voice" %}{% for i in (1..99999999) %}{{i}}{% endfor %}{% endif %}';
    expect(() => checkPhoneTemplate(trap, TENANT)).toThrow(LiquidFault);
  });
});
