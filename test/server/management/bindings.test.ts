// What is bound to a trigger, what is deployed to it, and what of that may not run: on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '#test/kit/databases.ts';
import { items, type Json, type Office, openOffice } from './office.ts';

const CODE = 'exports.onExecutePostLogin = async (event, api) => {};';
const UUID = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);

describe.each(databases())('bindings on %s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  const draft = (more: Record<string, unknown> = {}) => ({
    name: 'an action',
    supported_triggers: [{ id: 'post-login', version: 'v3' }],
    code: CODE,
    ...more,
  });
  const make = async (more: Record<string, unknown> = {}): Promise<string> => {
    const { status, body } = await office.send('POST', '/api/v2/actions/actions', draft(more));
    expect(status).toBe(201);
    return String(body.id);
  };
  const at = (id: string, rest = '') => `/api/v2/actions/actions/${id}${rest}`;
  const deploy = async (id: string): Promise<Json> => {
    await office.built(id);
    const { status, body } = await office.send('POST', at(id, '/deploy'));
    expect(status).toBe(200);
    return body;
  };
  const BINDINGS = '/api/v2/actions/triggers/post-login/bindings';
  const bind = (...entries: unknown[]) => office.send('PATCH', BINDINGS, { bindings: entries });
  const byId = (value: string) => ({ ref: { type: 'action_id', value } });

  test('bindings are replaced whole, in order, with new ids', async () => {
    const [one, two] = [await make({ name: 'one' }), await make({ name: 'two' })];
    const before = await bind(byId(one));
    expect(before.status).toBe(400);
    expect(before.body.message).toBe('Trying to create a binding for an action that has not been deployed yet.');
    await deploy(one);
    await deploy(two);
    const first = await bind({ ...byId(one), display_name: 'First' }, { ref: { type: 'action_name', value: 'two' } });
    expect(first.status).toBe(200);
    const bindings = items(first.body.bindings as Json);
    expect(bindings).toMatchObject([
      {
        id: UUID,
        trigger_id: 'post-login',
        display_name: 'First',
        action: { id: one, deployed_version: { deployed: true } },
      },
      { display_name: 'two', action: { id: two } },
    ]);
    expect(JSON.stringify(bindings[0]?.action)).not.toContain('"secrets":null');
    const second = await bind(
      { ref: { type: 'binding_id', value: bindings[1]?.id } },
      { ref: { type: 'binding_id', value: bindings[0]?.id } },
    );
    const swapped = items(second.body.bindings as Json);
    expect(swapped.map(({ action }) => action?.id)).toEqual([two, one]);
    expect(swapped.some(({ id }) => bindings.some((old) => old.id === id))).toBe(false);
    expect((await office.send('GET', BINDINGS)).body).toMatchObject({ total: 2, per_page: 20 });
    expect((await bind(byId('nobody'))).status).toBe(400);
    expect((await bind(...Array.from({ length: 21 }, () => byId(one)))).status).toBe(400);

    const bound = await office.send('DELETE', at(one));
    expect([bound.status, bound.body.message]).toEqual([409, 'Unable to delete an action bound to a trigger.']);
    expect((await office.send('DELETE', at(one, '?force=true'))).status).toBe(204);
    expect((await office.send('DELETE', at(one))).body).toEqual({
      statusCode: 404,
      error: 'Not Found',
      message: 'That action does not exist.',
    });
    const left = await office.send('GET', BINDINGS);
    expect(items(left.body.bindings as Json).map(({ action }) => action?.id)).toEqual([two]);
    expect((await bind()).body).toEqual({ bindings: [] });
    expect((await office.send('GET', BINDINGS)).body).toEqual({ bindings: [], per_page: 20 });
  });

  test('a name that two Actions have names none', async () => {
    await deploy(await make({ name: 'twin' }));
    await deploy(await make({ name: 'twin' }));
    expect((await bind({ ref: { type: 'action_name', value: 'twin' } })).status).toBe(400);
  });

  test('audit and rehearsal of bindings name what is bound, without any code', async () => {
    const id = await make({ name: 'watched', code: `${CODE} // telling` });
    await deploy(id);
    const wanted = { bindings: [{ ...byId(id), display_name: 'Shown' }] };
    const rehearsed = await office.send('PATCH', `${BINDINGS}?dry_run=true`, wanted);
    expect(JSON.stringify(rehearsed.body.diff)).toContain(id);
    expect(JSON.stringify(rehearsed.body.diff)).not.toContain('telling');
    expect((await office.send('GET', BINDINGS)).body.bindings).toEqual([]);
    await office.send('PATCH', BINDINGS, wanted);
    await bind();
    const { body } = await office.send('GET', '/api/v2/logs?per_page=1');
    // Enough to bind it again.
    expect(items(body)[0]?.details).toMatchObject({ before: wanted, after: { bindings: [] } });
  });

  test('a text that cannot be read: the build fails; it is deployed only where nothing runs it', async () => {
    const id = await make({ code: 'exports.a = 1;\nlet x = };' });
    const fault = { id: 'syntax_error', msg: expect.stringMatching(/an-action\.js:2:9: /) };
    expect(await office.built(id)).toMatchObject({ status: 'failed', errors: [fault] });
    const broken = await office.send('POST', at(id, '/deploy'));
    expect(broken).toMatchObject({ status: 200, body: { number: 1, status: 'failed', errors: [fault] } });
    // Others may have named it, but nobody logs in by it yet: now somebody does, by a text that can be read.
    await office.send('PATCH', at(id), { code: CODE });
    const good = await deploy(id);
    expect((await bind(byId(id))).status).toBe(200);
    await office.send('PATCH', at(id), { code: 'let x = };' });
    const refused = [
      await office.send('POST', at(id, '/deploy')),
      await office.send('POST', at(id, `/versions/${broken.body.id}/deploy`), { update_draft: true }),
    ];
    for (const { status, body } of refused) {
      expect([status, body.message]).toEqual([400, expect.stringMatching(/failed to build.*an-action\.js:\d:9: /)]);
    }
    expect((await office.send('GET', at(id))).body.deployed_version).toMatchObject({ id: good.id, code: CODE });
    await bind();
  });

  test('of triggers that run without a binding, nothing that cannot be read is deployed', async () => {
    const id = await make({ code: 'let x = };', supported_triggers: [{ id: 'custom-email-provider', version: 'v1' }] });
    expect((await office.send('POST', at(id, '/deploy'))).status).toBe(400);
  });
});
