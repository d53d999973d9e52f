// Actions from draft to binding: shapes, texts and what runs when; on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '#test/kit/databases.ts';
import { items, type Json, type Office, openOffice } from './office.ts';

const CODE = 'exports.onExecutePostLogin = async (event, api) => {};';
const UUID = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const NANOSECONDS = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);

describe.each(databases())('Actions on %s', (_name, open) => {
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
  const byId = (value: string) => ({ ref: { type: 'action_id', value } });

  test('a secret sent back as it is read keeps its value; a new one needs one', async () => {
    const code = 'exports.onExecutePostLogin = async (event, api) => { console.log(event.secrets.KEY.length); };';
    const id = await make({ code, secrets: [{ name: 'KEY', value: 'hush-hush' }] });
    await office.built(id);
    const { body: read } = await office.send('GET', at(id));
    const sent = await office.send('PATCH', at(id), {
      secrets: [...items(read.secrets as Json), { name: 'NEW', value: 'x' }],
    });
    expect([sent.status, sent.body.secrets]).toMatchObject([200, [{ name: 'KEY' }, { name: 'NEW' }]]);
    const kept = await office.door.house.store.actions.find(office.tenant.id, id);
    expect(kept?.secrets.map(({ value }) => value)).toEqual(['hush-hush', 'x']);
    const refused = await office.send('PATCH', at(id), { secrets: [{ name: 'KEY' }, { name: 'OTHER' }] });
    expect([refused.status, refused.body.message]).toEqual([
      400,
      `Payload validation error: 'Missing required property: value' on property secrets[1].`,
    ]);
    const { status } = await office.send('POST', '/api/v2/actions/actions', draft({ secrets: [{ name: 'KEY' }] }));
    expect(status).toBe(400);
  });

  test('a draft is created pending, is built, and never shows the values of its secrets', async () => {
    const created = await office.send(
      'POST',
      '/api/v2/actions/actions',
      draft({ secrets: [{ name: 'KEY', value: 'hush-hush' }] }),
    );
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      id: UUID,
      name: 'an action',
      supported_triggers: [{ id: 'post-login', version: 'v3' }],
      created_at: NANOSECONDS,
      updated_at: NANOSECONDS,
      code: CODE,
      dependencies: [],
      runtime: 'node22',
      status: 'pending',
      secrets: [{ name: 'KEY', updated_at: NANOSECONDS }],
      all_changes_deployed: false,
    });
    const built = await office.built(String(created.body.id));
    expect(built.status).toBe('built');
    const version = await deploy(String(created.body.id));
    const shown = await office.send('GET', at(String(created.body.id)));
    const listed = await office.send('GET', '/api/v2/actions/actions');
    expect(JSON.stringify([built, version, shown.body, listed.body])).not.toContain('hush-hush');
  });

  test('deployment waits for the build; the Action then points at a version', async () => {
    const { body: created } = await office.send('POST', '/api/v2/actions/actions', draft({ runtime: 'node18' }));
    const id = String(created.id);
    const { status, body: version } = await office.send('POST', at(id, '/deploy'));
    expect(status).toBe(200);
    expect(version).toMatchObject({
      id: UUID,
      code: CODE,
      deployed: false,
      number: 1,
      status: 'built',
      runtime: 'node18-actions',
      built_at: NANOSECONDS,
      action: { id, all_changes_deployed: false },
    });
    const { body } = await office.send('GET', at(id));
    expect(body).toMatchObject({
      all_changes_deployed: true,
      runtime: 'node18',
      current_version: {
        id: version.id,
        status: 'BUILT',
        number: 1,
        build_time: NANOSECONDS,
        runtime: 'node18-actions',
      },
      deployed_version: { id: version.id, deployed: true, status: 'built' },
    });
  });

  test('a deployment of what is not built is rehearsed as it would be refused', async () => {
    const id = await make();
    await office.built(id);
    const change = { status: 'pending' } as const;
    await office.door.house.store.actions.update(office.tenant.id, id, (current) => ({ ...current, ...change }));
    expect((await office.send('POST', at(id, '/deploy?dry_run=true'))).body).toEqual({
      statusCode: 400,
      error: 'Bad Request',
      message: "A draft must be in the 'built' state before it can be deployed.",
    });
    await office.built(id);
    const { body } = await office.send('POST', at(id, '/deploy?dry_run=true'));
    expect(body).toMatchObject({
      dry_run: true,
      diff: { all_changes_deployed: { before: false, after: true }, deployed_version: { after: { number: 1 } } },
    });
    expect((await office.send('GET', at(id))).body).not.toHaveProperty('deployed_version');
  });

  test('a change leaves what is deployed as it was; versions count up, and an old one can be deployed again', async () => {
    const id = await make({ secrets: [{ name: 'A', value: '1' }] });
    const first = await deploy(id);
    const patched = await office.send('PATCH', at(id), { code: `${CODE} // two`, secrets: [] });
    expect(patched.body).toMatchObject({ status: 'pending', all_changes_deployed: false, secrets: [] });
    expect(patched.body.deployed_version).toMatchObject({ id: first.id, code: CODE, secrets: [{ name: 'A' }] });
    const second = await deploy(id);
    expect([second.number, second.code]).toEqual([2, `${CODE} // two`]);
    const back = await office.send('POST', at(id, `/versions/${first.id}/deploy`), { update_draft: true });
    expect([back.status, back.body.number, back.body.code]).toEqual([200, 3, CODE]);
    const versions = await office.send('GET', at(id, '/versions'));
    expect(versions.body).toMatchObject({ total: 3, per_page: 20 });
    expect(items(versions.body.versions as Json).map(({ number, deployed }) => [number, deployed])).toEqual([
      [3, true],
      [2, false],
      [1, false],
    ]);
    expect((await office.send('GET', at(id))).body).toMatchObject({ code: CODE, all_changes_deployed: true });
    expect((await office.send('GET', at(id, `/versions/${second.id}`))).body.number).toBe(2);
  });

  test('deployments at once get numbers of their own', async () => {
    const id = await make();
    await office.built(id);
    const answers = await Promise.all(Array.from({ length: 5 }, () => office.send('POST', at(id, '/deploy'))));
    expect(answers.map(({ body }) => Number(body.number)).sort()).toEqual([1, 2, 3, 4, 5]);
  });

  test.each([
    [
      'a dependency that is no package of the registry',
      { dependencies: [{ name: 'lodash', version: 'github:lodash/lodash' }] },
      /lodash/,
    ],
  ])('%s: the build fails, and deployment says why', async (_what, more, text) => {
    const id = await make(more);
    const built = await office.built(id);
    expect(built.status).toBe('failed');
    expect(String(items(built.errors as Json)[0]?.msg)).toMatch(text);
    const { status, body } = await office.send('POST', at(id, '/deploy'));
    expect(status).toBe(400);
    expect(String(body.message)).toMatch(text);
    expect(String(body.message)).not.toContain("must be in the 'built' state");
    await office.send('PATCH', at(id), { code: CODE, dependencies: [] });
    expect((await office.built(id)).status).toBe('built');
  });

  test('a build that a crash cut off is done by the next look', async () => {
    const id = await make();
    await office.built(id);
    await office.door.house.store.actions.update(office.tenant.id, id, (current) => ({
      ...current,
      status: 'building',
    }));
    expect((await office.built(id)).status).toBe('built');
  });

  test('deploy with the draft', async () => {
    const id = await make({ deploy: true });
    await office.built(id);
    await expect.poll(async () => (await office.send('GET', at(id))).body.all_changes_deployed).toBe(true);
  });

  test.each([
    [{ runtime: 'node20' }, 'runtime is not supported'],
    [
      { supported_triggers: [{ id: 'post-login', version: 'v1' }] },
      'Version v1 of the post-login trigger is no longer supported; use v3.',
    ],
    [
      { supported_triggers: [{ id: 'post-login', version: 'v9' }] },
      'The post-login trigger has no version "v9"; use v3.',
    ],
    [
      { supported_triggers: [{ id: 'event-stream' }] },
      'Trigger "event-stream" is not supported; use "post-login", "credentials-exchange", "pre-user-registration", "post-user-registration", "post-change-password", "password-reset-post-challenge", "custom-token-exchange", "send-phone-message", "custom-phone-provider" or "custom-email-provider".',
    ],
    [{ code: 'x'.repeat(100_001) }, 'The code is too long (100001 bytes), maximum 100000'],
  ])('a draft is refused: %.60j', async (more, message) => {
    const { status, body } = await office.send('POST', '/api/v2/actions/actions', draft(more));
    expect([status, body.message]).toEqual([400, message]);
  });

  test('another trigger is no upgrade', async () => {
    const { status, body } = await office.send('PATCH', at(await make()), {
      supported_triggers: [{ id: 'credentials-exchange' }],
    });
    expect([status, body.message]).toEqual([400, "can't upgrade to this trigger."]);
  });

  test('version v2 runs, and is reported as outdated in the list, the deployment and the log', async () => {
    const id = await make({ name: 'old', supported_triggers: [{ id: 'post-login', version: 'v2' }] });
    const outdated = [{ id: 'post-login', version: 'v2', status: 'DEPRECATED' }];
    expect((await deploy(id)).supported_triggers).toEqual(outdated);
    const { body } = await office.send('GET', '/api/v2/actions/actions?actionName=old');
    expect(items(body.actions as Json)[0]?.supported_triggers).toEqual(outdated);
    const logs = await office.send('GET', '/api/v2/logs?q=type:depnote');
    expect(String(items(logs.body)[0]?.description)).toContain('"old"');
  });

  test('the list leaves zeros out and pages', async () => {
    const { body } = await office.send('GET', '/api/v2/actions/actions?page=1&per_page=2');
    expect(body).toMatchObject({ page: 1, per_page: 2 });
    expect(items(body.actions as Json)).toHaveLength(2);
    const none = await office.send('GET', '/api/v2/actions/actions?actionName=nothing');
    expect(none.body).toEqual({ actions: [], per_page: 20 });
  });

  test('triggers', async () => {
    const { body } = await office.send('GET', '/api/v2/actions/triggers');
    expect(items(body.triggers as Json)).toContainEqual({
      id: 'post-login',
      version: 'v3',
      status: 'CURRENT',
      runtimes: ['node18-actions', 'node22'],
      default_runtime: 'node22',
      binding_policy: 'trigger-bound',
      compatible_triggers: [{ id: 'post-login', version: 'v2' }],
    });
    expect((await office.send('GET', '/api/v2/actions/triggers/nothing/bindings')).status).toBe(404);
  });

  test('nothing of it is there for another tenant', async () => {
    const id = await make();
    const version = await deploy(id);
    for (const [method, rest, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { code: '' }],
      ['DELETE', '', undefined],
      ['POST', '/deploy', undefined],
      ['GET', '/versions', undefined],
      ['GET', `/versions/${version.id}`, undefined],
      ['POST', `/versions/${version.id}/deploy`, {}],
    ] as const) {
      expect((await office.sendAsNeighbour(method, at(id, rest), body)).status).toBe(404);
    }
    const bound = await office.sendAsNeighbour('PATCH', BINDINGS, { bindings: [byId(id)] });
    expect(bound.status).toBe(400);
  });
});
