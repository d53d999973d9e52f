// What an organization holds beside its members: connections, client grants, clients and domains; and how APIs and
// organizations are shown. On both databases.
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { items, type Json, type Office, openOffice } from './office.ts';

const SHOP = 'https://shop.example/';

describe.each(databasesInFull())('holdings of organizations on %s', (_name, open) => {
  let office: Office;
  let api: Json;
  beforeAll(async () => {
    office = await openOffice(await open());
    const scopes = [{ value: 'read:orders', description: 'Read orders' }, { value: 'write:orders' }];
    api = await made('/resource-servers', { identifier: SHOP, name: 'Shop', scopes });
  });
  afterAll(() => office.close());

  const send = (method: string, path: string, body?: unknown) => office.send(method, `/api/v2${path}`, body);
  const theirs = (method: string, path: string, body?: unknown) =>
    office.sendAsNeighbour(method, `/api/v2${path}`, body);
  const made = async (path: string, body: unknown, status = 201): Promise<Json> => {
    const answered = await send('POST', path, body);
    expect([answered.status, answered.body.message]).toEqual([status, undefined]);
    return answered.body;
  };
  const organization = async (name: string) => String((await made('/organizations', { name })).id);

  test("an organization's connections are one list, whichever family of routes shows it", async () => {
    const id = await organization('twins');
    const [connection] = items((await send('GET', '/connections?strategy=auth0')).body);
    const path = `/organizations/${id}/connections`;
    const older = {
      connection_id: connection?.id,
      assign_membership_on_login: false,
      show_as_button: true,
      is_signup_enabled: false,
      connection: { name: connection?.name, strategy: 'auth0' },
    };
    const newer = { ...older, is_enabled: true, organization_access_level: 'none' };
    expect(await made(path, { connection_id: connection?.id, is_enabled: true })).toEqual(newer);
    expect((await send('GET', `/organizations/${id}/enabled_connections`)).body).toEqual([older]);
    const one = `${path}/${connection?.id}`;
    const [first, second] = [{ organization_connection_name: 'Staff' }, { show_as_button: false }];
    await Promise.all([first, second].map((change) => send('PATCH', one, change)));
    expect((await send('GET', one)).body).toEqual({ ...newer, ...first, ...second });
    expect((await send('PATCH', one, { is_enabled: false })).body).toMatchObject({ is_enabled: false });
    expect((await send('GET', `/organizations/${id}/enabled_connections`)).body).toEqual([]);
    expect((await send('GET', `${path}?is_enabled=true`)).body).toEqual([]);
    expect((await send('GET', `${path}?include_totals=true`)).body).toMatchObject({ total: 1 });
    expect((await send('PATCH', one, { is_signup_enabled: true })).status).toBe(400);
    expect((await send('POST', path, { connection_id: connection?.id })).status).toBe(409);
    expect([(await send('DELETE', one)).status, (await send('DELETE', one)).status]).toEqual([204, 204]);
    expect((await send('PATCH', one, first)).body.message).toBe('No connection found by that id');
  });

  test('client grants are good for organizations where they say so', async () => {
    const id = await organization('granted');
    const client = await made('/clients', { name: 'Robot', app_type: 'non_interactive' });
    const scope = ['read:orders', 'later:orders'];
    const input = { client_id: client.client_id, audience: SHOP, scope };
    const plain = await made('/client-grants', { ...input, subject_type: 'user' });
    const grant = await made('/client-grants', {
      ...input,
      organization_usage: 'allow',
      allow_any_organization: false,
    });
    expect(plain.id).not.toBe(grant.id);
    const path = `/organizations/${id}/client-grants`;
    const shown = { ...input, organization_usage: 'allow', allow_any_organization: false };
    expect(await made(path, { grant_id: grant.id })).toEqual({ ...shown, grant_id: grant.id });
    expect((await send('POST', path, { grant_id: grant.id })).status).toBe(409);
    expect((await send('POST', path, { grant_id: plain.id })).status).toBe(400);
    expect((await send('POST', path, { grant_id: 'cgr_none' })).status).toBe(404);
    const listed = { ...shown, id: grant.id, subject_type: 'client' };
    expect((await send('GET', path)).body).toEqual([listed]);
    expect((await send('GET', `${path}?client_id=other&include_totals=true`)).body).toMatchObject({ total: 0 });
    expect((await send('GET', `/client-grants/${grant.id}/organizations`)).body).toMatchObject([{ id }]);
    expect((await send('GET', `/client-grants?subject_type=user&client_id=${client.client_id}`)).body).toHaveLength(1);
    const one = `${path}/${grant.id}`;
    expect([(await send('DELETE', one)).status, (await send('DELETE', one)).status]).toEqual([204, 204]);
    expect((await send('GET', path)).body).toEqual([]);
  });

  test('clients of an organization are kept', async () => {
    const id = await organization('using');
    const client = await made('/clients', { name: 'App', app_type: 'spa' });
    const path = `/organizations/${id}/clients`;
    const clients = [{ client_id: client.client_id, use_for_member_access: true }];
    const shown = {
      client_id: client.client_id,
      use_for_member_access: true,
      client: { name: 'App', app_type: 'spa', is_first_party: true, grant_types: client.grant_types },
    };
    expect(await made(path, { clients })).toEqual([shown]);
    expect((await send('GET', path)).body).toEqual({ clients: [shown] });
    const one = `${path}/${client.client_id}`;
    expect((await send('PATCH', one, { use_for_member_access: false })).body).toMatchObject({
      use_for_member_access: false,
    });
    const marked = await send('GET', `/organizations?include_client_association_for=${client.client_id}&take=100`);
    expect(items(marked.body.organizations as Json).filter((each) => each.client)).toMatchObject([
      { id, client: { use_for_member_access: false } },
    ]);
    expect((await send('DELETE', path, { clients: [client.client_id] })).status).toBe(204);
    expect((await send('GET', one)).status).toBe(404);
  });

  test('a discovery domain is of one organization', async () => {
    const [id, other] = [await organization('domains'), await organization('domains-too')];
    const path = `/organizations/${id}/discovery-domains`;
    const domain = await made(path, { domain: 'Acme.Example' });
    expect(domain).toEqual({
      id: expect.stringMatching(/^ord_[A-Za-z0-9]{22}$/),
      domain: 'acme.example',
      status: 'pending',
      verification_host: `_ss-verification.${id}.acme.example`,
      verification_txt: expect.stringMatching(/^[0-9a-f]{32}$/),
      use_for_organization_discovery: true,
    });
    expect((await send('POST', `/organizations/${other}/discovery-domains`, { domain: 'acme.example' })).status).toBe(
      409,
    );
    expect((await send('POST', path, { domain: 'no domain' })).status).toBe(400);
    const one = `${path}/${domain.id}`;
    const changes = [{ status: 'verified' }, { use_for_organization_discovery: false }];
    await Promise.all(changes.map((change) => send('PATCH', one, change)));
    const changed = { ...domain, ...Object.assign({}, ...changes) };
    expect((await send('GET', `${path}/name/ACME.example`)).body).toEqual(changed);
    expect((await send('GET', path)).body).toEqual({ domains: [changed] });
    for (const place of [`/organizations/${other}/discovery-domains/${domain.id}`, `${path}/ord_none`]) {
      expect((await send('GET', place)).body.message).toBe('No organization domain found by that id');
    }
    expect((await theirs('GET', one)).body.message).toBe('No organization found by that id or name');
    expect([(await send('DELETE', one)).status, (await send('DELETE', one)).status]).toEqual([204, 204]);
  });

  test('organizations are sorted where they are asked to', async () => {
    for (const name of ['sort-b', 'sort-a']) await organization(name);
    const names = async (sort: string) =>
      items((await send('GET', `/organizations?per_page=100&sort=${sort}`)).body)
        .map(({ name }) => String(name))
        .filter((name) => name.startsWith('sort-'));
    expect(await names('name:1')).toEqual(['sort-a', 'sort-b']);
    expect(await names('created_at:-1')).toEqual(['sort-a', 'sort-b']);
    expect(await names('created_at:1')).toEqual(['sort-b', 'sort-a']);
    expect((await send('GET', '/organizations?sort=color:1')).status).toBe(400);
  });

  test('the key that tokens are to be encrypted with is shown by its thumbprint', async () => {
    const { publicKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const encryption = (pem: string) => ({
      token_encryption: { format: 'compact-nested-jwe', encryption_key: { name: 'k', alg: 'RSA-OAEP-256', pem } },
    });
    const path = `/resource-servers/${api.id}`;
    const shown = {
      format: 'compact-nested-jwe',
      encryption_key: { name: 'k', alg: 'RSA-OAEP-256', thumbprint_sha256: expect.stringMatching(/^[\w-]{43}$/) },
    };
    expect((await send('PATCH', path, encryption(publicKey))).body.token_encryption).toEqual(shown);
    expect((await send('PATCH', path, encryption('no key'))).status).toBe(400);
    expect((await send('PATCH', path, { token_encryption: null })).body).not.toHaveProperty('token_encryption');
  });
});
