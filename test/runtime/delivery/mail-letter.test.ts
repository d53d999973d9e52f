// Test: senders and recipients as tenants and people write them, and as mail servers are given them.
import { describe, expect, test } from 'vitest';
import { letterOf, readMailbox } from '#runtime/delivery/mail-letter.ts';
import type { MessageRecord, TenantRecord } from '#storage/records.ts';

describe('a sender', () => {
  test.each([
    ['login@shop.example', { address: 'login@shop.example' }],
    ['Shop <login@shop.example>', { name: 'Shop', address: 'login@shop.example' }],
    ['"Shop, Inc." <login@shop.example>', { name: 'Shop, Inc.', address: 'login@shop.example' }],
    ['"Shop"<login@shop.example>', { name: 'Shop', address: 'login@shop.example' }],
    [
      'Shop\r\nBcc: eve@shop.example <login@shop.example>',
      { name: 'Shop Bcc: eve@shop.example', address: 'login@shop.example' },
    ],
    ['Eve <eve@evil.example> <login@shop.example>', undefined],
    ['"Eve" <eve@evil.example>, "Shop" <login@shop.example>', undefined],
    ['login@shop.example, eve@evil.example', undefined],
    ['login@shop.example\u2028Bcc: eve@evil.example', undefined],
    ['<>', undefined],
  ])('%j', (written, mailbox) => {
    expect(readMailbox(written)).toEqual(mailbox);
  });
});

describe('a recipient', () => {
  const letter = (to: string, from = 'login@shop.example') => {
    const message: MessageRecord = {
      tenantId: 'ten_1',
      id: 'msg_1',
      channel: 'email',
      to,
      text: '',
      state: 'attempting',
      attempts: 1,
      at: 0,
      expiresAt: 1,
    };
    const made = letterOf({ tenant: {} as TenantRecord, message, words: { text: 'x' } }, from, {}, 0);
    return made.ok ? made.letter : made.fault.code;
  };

  test.each([
    ['Ada+shop@Example.com', 'Ada+shop@Example.com'],
    ['ada@例え.jp', 'ada@xn--r8jz45g.jp'],
    ['ada@xn--r8jz45g.jp', 'ada@xn--r8jz45g.jp'],
    // It becomes no address of another kind.
    ['ada@ex\u00adample.com', 'ada@example.com'],
  ])('%j', (to, wire) => {
    expect(letter(to)).toMatchObject({ to: wire });
  });

  test.each([
    'ada@',
    'ada@\u00ad',
    'ada@a b.example',
    'ada@x.example>',
    'ada@x.example,eve@x.example',
    'ada@x\uFF0Cy.example\r\nDATA',
  ])('%j is none', (to) => {
    expect(letter(to)).toBe('refused');
  });

  test('names the sender and the mail in ASCII', () => {
    expect(letter('ada@example.com', 'Müller <post@münchen.example>')).toMatchObject({
      id: 'msg_1@xn--mnchen-3ya.example',
      from: { name: 'Müller', address: 'post@xn--mnchen-3ya.example' },
    });
  });
});
