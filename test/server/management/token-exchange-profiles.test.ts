// Profiles of token exchanges, through the Management API.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { deployTo } from '#test/runtime/triggers/bind-to.ts';
import { items, type Json, type Office, openOffice, payloadError } from './office.ts';

const PATH = '/api/v2/token-exchange-profiles';
const CODE = 'exports.onExecuteCustomTokenExchange = async () => {};';
const NAME = 'Tokens of the old shop';

describe.each(databasesInFull())('%s', (_name, open) => {
  let office: Office;
  let actionId: string;
  beforeAll(async () => {
    office = await openOffice(await open());
    actionId = await deployTo(office.door.house, 'custom-token-exchange', { name: 'whose', code: CODE });
  });
  afterAll(() => office.close());

  const body = (more: Record<string, unknown> = {}) => ({
    name: NAME,
    subject_token_type: 'urn:old-shop:token',
    action_id: actionId,
    type: 'custom_authentication',
    ...more,
  });
  const create = (more: Record<string, unknown> = {}) => office.send('POST', PATH, body(more));
  let made = 0;
  const another = async (): Promise<Json> => (await create({ subject_token_type: `urn:old-shop:${++made}` })).body;

  test('come to life, are read, changed and removed', async () => {
    const created = await create();
    expect({ status: created.status, body: created.body }).toEqual({
      status: 201,
      body: {
        id: expect.stringMatching(/^tep_[A-Za-z0-9]{16}$/),
        ...body(),
        created_at: expect.stringMatching(/Z$/),
        updated_at: expect.stringMatching(/Z$/),
      },
    });
    const one = `${PATH}/${created.body.id}`;
    expect((await office.send('GET', one)).body).toEqual(created.body);

    office.door.house.clock.advance(1000);
    const more = { name: 'Renamed', subject_token_type: 'https://shop.example/token' };
    const changed = await office.send('PATCH', one, more);
    expect({ status: changed.status, body: changed.body }).toEqual({ status: 204, body: {} });
    const after = (await office.send('GET', one)).body;
    expect(after).toEqual({ ...created.body, ...more, updated_at: expect.any(String) });
    expect(after.updated_at).not.toBe(created.body.updated_at);
    // The type that it had is free again.
    const successor = await create();
    expect(successor.status).toBe(201);

    expect((await office.sendAsNeighbour('GET', one)).status).toBe(404);
    expect((await office.sendAsNeighbour('PATCH', one, more)).status).toBe(404);
    expect((await office.sendAsNeighbour('DELETE', one)).status).toBe(404);
    for (const { id } of [created.body, successor.body]) {
      expect((await office.send('DELETE', `${PATH}/${id}`)).status).toBe(204);
    }
    const gone = { statusCode: 404, errorCode: 'inexistent_token_exchange_profile' };
    for (const method of ['GET', 'DELETE']) expect((await office.send(method, one)).body).toMatchObject(gone);
    expect((await office.send('PATCH', one, more)).body).toMatchObject(gone);
  });

  test('are listed by checkpoint', async () => {
    const all = [await another(), await another(), await another()];
    expect((await office.send('GET', PATH)).body).toEqual({ token_exchange_profiles: all });
    const first = (await office.send('GET', `${PATH}?take=2`)).body;
    expect(items(first.token_exchange_profiles!)).toEqual(all.slice(0, 2));
    const rest = await office.send('GET', `${PATH}?take=2&from=${first.next}`);
    expect(rest.body).toEqual({ token_exchange_profiles: all.slice(2) });
    expect((await office.send('GET', `${PATH}?from=nonsense`)).status).toBe(400);
    expect((await office.sendAsNeighbour('GET', PATH)).body).toEqual({ token_exchange_profiles: [] });
  });

  const reserved = (type: string) =>
    payloadError(`The namespace of this type is reserved: ${type}`, 'subject_token_type');
  const noAddress = (type: string) =>
    payloadError(`Object didn't pass validation for format url: ${type}`, 'subject_token_type');
  test.each<[string, Record<string, unknown>, object]>([
    ['a name that is too short', { name: 'ab' }, payloadError('String is too short (2 chars), minimum 3', 'name')],
    ['a name that is too long', { name: 'a'.repeat(51) }, { statusCode: 400 }],
    ['no type', { subject_token_type: undefined }, payloadError('Missing required property: subject_token_type')],
    ['a type that is no URI', { subject_token_type: 'old shop' }, noAddress('old shop')],
    ['a type with white space', { subject_token_type: 'urn:old shop:1' }, noAddress('urn:old shop:1')],
    ['a type by another scheme', { subject_token_type: 'http://shop.example' }, noAddress('http://shop.example')],
    ['a script as a type', { subject_token_type: 'javascript:alert(1)' }, noAddress('javascript:alert(1)')],
    ...[
      'urn:ietf:params:oauth:token-type:jwt',
      'URN:IETF:params:x',
      'urn:auth0:token',
      'urn:okta:token',
      'https://auth0.com/token',
      'https://OKTA.com/token',
    ].map((type): [string, Record<string, unknown>, object] => [type, { subject_token_type: type }, reserved(type)]),
    ['another type of profile', { type: 'on_behalf' }, payloadError('No enum match for: "on_behalf"', 'type')],
    ['more than there is', { secret: 1 }, payloadError('Additional properties not allowed: secret')],
    ['an unknown Action', { action_id: 'none' }, { message: 'The action "none" does not exist.' }],
  ])('%s is refused', async (_case, more, refusal) => {
    expect((await create(more)).body).toMatchObject(refusal);
  });

  test('an Action of another trigger is refused, and so is one of a neighbour', async () => {
    const other = await deployTo(office.door.house, 'post-login', { name: 'p', code: CODE });
    expect((await create({ action_id: other })).body).toMatchObject({
      statusCode: 400,
      message: 'The action of a token exchange profile must use the custom-token-exchange trigger.',
    });
    expect((await office.sendAsNeighbour('POST', PATH, body())).body).toMatchObject({ statusCode: 400 });
  });

  test('no two have one type, and what they are for stays', async () => {
    const [first, second] = [await another(), await another()];
    const taken = {
      statusCode: 409,
      message: 'A token exchange profile with this subject_token_type already exists.',
    };
    expect((await create({ subject_token_type: first.subject_token_type })).body).toMatchObject(taken);
    const one = `${PATH}/${second.id}`;
    const theirs = { subject_token_type: first.subject_token_type };
    expect((await office.send('PATCH', one, theirs)).body).toMatchObject(taken);
    for (const more of [{ action_id: actionId }, { type: 'custom_authentication' }, { subject_token_type: 'x' }]) {
      expect((await office.send('PATCH', one, more)).status).toBe(400);
    }
  });

  test('keep their Action from being deleted, unless by force', async () => {
    const id = await deployTo(office.door.house, 'custom-token-exchange', { name: 'kept', code: CODE });
    const profile = await create({ subject_token_type: 'urn:old-shop:kept', action_id: id });
    const action = `/api/v2/actions/actions/${id}`;
    expect((await office.send('DELETE', action)).body).toMatchObject({
      statusCode: 409,
      message: 'Unable to delete an action that a token exchange profile uses.',
    });
    expect((await office.send('DELETE', `${action}?force=true`)).status).toBe(204);
    expect((await office.send('GET', `${PATH}/${profile.body.id}`)).status).toBe(200);
  });

  test('are few', async () => {
    const { body: before } = await office.send('GET', `${PATH}?take=100`);
    const { length } = items(before.token_exchange_profiles!);
    for (let count = length; count < 100; count++) await another();
    expect((await create({ subject_token_type: 'urn:old-shop:too-many' })).body).toMatchObject({
      statusCode: 403,
      errorCode: 'too_many_token_exchange_profiles',
    });
  });

  test('open to their own scopes only', async () => {
    const reader = await office.as('read:token_exchange_profiles', 'update:actions');
    expect((await reader('GET', PATH)).status).toBe(200);
    for (const method of ['POST', 'PATCH', 'DELETE']) {
      const at = method === 'POST' ? PATH : `${PATH}/tep_1`;
      expect((await reader(method, at, method === 'DELETE' ? undefined : {})).status).toBe(403);
    }
  });
});
