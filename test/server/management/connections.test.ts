// A connection, as the Management API changes it; on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { items, type Office, openOffice, payloadError } from './office.ts';

describe.each(databasesInFull())('connections on %s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  const send = (method: string, path: string, body?: unknown) => office.send(method, `/api/v2${path}`, body);
  const first = async () => items((await send('GET', '/connections')).body)[0]!;

  test('options are replaced whole; who may use it can be changed with it', async () => {
    const { id, enabled_clients: clients } = await first();
    const body = { options: { disable_signup: true }, display_name: 'Staff', metadata: { a: '1' } };
    const changed = await send('PATCH', `/connections/${id}`, { ...body, enabled_clients: ['spa'] });
    expect(changed.body).toMatchObject({ ...body, enabled_clients: ['spa'] });
    // The wire adds what it always says.
    expect(Object.keys(changed.body.options as object).sort()).toEqual([
      'authentication_methods',
      'disable_signup',
      'passkey_options',
    ]);
    expect((await send('PATCH', `/connections/${id}`, { metadata: { a: null } })).body.metadata).toBeUndefined();
    const back = { options: { disable_signup: false }, enabled_clients: clients };
    expect((await send('PATCH', `/connections/${id}`, back)).body).toMatchObject(back);
  });

  test('refused', async () => {
    const { id } = await first();
    const patch = async (body: unknown) => (await send('PATCH', `/connections/${id}`, body)).body;
    expect(await patch({ options: { disable_signup: 'yes' } })).toEqual(
      payloadError('disable_signup is true or false', 'options.disable_signup'),
    );
    expect(await patch({ options: { passwordPolicy: 'best' } })).toEqual(
      payloadError('No enum match for: "best"', 'options.passwordPolicy'),
    );
    expect(await patch({ options: { password_history: { enable: true, size: 25 } } })).toEqual(
      payloadError('Value 25 is greater than maximum 24', 'options.password_history.size'),
    );
    expect(await patch({ options: { password_dictionary: { dictionary: ['x'] } } })).toEqual(
      payloadError('Missing required property: enable', 'options.password_dictionary'),
    );
    expect(await patch({ options: { passkey_options: { challenge_ui: 'popup' } } })).toEqual(
      payloadError('No enum match for: "popup"', 'options.passkey_options.challenge_ui'),
    );
    expect(await patch({ options: { authentication_methods: { passkey: {} } } })).toEqual(
      payloadError('Missing required property: enabled', 'options.authentication_methods.passkey'),
    );
    expect(await patch({ name: 'other' })).toEqual(payloadError('Additional properties not allowed: name'));
    expect(await patch({ enabled_clients: ['none'] })).toMatchObject({ statusCode: 400, errorCode: 'invalid_body' });
    expect((await send('PATCH', '/connections/con_none', {})).body.errorCode).toBe('inexistent_connection');
    const theirs = await office.sendAsNeighbour('PATCH', `/api/v2/connections/${id}`, { display_name: 'x' });
    expect(theirs.status).toBe(404);
  });
});
