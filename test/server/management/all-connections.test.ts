// Connections of every strategy: what is live works, what is kept comes back with what the wire adds, and what contradicts
// itself is refused in the wire's words.
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STRATEGIES } from '#server/management/connection-strategies.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { items, type Json, type Office, openOffice, user } from './office.ts';

describe.each(databasesInFull())('%s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  const send = (method: string, path: string, body?: unknown) => office.send(method, `/api/v2${path}`, body);
  let count = 0;
  const make = (strategy: string, options?: object, more: object = {}) =>
    send('POST', '/connections', { name: `own-${count++}`, strategy, ...(options ? { options } : {}), ...more });

  test('each strategy is kept, shown and removed', async () => {
    for (const strategy of STRATEGIES) {
      const { status, body } = await make(strategy);
      expect([strategy, status, body.strategy, body.realms]).toEqual([strategy, 201, strategy, [body.name]]);
      const path = `/connections/${body.id}`;
      expect((await send('GET', path)).body).toEqual(body);
      const isLive = ['auth0', 'sms', 'email'].includes(strategy);
      expect([strategy, (await send('GET', `${path}/status`)).status]).toEqual([strategy, isLive ? 200 : 404]);
      expect((await send('GET', `${path}/keys`)).body).toEqual([]);
      expect((await send('GET', `${path}/scim-configuration`)).status).toBe(404);
      expect((await send('POST', `${path}/scim-configuration`)).body.errorCode).toBe('operation_not_supported');
      expect((await send('DELETE', path)).status).toBe(202);
      expect((await send('DELETE', path)).status).toBe(204);
    }
    expect((await make('pigeon')).status).toBe(400);
  });

  const upstream = { upstream_params: { screen_name: { alias: 'login_hint' } } };
  const federation = { schema_version: 'oidc-V4', type: 'back_channel', connection_settings: { pkce: 'auto' } };
  const METADATA =
    '<EntityDescriptor><fed:PassiveRequestorEndpoint><wsa:EndpointReference><Address>https://adfs.provider/wsfed</Address>';
  test.each<[strategy: string, given: object | undefined, shown: object]>([
    ['ad', upstream, { ...upstream, ips: null, brute_force_protection: true }],
    ['adfs', { fedMetadataXml: METADATA }, { signInEndpoint: 'https://adfs.provider/wsfed', thumbprints: [] }],
    ['apple', undefined, {}],
    ['facebook', upstream, { ...upstream, scope: '' }],
    ['google-apps', { ext_is_admin: true }, { scope: ['email', 'profile'], api_enable_users: true }],
    ['google-oauth2', { email: false }, { scope: ['profile'] }],
    ['line', { email: true, scope: ['profile'] }, { scope: ['openid', 'email', 'profile'], profile: true }],
    ['linkedin', undefined, { profile: true, scope: ['r_basicprofile'] }],
    ['linkedin', { strategy_version: 2, email: true }, { scope: ['r_emailaddress', 'r_liteprofile'] }],
    ['oidc', { client_id: 'x' }, { ...federation, client_id: 'x' }],
    [
      'okta',
      { domain: 'acme.okta.com', token_endpoint: null },
      { token_endpoint: 'https://acme.okta.com/oauth2/v1/token' },
    ],
    ['salesforce', upstream, { ...upstream, scope: [] }],
    ['twitter', { authorizationURL: null }, { authorizationURL: null }],
    ['waad', { useCommonEndpoint: true }, { waad_common_endpoint: true }],
    ['wordpress', { scope: ['email'] }, { profile: true, scope: ['profile'] }],
  ])('%s is completed', async (strategy, given, shown) => {
    const { status, body } = await make(strategy, given);
    expect([status, body.options]).toEqual([201, expect.objectContaining(shown)]);
  });

  test('the certificate of the other side is read', async () => {
    const { cert } = await generate([{ name: 'commonName', value: 'idp.example' }], { keySize: 2048 });
    const given = { pingFederateBaseUrl: 'https://ping.example.com', signingCert: cert };
    const { body } = await make('pingfederate', given);
    expect(body).toMatchObject({
      options: {
        cert,
        signInEndpoint: 'https://ping.example.com',
        subject: { commonName: 'idp.example' },
        thumbprints: [expect.stringMatching(/^[0-9a-f]{40}$/)],
        expires: expect.stringMatching(/Z$/),
      },
      provisioning_ticket_url: expect.stringContaining('/p/pingfederate/'),
      show_as_button: false,
    });
    expect(body.options).not.toHaveProperty('signingCert');
    expect((await make('samlp', { signingCert: 'nothing' })).body.message).toContain('certificate cannot be read');
  });

  test('a database is live: people sign up and in, and go with it', async () => {
    const realms = 'http://auth0.com/oauth/grant-type/password-realm';
    const door = await send('POST', '/clients', { name: 'Door', app_type: 'regular_web', grant_types: [realms] });
    const { client_id, client_secret } = door.body;
    const clients = { name: 'staff', enabled_clients: [client_id] };
    const made = await make('auth0', { passwordPolicy: 'low' }, clients);
    expect(made.body.options).toMatchObject({
      passwordPolicy: 'low',
      mfa: { active: true, return_enroll_settings: true },
      authentication_methods: { password: { enabled: true, api_behavior: 'required' }, passkey: { enabled: false } },
    });
    const person = await send('POST', '/users', { ...user('member'), connection: 'staff' });
    expect([person.status, items(person.body.identities as Json)[0]?.connection]).toEqual([201, 'staff']);
    const elsewhere = await send('POST', '/users', user('member'));
    expect(elsewhere.status).toBe(201);
    const login = (realm: string) =>
      office.sender(office.tenant, undefined)('POST', '/oauth/token', {
        grant_type: realms,
        realm,
        client_id,
        client_secret,
        username: 'member@example.com',
        password: 'correct horse battery',
      });
    expect((await login('staff')).status).toBe(200);
    expect((await send('DELETE', `/connections/${made.body.id}/users?email=member@example.com`)).status).toBe(204);
    expect((await send('GET', `/users/${person.body.user_id}`)).status).toBe(404);
    expect((await send('GET', `/users/${elsewhere.body.user_id}`)).status).toBe(200);
    expect((await send('DELETE', `/connections/${made.body.id}`)).status).toBe(202);
  });

  const attribute = (more: object = {}) => ({ identifier: { active: true }, ...more });
  const inactive = { profile_required: true, signup: { status: 'inactive' } };
  test.each<[object, string]>([
    [
      { attributes: { email: attribute() }, requires_username: true },
      'Cannot set both options.attributes and options.requires_username',
    ],
    [
      { attributes: { email: attribute() }, validation: { username: { min: 1, max: 5 } } },
      'Cannot set both options.attributes and options.validation',
    ],
    [
      { attributes: { email: attribute({ identifier: { active: false } }) } },
      'attributes must contain one active identifier',
    ],
    [{ attributes: { phone_number: attribute(inactive) } }, 'attribute phone_number must also be required on signup'],
    [{ attributes: { email: attribute({ unique: false }) } }, 'cannot add non-unique email attribute'],
  ])('%j is refused', async (options, message) => {
    const refusal = { statusCode: 400, error: 'Bad Request', message, errorCode: 'invalid_body' };
    expect((await make('auth0', options)).body).toEqual(refusal);
    const { body } = await make('auth0');
    expect((await send('PATCH', `/connections/${body.id}`, { options })).body).toEqual(refusal);
  });

  test('lists: by name, by several strategies, by alias, by client, in both styles', async () => {
    await make('oidc', { domain_aliases: ['Acme.example'] }, { name: 'acme', enabled_clients: ['spa'] });
    await make('twitter', undefined, { name: 'birds' });
    const names = async (query: string) =>
      items((await send('GET', `/connections?${query}`)).body).map(({ name }) => name);
    expect(await names('name=acme')).toEqual(['acme']);
    expect(await names('name=acme&strategy=twitter')).toEqual([]);
    expect(await names('domain_alias=acme.EXAMPLE')).toEqual(['acme']);
    expect(await names('strategy=oidc&strategy=twitter')).toEqual(expect.arrayContaining(['acme', 'birds']));
    const checkpoint = (await send('GET', '/connections?take=1')).body;
    expect([items(checkpoint.connections as Json).length, typeof checkpoint.next]).toEqual([1, 'string']);
    expect((await send('GET', '/connections?include_totals=true&per_page=1')).body).toMatchObject({
      start: 0,
      limit: 1,
    });
    const own = (await send('GET', '/clients/spa/connections?strategy=oidc&fields=name')).body;
    expect(own).toEqual({ connections: [{ name: 'acme' }] });
    expect((await send('GET', '/clients/none/connections')).body.errorCode).toBe('inexistent_client');
    const [{ id }] = items((await send('GET', '/connections?name=acme')).body) as [Json];
    const some = (await send('GET', `/connections/${id}?fields=name&include_fields=true`)).body;
    expect(Object.keys(some).sort()).toEqual([
      'authentication',
      'connected_accounts',
      'id',
      'is_domain_connection',
      'name',
    ]);
    expect((await send('GET', `/connections/${id}?fields=options&include_fields=false`)).body).not.toHaveProperty(
      'options',
    );
  });

  test('two changes of different properties both survive', async () => {
    const { body } = await make('oidc');
    const changes = [{ display_name: 'One' }, { metadata: { a: '1' } }, { show_as_button: true }];
    await Promise.all(changes.map((change) => send('PATCH', `/connections/${body.id}`, change)));
    expect((await send('GET', `/connections/${body.id}`)).body).toMatchObject(Object.assign({}, ...changes));
  });

  test('a change is told without what is secret', async () => {
    const { body } = await make('oidc', { client_id: 'x', client_secret: 'first-secret' });
    const path = `/connections/${body.id}`;
    const options = { client_id: 'y', client_secret: 'second-secret' };
    const rehearsed = await send('PATCH', `${path}?dry_run=true`, { options });
    expect(rehearsed.body).toMatchObject({
      dry_run: true,
      diff: { options: { client_id: { before: 'x', after: 'y' } } },
    });
    expect((await send('GET', path)).body.options).toMatchObject({ client_id: 'x' });
    await send('PATCH', path, { options });
    const lines = JSON.stringify((await send('GET', '/logs?per_page=10')).body);
    expect(lines).toContain('"client_id":"y"');
    expect(lines + JSON.stringify(rehearsed.body)).not.toMatch(/first-secret|second-secret/);
  });
});
