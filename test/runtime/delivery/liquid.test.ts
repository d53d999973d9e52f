// Test: templates of messages that want more time or room than a message has. What is refused here would hold up everybody
// who shares the server.
import { expect, test } from 'vitest';
import { LiquidFault, renderLiquid } from '#runtime/delivery/liquid.ts';

const RANGE = '{% assign a = (1..90000) %}';

test.each([
  [
    'one tag with many comparisons of a list',
    `${RANGE}{% if ${'a contains 0 or '.repeat(60)} b %}x{% endif %}`,
    /limit/,
  ],
  ['a filter that looks into each entry', `${RANGE}{{ a | has: "x" }}`, /limit/],
  ['an expression for each entry', `${RANGE}{{ a | find_exp: "x", "a contains 0" }}`, /undefined filter/],
  ['words again and again', `{% for i in (1..500) %}${'word '.repeat(1000)}{% endfor %}`, /limit/],
  ['words of another script', `{% for i in (1..50) %}${'言'.repeat(30_000)}{% endfor %}`, /limit/],
  [
    'what a tag keeps, doubled',
    '{% assign s = "ab" %}{% for i in (1..22) %}{% capture s %}{{ s }}{{ s }}{% endcapture %}{% endfor %}{{ s | size }}',
    /limit/,
  ],
  ['loops that show nothing', `${'{% for i in (1..900) %}'.repeat(3)}${'{% endfor %}'.repeat(3)}`, /limit/],
])('%s', (_name, template, reason) => {
  expect(() => renderLiquid(template, {}, 'text')).toThrow(LiquidFault);
  expect(() => renderLiquid(template, {}, 'markup')).toThrow(reason);
});

test.each([
  ['{{ list }} {{ list | join: "-" }} {{ none }} {{ 1.5 }} {{ true }}', 'a&b a-&-b  1.5 true'],
  ['{% if list contains "&" and none != "x" %}yes{% endif %}', 'yes'],
  ['{% unless not none %}no{% endunless %}{% for e in list limit: 2 %}{{ forloop.index }}{{ e }}{% endfor %}', '1a2&'],
  ['{% capture c %}{{ list[0] }}!{% endcapture %}{{ c | upcase }}', 'A!'],
])('%s', (template, text) => {
  const scope = { list: ['a', '&', 'b'] };
  expect(renderLiquid(template, scope, 'text')).toBe(text);
  expect(renderLiquid(template, scope, 'markup')).toBe(text.replaceAll('&', '&amp;'));
});
