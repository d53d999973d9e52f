// Templates with macros: what becomes of a name, and what is refused before anybody gets it.
import { describe, expect, test } from 'vitest';
import { checkMacros, renderMacros } from '#runtime/delivery/macro-template.ts';

const scope = {
  password: '123456',
  phone_number: '+15550100',
  application: { name: '<b>"App" & co</b>' },
  tries: 3,
  nested: { list: [1] },
};

describe('what becomes of a macro', () => {
  test.each([
    ['Your code is: @@password@@', 'Your code is: 123456'],
    ['@@password@@@@password@@', '123456123456'],
    ['@@phone_number@@/@@tries@@', '+15550100/3'],
    ['@@application.name@@', '<b>"App" & co</b>'],
    ['[@@nobody@@][@@application.nobody@@][@@password.length@@][@@nested.list@@]', '[][][][]'],
    ['[@@constructor@@][@@__proto__@@][@@application.toString@@]', '[][][]'],
    ['a@b.example, {{ password }}, {% if %}', 'a@b.example, {{ password }}, {% if %}'],
    ['@example.com #@@password@@', '@example.com #123456'],
  ])('%s', (template, text) => {
    expect(renderMacros(template, scope, 'text')).toBe(text);
  });

  test('in HTML the value is a text, and the template is HTML', () => {
    const made = renderMacros('<p>@@application.name@@</p>', scope, 'markup');
    expect(made).toBe('<p>&lt;b&gt;&#34;App&#34; &amp; co&lt;/b&gt;</p>');
  });

  test('what a value holds is not looked at again', () => {
    expect(renderMacros('@@a@@', { a: '@@b@@', b: 'no' }, 'text')).toBe('@@b@@');
  });
});

describe('refused, with its place', () => {
  test.each([
    ['@@password', 1, 1],
    ['Your code is @@password@', 1, 14],
    ['one\ntwo @@ three', 2, 5],
    ['@@ password @@', 1, 1],
    ['@@password@@ @@1st@@', 1, 14],
    ['@@a..b@@', 1, 1],
    ['@@@@', 1, 1],
  ])('%j', (template, line, column) => {
    expect(() => checkMacros(template)).toThrow(`line:${line}, col:${column}`);
  });

  test('longer than any message', () => {
    expect(() => checkMacros('x'.repeat(100_001))).toThrow('longer than 100000 characters');
  });
});
