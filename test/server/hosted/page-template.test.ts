// Test: page templates: which are taken, what they make, and what those cost that mean harm.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { TEMPLATE_LIMIT } from '#runtime/bounded-liquid.ts';
import { compile, render, TemplateFault } from '#server/hosted/page-template.ts';

const HEAD = '<title>Head</title>';
const WIDGET = '<main>Widget {{ locale }}</main>';
const around = (inside: string): string =>
  `<!DOCTYPE html><html><head>{%- auth0:head -%}</head><body>${inside}{%- auth0:widget -%}</body></html>`;

const SCOPE = {
  locale: 'ar',
  tenant: { friendly_name: 'Acme & <b>Sons</b>', enabled_locales: ['en', 'ar'] },
  application: { name: '"><script>alert(1)</script>' },
  prompt: { name: 'login', screen: { name: 'login' } },
  branding: { colors: { primary: '#0059d6' } },
};

const shown = (source: string, scope: object = SCOPE) =>
  render(
    compile(source),
    scope as Record<string, unknown>,
    { head: HEAD, widget: WIDGET },
    { language: 'ar', direction: 'rtl' },
  );

const hashOf = (css: string): string => createHash('sha256').update(css).digest('base64');

function faultOf(run: () => unknown): Error | undefined {
  try {
    run();
    return undefined;
  } catch (fault) {
    return fault as Error;
  }
}

describe('a template', () => {
  test('surrounds our parts, which are no Liquid', () => {
    expect(shown(around('<h2>{{ prompt.screen.name }}</h2>')).text).toBe(
      `<!DOCTYPE html><html lang="ar" dir="rtl"><head>${HEAD}</head><body><h2>login</h2>${WIDGET}</body></html>`,
    );
  });

  test.each([
    '{%- auth0:head -%}',
    '{% auth0:head %}',
    '{%-auth0:head-%}',
    '{%  auth0:head  -%}',
    '{%\nauth0:head\n%}',
  ])('the tag as %j', (tag) => {
    expect(shown(around('').replace('{%- auth0:head -%}', tag)).text).toContain(HEAD);
  });

  test.each<[name: string, inside: string, becomes: string]>([
    ['what names hold is escaped', '{{ tenant.friendly_name }}', 'Acme &amp; &lt;b&gt;Sons&lt;/b&gt;'],
    ['in attributes too', '<i title="{{ application.name }}">', 'title="&#34;&gt;&lt;script&gt;'],
    ['what is not there is empty', '[{{ organization.name }}]', '[]'],
    ['prototypes are not there', '[{{ tenant.constructor.name }}{{ tenant.__proto__ }}]', '[]'],
    ['conditions', "{% if prompt.name == 'login' %}yes{% else %}no{% endif %}", 'yes'],
    ['loops', '{% for each in tenant.enabled_locales %}{{ each | upcase }} {% endfor %}', 'EN AR '],
  ])('%s', (_name, inside, becomes) => {
    expect(shown(around(inside)).text).toContain(becomes);
  });

  test.each([
    ['<html lang="en" class="x" dir=\'ltr\'>', '<html lang="ar" dir="rtl" class="x">'],
    ['<HTML LANG=en>', '<html lang="ar" dir="rtl">'],
    ['', '<!doctype html><html lang="ar" dir="rtl">'],
  ])('the language of %j is ours to say', (tag, becomes) => {
    expect(shown(around('').replace('<!DOCTYPE html>', '').replace('<html>', tag)).text).toContain(becomes);
  });

  test('its inline stylesheets are allowed by their hashes, ours are not among them', () => {
    const css = 'body > main { box-shadow: none }';
    const { styles } = shown(around(`<style>${css}</style><STYLE media="print">a{}</STYLE>`));
    expect(styles).toEqual([css, 'a{}'].map(hashOf));
  });

  test.each<[name: string, before: string, css: string, read: string]>([
    ['with the line breaks of Windows', '', 'a{}\r\nb{}\rc{}', 'a{}\nb{}\nc{}'],
    ['after a letter that lower case makes longer', '<p>İSTANBUL İ</p>', 'a{}', 'a{}'],
    ['closed in capitals', '', 'a{}</STYLE><i>', 'a{}'],
  ])('an inline stylesheet %s is hashed as browsers read it', (_name, before, css, read) => {
    const { styles, text } = shown(around(`${before}<style>${css}</style>`));
    expect(styles).toEqual([hashOf(read)]);
    expect(text).toContain(`<style>${read}</`);
  });
});

describe('refused', () => {
  test.each<[name: string, source: string, says: RegExp]>([
    ['without a head', '<body>{%- auth0:widget -%}', /auth0:head/],
    ['without a widget', '<head>{%- auth0:head -%}', /auth0:widget/],
    ['with two widgets', around('{%- auth0:widget -%}'), /auth0:widget/],
    ['an open tag', around('{% if x %}'), /not closed/],
    ['an unknown tag', around('{% frobnicate %}'), /frobnicate/],
    ['an unknown filter', around('{{ locale | frobnicate }}'), /frobnicate/],
    ['another file', around("{% include '/etc/passwd' %}"), /include/],
    ['another file, rendered', around("{% render 'x' %}"), /render/],
    ['a layout', `{% layout 'x' %}${around('')}`, /layout/],
    [
      'the widget in a comment of Liquid',
      around('').replace('{%- auth0:widget -%}', '{% comment %}{%- auth0:widget -%}{% endcomment %}'),
      /widget/,
    ],
    ['the widget in a comment of HTML', around('<!--'), /plain sight/],
    ['the widget in a script', around('<script>'), /plain sight/],
    ['the widget in a title', around('<title>'), /plain sight/],
    ['the widget on no page', around('{% if false %}').replace('</body>', '{% endif %}</body>'), /once/],
    ['the widget many times', around('{% for i in (1..3) %}').replace('</body>', '{% endfor %}</body>'), /once/],
    ['the widget changed', `${around('{% capture x %}')}{% endcapture %}{{ x | upcase | raw }}`, /once/],
    ['too long a text', around('x'.repeat(TEMPLATE_LIMIT)), /longer than/],
    ['a loop that shows much', around(`{% for i in (1..9000) %}${'x'.repeat(1000)}{% endfor %}`), /longer than/],
    ['a loop without an end', around('{% for i in (1..100000000) %}{% endfor %}'), /limit/],
    [
      'loops in loops that show nothing',
      around(`${'{% for i in (1..900) %}'.repeat(4)}${'{% endfor %}'.repeat(4)}`),
      /limit/,
    ],
    [
      'a text that doubles',
      around(`{% assign x = 'xxxxxxxxxxxxxxxx' %}${'{% assign x = x | append: x %}'.repeat(40)}{{ x }}`),
      /limit/,
    ],
    [
      'a text that multiplies',
      around(`{% assign x = '${'x'.repeat(9000)}' %}{{ x | replace: 'x', x | size }}`),
      /limit|longer/,
    ],
    [
      'captured loops',
      around('{% capture x %}{% for i in (1..200000) %}xxxxxxxxxx{% endfor %}{% endcapture %}'.repeat(9)),
      /limit/,
    ],
    ['a filter that looks into each entry', around('{% assign a = (1..90000) %}{{ a | has: "x" }}'), /limit/],
    ['an expression for each entry', around('{% assign a = (1..9) %}{{ a | find_exp: "x", "false" }}'), /undefined/],
    ['tags within tags within tags', around(`${'{% if true %}'.repeat(7000)}`), /./],
  ])('%s', (_name, source, says) => {
    const began = performance.now();
    const fault = faultOf(() => shown(source));
    expect(performance.now() - began).toBeLessThan(2000);
    expect(fault).toBeInstanceOf(TemplateFault);
    expect(fault?.message).toMatch(says);
  });

  test('harmful texts are read in one pass', () => {
    for (const piece of ['<style ', '<!--', '<html ', '<style>', '</style', '<title>']) {
      const began = performance.now();
      const fault = faultOf(() => shown(around(piece.repeat(12_000))));
      expect(performance.now() - began).toBeLessThan(2000);
      if (fault) expect(fault).toBeInstanceOf(TemplateFault);
    }
  });
});
