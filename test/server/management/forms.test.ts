// Forms, as they are kept and shown; on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { type Json, type Office, openOffice, payloadError } from './office.ts';

describe.each(databasesInFull())('forms on %s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  const send = (method: string, path: string, body?: unknown) => office.send(method, `/api/v2${path}`, body);
  const step = {
    id: 'step_1',
    type: 'STEP',
    coordinates: { x: 1, y: 2 },
    config: { components: [], next_node: '$ending' },
  };
  const whole = {
    name: 'Privacy',
    languages: { primary: 'en' },
    translations: { ja: { form: {} } },
    messages: { errors: {} },
    nodes: [step],
    start: { next_node: 'step_1', hidden_fields: [] },
    ending: { resume_flow: true },
    style: { css: 'h1 {}' },
  };
  const make = async (body: unknown = whole): Promise<Json> => {
    const answered = await send('POST', '/forms', body);
    expect([answered.status, answered.body.message]).toEqual([201, undefined]);
    return answered.body;
  };

  test('a form is kept as it was given; the list has no definitions', async () => {
    const form = await make();
    const time = expect.stringMatching(/^\d{4}-.*Z$/);
    const own = { id: expect.stringMatching(/^ap_[A-Za-z0-9]{22}$/), created_at: time, updated_at: time };
    expect(form).toEqual({ ...whole, ...own });
    expect((await send('GET', `/forms/${form.id}`)).body).toEqual(form);
    const summary = { id: form.id, name: 'Privacy', created_at: form.created_at, updated_at: form.updated_at };
    expect((await send('GET', '/forms')).body).toEqual([summary]);
    expect((await send('GET', '/forms?include_totals=true')).body).toMatchObject({ total: 1, forms: [summary] });
  });

  test('each part is replaced whole, null removes it', async () => {
    const { id } = await make();
    const { body } = await send('PATCH', `/forms/${id}`, {
      name: 'Other',
      start: { next_node: '$ending' },
      style: null,
    });
    const { style: _removed, ...rest } = whole;
    expect(body).toMatchObject({ ...rest, name: 'Other', start: { next_node: '$ending' } });
    expect(body.start).toEqual({ next_node: '$ending' });
    expect(body.style).toBeUndefined();
    expect((await send('PATCH', `/forms/${id}`, { nodes: null })).body.nodes).toEqual([]);
    expect((await send('DELETE', `/forms/${id}`)).status).toBe(204);
    expect((await send('DELETE', `/forms/${id}`)).body).toMatchObject({
      statusCode: 404,
      errorCode: 'inexistent_form',
    });
    expect((await send('PATCH', `/forms/${id}`, {})).status).toBe(404);
  });

  test('a form needs no more than a name', async () => {
    expect(await make({ name: 'Bare' })).toMatchObject({ name: 'Bare', nodes: [] });
  });

  test.each([
    [{}, 'Missing required property: name', undefined],
    [{ name: 'x', nodes: {} }, 'Expected type array but found type object', 'nodes'],
    [{ name: 'x', nodes: [{ type: 'STEP' }] }, 'Every node has an id, a text of at most 255 characters', 'nodes[0]'],
    [{ name: 'x', nodes: [{ id: 'a', type: 'PAGE' }] }, 'Every node has a type: STEP, FLOW or ROUTER', 'nodes[0]'],
    [{ name: 'x', nodes: [step, step] }, 'Ids of nodes are not unique (indexes 0 and 1)', 'nodes'],
    [{ name: 'x', start: 'step_1' }, 'Expected type object but found type string', 'start'],
    [{ name: 'x', color: 'red' }, 'Additional properties not allowed: color', undefined],
  ])('refused: %.70j', async (body, reason, at) => {
    expect((await send('POST', '/forms', body)).body).toEqual(payloadError(reason, at));
  });

  test('a definition of more than 512 KB is refused, and changes nothing', async () => {
    const huge = { style: { css: 'x'.repeat(512 * 1024) } };
    const message = 'The form is too large, maximum 524288 bytes.';
    expect((await send('POST', '/forms', { name: 'x', ...huge })).body).toMatchObject({ statusCode: 400, message });
    const { id } = await make();
    const refused = await send('PATCH', `/forms/${id}`, { name: 'changed', ...huge });
    expect(refused.body).toMatchObject({ statusCode: 400, message });
    expect((await send('GET', `/forms/${id}`)).body).toMatchObject(whole);
  });

  test("another tenant's form is not there", async () => {
    const { id } = await make();
    const theirs = (method: string, body?: unknown) => office.sendAsNeighbour(method, `/api/v2/forms/${id}`, body);
    expect((await theirs('GET')).status).toBe(404);
    expect((await theirs('PATCH', { name: 'x' })).status).toBe(404);
    expect((await theirs('DELETE')).status).toBe(404);
    expect((await send('GET', `/forms/${id}`)).status).toBe(200);
  });
});
