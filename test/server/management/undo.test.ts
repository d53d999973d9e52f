// Undoing a change from its line in the tenant's log: what it brings back, when it refuses, and that it is a write like any
// other.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '#test/kit/databases.ts';
import { items, type Json, type Office, openOffice, user } from './office.ts';

const ACTIONS = '/api/v2/actions/actions';
const BINDINGS = '/api/v2/actions/triggers/post-login/bindings';
const TRIGGER = [{ id: 'post-login', version: 'v3' }];

describe.each(databases())('%s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  const send = (method: string, path: string, body?: unknown) => office.send(method, path, body);
  const get = async (path: string) => (await send('GET', path)).body;
  const newest = async (): Promise<Json> => {
    const { body } = await send('GET', '/api/v2/logs?q=type:sapi&per_page=1');
    return items(body)[0] as Json;
  };
  /** Does it, and gives the id of its line. */
  async function done(method: string, path: string, body?: unknown): Promise<string> {
    const { status, body: said } = await send(method, path, body);
    if (status >= 300) throw new Error(JSON.stringify(said));
    return String((await newest()).log_id);
  }
  const undo = (id: string, query = '') => send('POST', `/api/v2/logs/${id}/undo${query}`);

  /** What a setting is at first, where that is not what it is, and what it is changed to. */
  const SETTINGS: [path: string, change: object, verb?: 'PUT' | undefined, first?: object][] = [
    ['/tenants/settings', { friendly_name: 'New', support_email: 'a@b.example', session_lifetime: 5 }],
    ['/tenants/settings', { flags: { disable_clickjack_protection_headers: true } }],
    [
      '/tenants/settings',
      { flags: { enable_client_connections: true, no_disclose_enterprise_connections: true } },
      undefined,
      { flags: { enable_client_connections: false } },
    ],
    ['/tenants/settings', { default_redirection_uri: 'https://b.example' }],
    ['/attack-protection/brute-force-protection', { max_attempts: 3, allowlist: ['10.0.0.0/8'] }],
    ['/attack-protection/suspicious-ip-throttling', { enabled: false, shields: [] }],
    ['/attack-protection/breached-password-detection', { enabled: true, method: 'enhanced' }],
    // Its name speaks of passwords, and it holds none.
    ['/attack-protection/bot-detection', { challenge_password_policy: 'always' }],
    ['/branding', { colors: { primary: '#ff0000' }, logo_url: 'https://a.example/x.png' }],
    ['/branding', { colors: { page_background: '#000000' } }, undefined, { colors: { primary: '#00ff00' } }],
    ['/prompts', { identifier_first: true }],
    ['/prompts/login/custom-text/en', { login: { title: 'Hello' } }, 'PUT'],
    ['/prompts/login/custom-text/en', { login: { title: 'Other' } }, 'PUT', { login: { title: 'Hello' } }],
    ['/guardian/policies', ['all-applications'], 'PUT'],
    ['/guardian/policies', [], 'PUT', ['all-applications']],
    ['/guardian/factors/phone/message-types', { message_types: ['voice'] }, 'PUT'],
  ];
  test.each(SETTINGS)('%s %j', async (path, change, verb: string = 'PATCH', first = undefined) => {
    const at = `/api/v2${path}`;
    if (first) await done(verb, at, first);
    const before = await get(at);
    const id = await done(verb, at, change);
    const changed = await get(at);
    expect(changed).not.toEqual(before);
    const { status, body } = await undo(id);
    expect([status, body]).toMatchObject([200, { undo: { log_id: id, method: verb, path: at } }]);
    // A switch that is off says the same as one that is not there.
    const bare = (value: Json) =>
      JSON.parse(JSON.stringify(value, (_key, inner) => (inner === false ? undefined : inner)));
    expect(bare(await get(at))).toEqual(bare(before));
    // It has a line of its own, by which it is undone.
    const line = await get(`/api/v2/logs/${body.log_id}`);
    expect(line).toMatchObject({ type: 'sapi', details: { undoes: id, request: { method: verb, path: at } } });
    expect((await undo(String(body.log_id))).status).toBe(200);
    expect(await get(at)).toEqual(changed);
  });

  test('a factor', async () => {
    const isOn = async () =>
      items(await get('/api/v2/guardian/factors')).find(({ name }) => String(name) === 'duo')?.enabled;
    const first = await isOn();
    const id = await done('PUT', '/api/v2/guardian/factors/duo', { enabled: !first });
    expect((await undo(id)).status).toBe(200);
    expect(await isOn()).toBe(first);
  });

  test('a page template that is made, changed and removed', async () => {
    const at = '/api/v2/branding/templates/universal-login';
    const template = (text: string) =>
      `<!DOCTYPE html><html><head>{%- auth0:head -%}</head><body>${text}{%- auth0:widget -%}</body></html>`;
    const seen = async () => (await get(at)).body;
    const made = await done('PUT', at, { template: template('one') });
    const changed = await done('PUT', at, { template: template('two') });
    expect((await undo(made)).status).toBe(409);
    expect((await undo(changed)).status).toBe(200);
    expect(await seen()).toBe(template('one'));
    const removed = await done('DELETE', at);
    expect((await undo(removed)).status).toBe(200);
    expect(await seen()).toBe(template('one'));
    expect((await undo(removed)).status).toBe(409);
    expect((await undo(made)).status).toBe(200);
    expect((await send('GET', at)).status).toBe(404);
  });

  test('a secret that changed cannot come back, and its stars are not written', async () => {
    const at = '/api/v2/guardian/factors/duo/settings';
    const secret = async () => (await office.door.house.store.tenants.find(office.tenant.id)) as unknown;
    const id = await done('PUT', at, { host: 'api-x.duosecurity.com', ikey: 'i', skey: 'the-secret-key' });
    const before = await secret();
    const { status, body } = await undo(id, '?force=true');
    expect([status, body]).toMatchObject([
      400,
      { message: expect.stringContaining('holds a secret, which no log keeps.'), errorCode: 'undo_unsupported' },
    ]);
    expect(await secret()).toEqual(before);
  });

  test('what people have and do is not undone', async () => {
    const { body } = await send('POST', '/api/v2/users', user('undone'));
    const id = await done('PATCH', `/api/v2/users/${encodeURIComponent(String(body.user_id))}`, { blocked: true });
    expect(await undo(id)).toMatchObject({ status: 400, body: { errorCode: 'undo_unsupported' } });
  });

  test('what has changed since is left, unless it is meant all the same', async () => {
    const at = '/api/v2/tenants/settings';
    const first = await done('PATCH', at, { friendly_name: 'One', support_url: 'https://one.example' });
    await send('PATCH', at, { friendly_name: 'Two', support_email: 'two@b.example' });
    const { status, body } = await undo(first);
    expect([status, body]).toMatchObject([
      409,
      {
        message: 'It has changed since (friendly_name). With force=true it is put back all the same.',
        errorCode: 'changed_since',
      },
    ]);
    expect((await get(at)).friendly_name).toBe('Two');
    expect((await undo(first, '?force=true')).status).toBe(200);
    const after = await get(at);
    expect(after.friendly_name).not.toBe('Two');
    // What the change left alone is left alone.
    expect(after.support_email).toBe('two@b.example');
    expect((await undo(first)).status).toBe(409);
  });

  test('a rehearsal says what it would change, and leaves nothing', async () => {
    const at = '/api/v2/tenants/settings';
    const id = await done('PATCH', at, { support_email: 'rehearsed@b.example' });
    const { body } = await undo(id, '?dry_run=true');
    expect(body).toMatchObject({
      dry_run: true,
      status: 200,
      undo: { log_id: id, method: 'PATCH', path: at, notes: [] },
      diff: { support_email: { before: 'rehearsed@b.example' } },
    });
    expect((await get(at)).support_email).toBe('rehearsed@b.example');
    expect((await newest()).log_id).toBe(id);
  });

  test('the draft of an Action, whose secrets stay', async () => {
    const { body: made } = await send('POST', ACTIONS, {
      name: 'Drafted',
      supported_triggers: TRIGGER,
      code: 'exports.onExecutePostLogin = async () => {};',
      secrets: [{ name: 'KEY', value: 'of-the-action' }],
    });
    const at = `${ACTIONS}/${made.id}`;
    const id = await done('PATCH', at, {
      code: 'exports.onExecutePostLogin = async () => { /* new */ };',
      name: 'Renamed',
      secrets: [{ name: 'KEY', value: 'another-value' }],
    });
    const line = JSON.stringify(await get(`/api/v2/logs/${id}`));
    expect(line).not.toMatch(/of-the-action|another-value/);
    const { status, body } = await undo(id);
    expect([status, body.undo]).toMatchObject([
      200,
      { notes: ['Secrets stay as they are now: their values are in no log.'] },
    ]);
    expect(await get(at)).toMatchObject({ name: 'Drafted', code: made.code, secrets: [{ name: 'KEY' }] });
    const kept = await office.door.house.store.actions.find(office.tenant.id, String(made.id));
    expect(kept?.secrets).toMatchObject([{ name: 'KEY', value: 'another-value' }]);
    const only = await done('PATCH', at, { secrets: [] });
    expect(await undo(only)).toMatchObject({ status: 400, body: { errorCode: 'undo_unsupported' } });
  });

  test('an Action that was deleted is made anew, and one that was made goes', async () => {
    const { body: made } = await send('POST', ACTIONS, {
      name: 'Gone',
      supported_triggers: TRIGGER,
      code: 'exports.onExecutePostLogin = async () => {};',
      secrets: [{ name: 'KEY', value: 'x' }],
    });
    const id = await done('DELETE', `${ACTIONS}/${made.id}`);
    const { status, body } = await undo(id);
    expect([status, body.status]).toEqual([200, 201]);
    expect(items(body.undo!.notes!).join(' ')).toMatch(/another id.*KEY/);
    expect(body.result).toMatchObject({ name: 'Gone', code: made.code, secrets: [] });
    expect(body.result!.id).not.toBe(made.id);
    // Asked twice, it is not there twice.
    expect(await undo(id)).toMatchObject({ status: 409, body: { errorCode: 'changed_since' } });
    expect((await undo(String(body.log_id))).status).toBe(200);
    expect((await send('GET', `${ACTIONS}/${body.result!.id}`)).status).toBe(404);
  });

  test('a deployment, and what is bound', async () => {
    const at = await (async () => {
      const { body } = await send('POST', ACTIONS, {
        name: 'Deployed',
        supported_triggers: TRIGGER,
        code: 'exports.onExecutePostLogin = async () => { /* one */ };',
      });
      return `${ACTIONS}/${body.id}`;
    })();
    const actionId = at.split('/').at(-1) ?? '';
    const deployed = async () => ((await get(at)).deployed_version as Json | undefined)?.code;
    await office.built(actionId);
    const first = await done('POST', `${at}/deploy`);
    const one = await deployed();
    expect(await undo(first)).toMatchObject({ status: 400, body: { errorCode: 'undo_unsupported' } });
    await send('PATCH', at, { code: 'exports.onExecutePostLogin = async () => { /* two */ };' });
    await office.built(actionId);
    const second = await done('POST', `${at}/deploy`);
    const two = await deployed();
    const undone = await undo(second);
    expect([undone.status, await deployed()]).toEqual([200, one]);
    const redone = await undo(String(undone.body.log_id));
    expect([redone.status, redone.body.message, await deployed()]).toEqual([200, undefined, two]);

    const bind = async (list: object[]) => done('PATCH', BINDINGS, { bindings: list });
    const names = async () => items((await get(BINDINGS)).bindings!).map((bound) => bound.display_name);
    const ref = { type: 'action_id', value: actionId };
    await bind([{ ref, display_name: 'First' }]);
    const emptied = await bind([]);
    expect(await names()).toEqual([]);
    expect((await undo(emptied)).status).toBe(200);
    expect(await names()).toEqual(['First']);
  });

  test('what cannot be undone says why', async () => {
    expect(await undo('900')).toMatchObject({ status: 404, body: { message: 'The log does not exist.' } });
    const role = await send('POST', '/api/v2/roles', { name: 'kept' });
    expect(await undo(String((await newest()).log_id))).toMatchObject({
      status: 400,
      body: { message: 'This cannot be undone: nothing is known that takes POST /roles back.' },
    });
    await send('PATCH', '/api/v2/roles/none', {});
    const { body } = await send('GET', '/api/v2/logs?q=type:fapi&per_page=1');
    expect((await undo(String(items(body)[0]?.log_id))).status).toBe(400);
    // Another tenant has no such line.
    const id = await done('PATCH', `/api/v2/roles/${role.body.id}`, { description: 'x' });
    expect((await office.sendAsNeighbour('POST', `/api/v2/logs/${id}/undo`)).status).toBe(404);
    expect((await undo(id, '?force=perhaps')).status).toBe(400);
  });

  test('needs the scopes of the write that puts it back', async () => {
    const id = await done('PATCH', '/api/v2/tenants/settings', { support_email: 'scoped@b.example' });
    const reader = await office.as('read:logs');
    expect(await reader('POST', `/api/v2/logs/${id}/undo`)).toMatchObject({
      status: 403,
      body: { message: 'Insufficient scope, expected any of: update:tenant_settings' },
    });
    const writer = await office.as('update:tenant_settings');
    expect((await writer('POST', `/api/v2/logs/${id}/undo`)).status).toBe(403);
    const both = await office.as('read:logs', 'update:tenant_settings');
    expect((await both('POST', `/api/v2/logs/${id}/undo`)).status).toBe(200);
  });
});
