// Test: a page template, as it is kept and shown, and the pages that it surrounds from then on; on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { type Json, type Office, openOffice } from './office.ts';

const TEMPLATE =
  '<!DOCTYPE html><html><head>{%- auth0:head -%}<style>body{margin:1px}</style></head><body><h2>Of {{ tenant.name }}</h2>{%- auth0:widget -%}</body></html>';

describe.each(databasesInFull())('page templates on %s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  const send = async (method: string, path: string, body?: unknown): Promise<[status: number, body: Json]> => {
    const answered = await office.send(method, `/api/v2/branding${path}`, body);
    return [answered.status, answered.body];
  };
  /** Any page will do: this one needs no login. */
  const page = async () => {
    const answer = await office.door.app.request(`${office.tenant.baseUrl}/u/login`);
    return { text: await answer.text(), policy: answer.headers.get('content-security-policy') ?? '' };
  };

  test('a page template surrounds every page, until it is taken away', async () => {
    const path = '/templates/universal-login';
    const [status, missing] = await send('GET', path);
    expect([status, missing.message, missing.errorCode]).toEqual([
      404,
      'Template does not exist.',
      'inexistent_templates_universal_login',
    ]);
    expect((await send('PUT', path, { template: TEMPLATE }))[0]).toBe(201);
    expect(await send('GET', path)).toEqual([200, { body: TEMPLATE }]);
    const { text, policy } = await page();
    expect(text).toContain(`<h2>Of ${office.tenant.name}</h2><main>`);
    expect(text).toContain('<html lang="en" dir="ltr">');
    expect(policy).toMatch(/style-src 'self' 'sha256-[A-Za-z0-9+/]{43}='/);
    expect(policy).not.toContain('script-src');
    expect((await send('PUT', path, JSON.stringify(TEMPLATE.replace('Of', 'By'))))[0]).toBe(204);
    expect((await page()).text).toContain('<h2>By');

    for (const template of ['', '<body></body>', TEMPLATE.replace('{%- auth0:widget -%}', '{% if')]) {
      expect((await send('PUT', path, { template }))[0]).toBe(400);
    }
    expect((await page()).text).toContain('<h2>By');
    expect((await send('DELETE', path))[0]).toBe(204);
    expect((await send('DELETE', path))[0]).toBe(204);
    expect((await page()).text).not.toContain('<h2>');
  });

  test('a template that fails at a page gives way to our frame, and is written about once', async () => {
    const failing = TEMPLATE.replace(
      '<h2>',
      "{% if organization %}{{ 'x' | times: 'y' | date: 1 | split: '' | frobnicate }}{% endif %}<h2>",
    );
    expect((await send('PUT', '/templates/universal-login', { template: failing }))[0]).toBe(400);
    const loops = '{% for i in (1..999999999) %}{% endfor %}';
    const late = TEMPLATE.replace('<h2>', `{% if prompt.name == 'status' %}${loops}{% endif %}<h2>`);
    expect((await send('PUT', '/templates/universal-login', { template: late }))[0]).toBe(201);
    for (let times = 0; times < 3; times += 1) {
      const { text } = await page();
      expect(text).toContain('<main>');
      expect(text).not.toContain('<h2>Of');
    }
    const { body } = await office.send('GET', '/api/v2/logs?per_page=100');
    const written = (body as unknown as Json[]).filter(({ type }) => String(type) === 'w');
    expect(written).toHaveLength(1);
    expect(String(written[0]?.description)).toContain('The page template failed');
    await send('DELETE', '/templates/universal-login');
  });
});
