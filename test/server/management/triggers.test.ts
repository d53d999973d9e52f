// Actions of every trigger that runs here, made, deployed and bound; on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { type Office, openOffice } from './office.ts';

describe.each(databasesInFull())('triggers on %s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  const send = (method: string, path: string, body?: unknown) => office.send(method, `/api/v2${path}`, body);
  const make = (trigger: Record<string, string>, handler: string) =>
    send('POST', '/actions/actions', {
      name: `of ${trigger.id}`,
      supported_triggers: [trigger],
      code: `exports.${handler} = async (event, api) => {};`,
    });

  test.each([
    ['credentials-exchange', 'v2', 'onExecuteCredentialsExchange'],
    ['pre-user-registration', 'v2', 'onExecutePreUserRegistration'],
    ['post-user-registration', 'v2', 'onExecutePostUserRegistration'],
    ['post-change-password', 'v2', 'onExecutePostChangePassword'],
    ['password-reset-post-challenge', 'v1', 'onExecutePostChallenge'],
  ])('%s: made, built, deployed, bound, there alone', async (id, version, handler) => {
    const { status, body } = await make({ id }, handler);
    expect([status, body.supported_triggers]).toEqual([201, [{ id, version }]]);
    expect((await office.built(String(body.id))).status).toBe('built');
    expect((await send('POST', `/actions/actions/${body.id}/deploy`)).status).toBe(200);
    const bindings = [{ ref: { type: 'action_id', value: body.id } }];
    const bound = await send('PATCH', `/actions/triggers/${id}/bindings`, { bindings });
    expect(bound.body.bindings).toMatchObject([{ trigger_id: id, action: { id: body.id } }]);
    expect((await send('GET', `/actions/triggers/${id}/bindings`)).body.bindings).toHaveLength(1);
    expect((await send('GET', `/actions/actions?triggerId=${id}`)).body.actions).toHaveLength(1);
    const elsewhere = await send('PATCH', '/actions/triggers/post-login/bindings', { bindings });
    expect([elsewhere.status, elsewhere.body.message]).toEqual([
      400,
      'The action of bindings[0] belongs to another trigger.',
    ]);
    const upgrade = { supported_triggers: [{ id: 'post-login', version: 'v3' }] };
    expect((await send('PATCH', `/actions/actions/${body.id}`, upgrade)).body.message).toBe(
      "can't upgrade to this trigger.",
    );
    const same = { supported_triggers: [{ id, version }] };
    expect((await send('PATCH', `/actions/actions/${body.id}`, same)).status).toBe(200);
    expect((await send('DELETE', `/actions/actions/${body.id}`)).status).toBe(409);
    expect((await send('DELETE', `/actions/actions/${body.id}?force=true`)).status).toBe(204);
    expect((await send('GET', `/actions/triggers/${id}/bindings`)).body.bindings).toEqual([]);
  });

  test.each([
    [
      { id: 'credentials-exchange', version: 'v1' },
      'Version v1 of the credentials-exchange trigger is no longer supported; use v2.',
    ],
    [
      { id: 'password-reset-post-challenge', version: 'v2' },
      'The password-reset-post-challenge trigger has no version "v2"; use v1.',
    ],
    [{ id: 'pre-user-registration', version: 'v3' }, 'The pre-user-registration trigger has no version "v3"; use v2.'],
  ])('refused: %j', async (trigger, message) => {
    const { status, body } = await make(trigger, 'x');
    expect([status, body.message]).toEqual([400, message]);
  });

  test('a trigger that does not run here cannot be bound to', async () => {
    const bindings = [{ ref: { type: 'action_id', value: 'x' } }];
    const { status, body } = await send('PATCH', '/actions/triggers/event-stream/bindings', { bindings });
    expect([status, body.message]).toEqual([400, expect.stringMatching(/^Trigger "event-stream" is not supp/)]);
  });

  test('an Action for token exchanges is made and deployed; it cannot be bound', async () => {
    const { status, body } = await make({ id: 'custom-token-exchange' }, 'onExecuteCustomTokenExchange');
    expect([status, body.supported_triggers]).toEqual([201, [{ id: 'custom-token-exchange', version: 'v1' }]]);
    await office.built(String(body.id));
    expect((await send('POST', `/actions/actions/${body.id}/deploy`)).status).toBe(200);
    const path = '/actions/triggers/custom-token-exchange/bindings';
    const bound = await send('PATCH', path, { bindings: [{ ref: { type: 'action_id', value: body.id } }] });
    expect([bound.status, bound.body.message]).toEqual([
      400,
      'Actions are not bound to the custom-token-exchange trigger: whatever needs one names it.',
    ]);
    expect((await send('PATCH', path, { bindings: [] })).status).toBe(200);
    expect((await send('GET', path)).body.bindings).toEqual([]);
  });

  test.each([
    ['password-reset-post-challenge', 4],
    ['post-change-password', 20],
    ['custom-phone-provider', 1],
    ['custom-email-provider', 1],
  ])('%s takes %i bindings and no more', async (id, most) => {
    const bindings = Array.from({ length: most + 1 }, () => ({ ref: { type: 'action_id', value: 'x' } }));
    const path = `/actions/triggers/${id}/bindings`;
    const { status, body } = await send('PATCH', path, { bindings });
    expect([status, body.message]).toEqual([
      400,
      `At most ${most} action${most === 1 ? '' : 's'} can be bound to a trigger.`,
    ]);
    const fewer = await send('PATCH', path, { bindings: bindings.slice(1) });
    expect(fewer.body.message).toBe('The action of bindings[0] does not exist.');
  });

  test('an execution that belongs to no login has no transaction', async () => {
    const { store, ports, clock } = office.door.house;
    const id = ports.random.uuid();
    const execution = {
      tenantId: office.tenant.id,
      id,
      triggerId: 'credentials-exchange',
      clientId: 'web',
      status: 'final' as const,
      results: [],
      createdAt: clock.at,
      updatedAt: clock.at,
      expiresAt: clock.at + 1e6,
    };
    await store.commit([{ kind: 'execution.insert', execution }]);
    const { body } = await send('GET', `/actions/executions/${id}`);
    expect(body).toMatchObject({ id, trigger_id: 'credentials-exchange', client_id: 'web' });
    expect(Object.keys(body)).not.toContain('transaction_id');
  });
});
