// Test: the page of a form that a script shows: what it looks like, what it refuses, what the script gets.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '#storage/records.ts';
import { type House, openHouse } from '#test/kit/house.ts';
import { type Answer, openPages, type Pages, signInOn, stateIn } from './pages.ts';

const field = (id: string, type: string, more: JsonObject = {}): JsonObject => ({
  id,
  type,
  category: 'FIELD',
  label: `Your ${id}`,
  ...more,
});
const block = (type: string, config: JsonObject): JsonObject => ({ id: `${type}-1`, type, category: 'BLOCK', config });
const step = (id: string, next: string, ...components: JsonObject[]): JsonObject => ({
  id,
  type: 'STEP',
  config: { components, next_node: next },
});

const OPTIONS = {
  options: [
    { value: 'r', label: 'Red & <b>bold</b>' },
    { value: 'g', label: 'Green' },
  ],
};
const DEFINITION: JsonObject = {
  start: { next_node: 'one', hidden_fields: [{ key: 'source', value: 'from {{vars.place}}' }, { key: 'given' }] },
  nodes: [
    step(
      'two',
      '$ending',
      field('more', 'TEXT', { config: { multiline: true } }),
      block('NEXT_BUTTON', { text: 'Send it' }),
    ),
    step('never', '$ending', field('unreached', 'TEXT')),
    { id: 'fork', type: 'ROUTER', config: { rules: [{ next_node: 'never' }], fallback: 'two' } },
    step(
      'one',
      'fork',
      block('RICH_TEXT', {
        content: '<h2>Hello {{vars.name}}</h2><p>A &amp; <em>B</em></p><script>alert(1)</script><ul><li>one</li></ul>',
      }),
      field('nick', 'TEXT', {
        required: true,
        hint: 'As friends <i>say</i>',
        config: { min_length: 2, max_length: 5 },
      }),
      field('age', 'NUMBER', { config: { min_value: 18, max_value: 99 } }),
      field('site', 'URL'),
      field('mail', 'EMAIL'),
      field('day', 'DATE'),
      field('hour', 'DATE', { config: { format: 'TIME' } }),
      field('phone', 'TEL'),
      field('secret', 'PASSWORD', { config: { default_value: 'shown?' } }),
      field('news', 'BOOLEAN', { config: { default_value: true, options: { true: 'Gladly', false: 'Never' } } }),
      field('colour', 'CHOICE', { config: OPTIONS }),
      field('colours', 'CHOICE', { config: { ...OPTIONS, multiple: true } }),
      field('drop', 'DROPDOWN', { config: { ...OPTIONS, placeholder: 'Pick one' } }),
      field('size', 'DROPDOWN', { config: { options: [{ value: ' wide ', label: 'Wide' }] } }),
      field('state', 'TEXT'),
      field('__proto__', 'TEXT'),
      field('terms', 'LEGAL', { required: true, config: { text: 'I agree to <a href="x">terms</a>' } }),
      field('file', 'FILE'),
      block('DIVIDER', {}),
    ),
  ],
};
const SCRIPT = `exports.onExecutePostLogin = async (event, api) => {
  api.prompt.render('ap_form', { fields: { nick: 'Annie', given: 7 }, vars: { name: '<Ana>', place: 'here' } });
};
exports.onContinuePostLogin = async (event, api) => api.access.deny(JSON.stringify(event.prompt));`;
const LEAST = { nick: 'Ann', terms: 'true' };

let house: House;
let pages: Pages;
beforeAll(async () => {
  house = await openHouse();
  await house.user('ana');
  const at = { createdAt: house.ports.now(), updatedAt: house.ports.now() };
  await house.store.forms.insert({
    tenantId: house.tenant.id,
    id: 'ap_form',
    name: 'My form',
    definition: DEFINITION,
    ...at,
  });
  await house.store.forms.insert({
    tenantId: house.tenant.id,
    id: 'ap_odd',
    name: 'Odd <form>',
    definition: { nodes: 'x', start: { next_node: 'a' } },
    ...at,
  });
  await house.bind(SCRIPT);
  pages = openPages(house);
}, 60_000);
afterAll(() => house.close());

async function atForm(): Promise<{ path: string; state: string }> {
  const at = await signInOn(house, pages, 'ana');
  expect(at.location).toMatch(/^\/u\/form\?state=/);
  return { path: at.location ?? '', state: stateIn(at) };
}
async function send(fields: string | Record<string, string>): Promise<Answer> {
  const { path, state } = await atForm();
  return pages.post(
    path,
    `state=${state}&action=default&${typeof fields === 'string' ? fields : new URLSearchParams(fields)}`,
  );
}
function prompt(answer: Answer): { id: string; fields: JsonObject; vars: JsonObject } {
  return JSON.parse(new URL(answer.location ?? 'x:').searchParams.get('error_description') ?? '');
}

test('the page: all steps in order, texts as texts, fields with what the script gave', async () => {
  const { path } = await atForm();
  const { text, status } = await pages.get(path);
  expect(status).toBe(200);
  expect(text).toContain('<h1>Hello &lt;Ana&gt;</h1>');
  expect(text).toContain('<p>A &amp; B</p>');
  expect(text).toContain('<p class="entry">one</p>');
  expect(text).not.toContain('alert(1)');
  expect(text).not.toMatch(/<(b|em|i|script)>/);
  expect(text).toContain('Red &amp; bold');
  expect(text).toContain('As friends say');
  expect(text).toMatch(/name="nick"[^>]*value="Annie"/);
  expect(text).toMatch(/id="f\d+-0" name="news" type="radio" value="true" checked/);
  expect(text).toContain('Gladly');
  expect(text).not.toContain('shown?');
  expect(text).toMatch(/name="field-state"/);
  expect(text).toMatch(/type="time"/);
  expect(text).toMatch(/name="nick"[\s\S]*name="terms"[\s\S]*<hr>[\s\S]*name="more"[\s\S]*Send it/);
  expect(text).not.toContain('unreached');
  expect(text).not.toContain('Your file');
  expect(text).not.toContain('__proto__');
});

test('what the script gets: by type, without what was left empty', async () => {
  const fields = {
    nick: ' Ann ',
    age: '２１',
    site: 'https://a.example/x',
    mail: 'a@b.example',
    day: '2026-02-28',
    hour: '09:30',
    phone: '+81 90-1234-5678',
    secret: ' s ',
    news: 'false',
    colour: 'g',
    drop: 'r',
    size: ' wide ',
    'field-state': 'on',
    terms: 'true',
    more: '',
    unreached: 'x',
  };
  const answer = await send(`${new URLSearchParams(fields)}&colours=r&colours=g`);
  expect(prompt(answer)).toEqual({
    id: 'ap_form',
    fields: {
      source: 'from here',
      given: 7,
      nick: 'Ann',
      age: 21,
      site: 'https://a.example/x',
      mail: 'a@b.example',
      day: '2026-02-28',
      hour: '09:30',
      phone: '+81 90-1234-5678',
      secret: ' s ',
      news: false,
      colour: 'g',
      colours: ['r', 'g'],
      drop: 'r',
      size: ' wide ',
      state: 'on',
      terms: true,
    },
    vars: { name: '<Ana>', place: 'here' },
  });
});

describe('refuses', () => {
  test.each([
    [{ nick: '' }, 'Your nick'],
    [{ nick: 'A' }, 'Your nick'],
    [{ nick: 'Annabel' }, 'Your nick'],
    [{ age: '17' }, 'Your age'],
    [{ age: '100' }, 'Your age'],
    [{ age: 'NaN' }, 'Your age'],
    [{ age: '1e1' }, 'Your age'],
    [{ site: 'javascript:alert(1)' }, 'Your site'],
    [{ mail: 'nobody' }, 'Your mail'],
    [{ day: '2026-02-30' }, 'Your day'],
    [{ hour: '25:00' }, 'Your hour'],
    [{ phone: 'x' }, 'Your phone'],
    [{ news: 'maybe' }, 'Your news'],
    [{ colour: 'b' }, 'Your colour'],
    [{ colours: 'b' }, 'Your colours'],
    [{ drop: 'b' }, 'Your drop'],
    [{ terms: '' }, 'I agree to terms'],
    [{ more: 'x'.repeat(10_001) }, 'Your more'],
  ])('%j', async (fields, label) => {
    const answer = await send({ ...LEAST, ...fields } as Record<string, string>);
    expect(answer).toMatchObject({ status: 400, error: 'invalid-field' });
    expect(answer.text).toContain(`Please check: ${label}</span></p>`);
    expect(answer.text.match(/aria-invalid/g)).toHaveLength(1);
    expect(answer.text).toMatch(/aria-invalid="true"[^>]*aria-describedby="refusal/);
  });

  test('keeping what was filled in, but for passwords', async () => {
    const answer = await send(
      'nick=&mail=a%40b.example&secret=hush&colours=g&news=false&more=l1%0D%0A%3Cl2%3E&drop=g&terms=true',
    );
    expect(answer.error).toBe('invalid-field');
    expect(answer.text).toContain('value="a@b.example"');
    expect(answer.text).not.toContain('hush');
    expect(answer.text).toMatch(/name="colours" type="checkbox" value="g" checked/);
    expect(answer.text).toMatch(/name="news" type="radio" value="false" checked/);
    expect(answer.text).toContain('l1\r\n&lt;l2&gt;</textarea>');
    expect(answer.text).toContain('<option value="g" selected>');
  });

  test('a field twice that is one, an unknown action, another page', async () => {
    expect((await send('nick=Ann&nick=Bob&terms=true')).error).toBe('invalid-field');
    expect(await send(`${new URLSearchParams(LEAST)}&action=default`)).toMatchObject({ status: 400 });
    const { state, path } = await atForm();
    expect((await pages.get(`/u/login?state=${state}`)).location).toBe(path);
    expect((await pages.get(`/continue?state=${state}`)).location).toBe(path);
  });
});

test('a form that is nothing we know is a button', async () => {
  await house.bind(SCRIPT.replace('ap_form', 'ap_odd'));
  const { path, state } = await atForm();
  expect((await pages.get(path)).text).toContain('<h1>Odd &lt;form&gt;</h1>');
  expect(prompt(await pages.post(path, { state, action: 'default' })).fields).toEqual({});
  await house.bind(SCRIPT);
});

test('a form that was removed meanwhile is a page without a form', async () => {
  await house.bind(SCRIPT.replace('ap_form', 'ap_odd'));
  const { path, state } = await atForm();
  await house.store.forms.remove(house.tenant.id, 'ap_odd');
  expect(await pages.get(path)).toMatchObject({ status: 400, hasForm: false });
  expect(await pages.post(path, { state })).toMatchObject({ status: 400, hasForm: false });
  await house.bind(SCRIPT);
});
