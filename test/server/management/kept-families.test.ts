// What is kept for tools and given back: profiles and custom domains; on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { items, type Json, type Office, openOffice } from './office.ts';

describe.each(databasesInFull())('%s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  const send = (method: string, path: string, body?: unknown) => office.send(method, `/api/v2${path}`, body);

  test.each<[family: string, plural: string, prefix: string, given: object, change: object]>([
    [
      'connection-profiles',
      'connection_profiles',
      'cop',
      { organization: { show_as_button: 'none' }, enabled_features: ['scim'] },
      { enabled_features: null, connection_config: {} },
    ],
    [
      'user-attribute-profiles',
      'user_attribute_profiles',
      'uap',
      { user_attributes: { email: { auth0_mapping: 'email' } } },
      { user_id: { oidc_mapping: 'sub' } },
    ],
  ])('%s are kept', async (family, plural, prefix, given, change) => {
    const path = `/${family}`;
    expect((await send('GET', path)).body).toEqual({ [plural]: [] });
    const made = await send('POST', path, { name: 'first', ...given });
    const id = expect.stringMatching(new RegExp(`^${prefix}_[A-Za-z0-9]{16}$`));
    expect(made).toMatchObject({ status: 201, body: { id, name: 'first', ...given } });
    const one = `${path}/${made.body.id}`;
    expect((await send('POST', path, { name: 'first' })).status).toBe(409);
    const second = await send('POST', path, { name: 'second' });
    expect((await send('PATCH', `${path}/${second.body.id}`, { name: 'first' })).status).toBe(409);
    const changed = await send('PATCH', one, change);
    const kept = Object.fromEntries(Object.entries({ ...given, ...change }).filter(([, value]) => value !== null));
    expect(changed.body).toEqual({ id: made.body.id, name: 'first', ...kept });
    expect((await send('GET', one)).body).toEqual(changed.body);
    const page = (await send('GET', `${path}?take=1`)).body;
    expect([items(page[plural] as Json).length, typeof page.next]).toEqual([1, 'string']);
    expect((await send('POST', path, { name: 'x', colour: 'red' })).body.errorCode).toBe('invalid_body');
    expect((await office.sendAsNeighbour('GET', `/api/v2${one}`)).status).toBe(404);
    expect((await send('DELETE', one)).status).toBe(204);
    expect((await send('DELETE', one)).status).toBe(404);
    expect((await send('GET', `${path}/templates`)).status).toBe(200);
  });

  test('custom domains stay as they were made: nobody verifies one', async () => {
    const made = await send('POST', '/custom-domains', { domain: 'login.acme.example', type: 'auth0_managed_certs' });
    const { hostname } = new URL(office.tenant.baseUrl);
    expect(made).toMatchObject({
      status: 201,
      body: {
        custom_domain_id: expect.stringMatching(/^cd_[A-Za-z0-9]{16}$/),
        status: 'pending_verification',
        primary: false,
        verification: {
          methods: [{ name: 'cname', record: hostname, domain: 'login.acme.example' }],
          status: 'pending',
        },
      },
    });
    const path = `/custom-domains/${made.body.custom_domain_id}`;
    expect((await send('POST', `${path}/verify`)).body).toEqual(made.body);
    const metadata = { domain_metadata: { a: '1', b: '2' }, custom_client_ip_header: 'cf-connecting-ip' };
    expect((await send('PATCH', path, metadata)).body).toMatchObject(metadata);
    const less = await send('PATCH', path, { domain_metadata: { a: null }, custom_client_ip_header: null });
    expect(less.body.domain_metadata).toEqual({ b: '2' });
    expect(less.body).not.toHaveProperty('custom_client_ip_header');
    expect((await send('GET', '/custom-domains')).body).toEqual([less.body]);
    expect((await send('GET', '/custom-domains/default')).body).toEqual({ domain: hostname });
    const again = { domain: 'login.acme.example', type: 'self_managed_certs' };
    expect((await send('POST', '/custom-domains', again)).status).toBe(409);
    expect((await send('POST', '/custom-domains', { ...again, domain: 'no domain' })).status).toBe(400);
    expect((await office.sendAsNeighbour('GET', `/api/v2${path}`)).status).toBe(404);
    expect([(await send('DELETE', path)).status, (await send('DELETE', path)).status]).toEqual([204, 204]);
  });

  test('keys of other kinds are not here', async () => {
    expect((await send('GET', '/keys/encryption')).body).toEqual([]);
    expect((await send('POST', '/keys/encryption')).body.errorCode).toBe('operation_not_supported');
    expect((await send('GET', '/keys/custom-signing')).status).toBe(404);
  });
});
