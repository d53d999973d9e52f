// Invitations to organizations through the Management API: their shapes, what is refused, the mail, and their end.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { items, type Json, type Office, openOffice, payloadError } from './office.ts';

const LOGIN = 'https://app.example/login?kept=1';

describe.each(databasesInFull())('%s', (_name, open) => {
  let office: Office;
  let organizationId: string;
  let clientId: string;
  let role: string;
  beforeAll(async () => {
    office = await openOffice(await open());
    organizationId = String((await send('POST', '/organizations', { name: 'acme', display_name: 'Acme' })).body.id);
    const client = { name: 'App', app_type: 'regular_web', initiate_login_uri: LOGIN };
    clientId = String((await send('POST', '/clients', client)).body.client_id);
    role = String((await send('POST', '/roles', { name: 'editor' })).body.id);
  });
  afterAll(() => office.close());

  const send = (method: string, path: string, body?: unknown) => office.send(method, `/api/v2${path}`, body);
  const path = (id = organizationId) => `/organizations/${id}/invitations`;
  const draft = (more: Record<string, unknown> = {}) => ({
    inviter: { name: 'Ben' },
    invitee: { email: 'ana@example.com' },
    client_id: clientId,
    ...more,
  });
  const invite = (more: Record<string, unknown> = {}) => send('POST', path(), draft(more));
  const inbox = (to: string) => office.door.house.store.messages.inbox(office.tenant.id, to, 10);

  test('come to life with a link, and a mail that carries it', async () => {
    const { status, body } = await invite({ invitee: { email: 'Mail@Example.com' } });
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        id: expect.stringMatching(/^uinv_[A-Za-z0-9]{16}$/),
        client_id: clientId,
        inviter: { name: 'Ben' },
        invitee: { email: 'mail@example.com' },
        invitation_url: `https://app.example/login?kept=1&invitation=${body.ticket_id}&organization=${organizationId}&organization_name=acme`,
        ticket_id: expect.stringMatching(/^[A-Za-z0-9]{32}$/),
        created_at: expect.stringMatching(/Z$/),
        expires_at: expect.stringMatching(/Z$/),
        organization_id: organizationId,
      },
    });
    const [created, expires] = [body.created_at, body.expires_at].map((at) => Date.parse(String(at)));
    expect(Number(expires) - Number(created)).toBe(7 * 24 * 3600 * 1000);
    const [mail, ...more] = await inbox('mail@example.com');
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ channel: 'email', state: 'delivered' });
    expect(mail?.text).toMatch(/^Ben invites you to join Acme at /);
    expect(mail?.text).toContain(body.invitation_url);
    expect((await send('GET', `${path()}/${body.id}`)).body).toEqual(body);
    expect((await send('GET', `${path()}/${body.id}?fields=id,roles`)).body).toEqual({ id: body.id });
  });

  test('with everything, and without a mail', async () => {
    const connection = await office.door.house.store.connections.list(office.tenant.id);
    const connectionId = String(connection.records[0]?.id);
    await send('POST', `/organizations/${organizationId}/enabled_connections`, { connection_id: connectionId });
    const more = {
      invitee: { email: 'quiet@example.com' },
      connection_id: connectionId,
      roles: [role],
      app_metadata: { plan: 'gold' },
      user_metadata: { theme: 'dark' },
    };
    const { status, body } = await invite({ ...more, ttl_sec: 60, send_invitation_email: false });
    expect(status).toBe(201);
    expect(body).toMatchObject(more);
    expect(Date.parse(String(body.expires_at)) - Date.parse(String(body.created_at))).toBe(60_000);
    expect(await inbox('quiet@example.com')).toEqual([]);
    office.door.house.clock.advance(60_000);
    expect((await send('GET', `${path()}/${body.id}`)).status).toBe(404);
  });

  test.each<[string, Record<string, unknown>, object]>([
    ['nobody invited', { invitee: undefined }, payloadError('Missing required property: invitee')],
    [
      'no address',
      { invitee: { email: 'ana' } },
      payloadError("Object didn't pass validation for format email: ana", 'invitee.email'),
    ],
    ['nobody who invites', { inviter: {} }, payloadError('Missing required property: name', 'inviter')],
    ['a name in two lines', { inviter: { name: 'Ben\nClick here' } }, { statusCode: 400 }],
    ['a life that is too long', { ttl_sec: 2_592_001 }, { statusCode: 400 }],
    ['a life that is too short', { ttl_sec: -1 }, { statusCode: 400 }],
    ['no roles in a list of roles', { roles: [] }, { statusCode: 400 }],
    ['an unknown role', { roles: ['rol_none'] }, { message: 'The role "rol_none" does not exist.' }],
    ['an unknown client', { client_id: 'none' }, { message: 'The client "none" does not exist.' }],
    [
      'a connection that is not enabled there',
      { connection_id: 'con_none' },
      { message: 'The connection "con_none" is not enabled for the organization.' },
    ],
    ['more than there is', { ticket_id: 'mine' }, payloadError('Additional properties not allowed: ticket_id')],
  ])('%s is refused', async (_case, more, refusal) => {
    expect((await invite(more)).body).toMatchObject(refusal);
  });

  test('a client without a login route uses the one of the tenant, if there is one', async () => {
    const bare = (await send('POST', '/clients', { name: 'Bare', app_type: 'regular_web' })).body;
    const need = { client_id: bare.client_id };
    expect((await invite(need)).body).toMatchObject({
      statusCode: 400,
      message: 'A default login route is required to generate the invitation url.',
    });
    await send('PATCH', '/tenants/settings', { default_redirection_uri: 'https://start.example/' });
    const { body } = await invite(need);
    expect(body.invitation_url).toMatch(/^https:\/\/start\.example\/\?invitation=/);
    await send('PATCH', `/clients/${bare.client_id}`, { organization_usage: 'deny' });
    expect((await invite(need)).status).toBe(400);
  });

  test('are listed in pages, by the time they were made', async () => {
    const other = (await send('POST', '/organizations', { name: 'listed' })).body;
    const made: Json[] = [];
    for (const name of ['a', 'b', 'c']) {
      office.door.house.clock.advance(1000);
      made.push(
        (await send('POST', path(String(other.id)), draft({ invitee: { email: `${name}@example.com` } }))).body,
      );
    }
    const listed = async (query = '') => (await send('GET', `${path(String(other.id))}${query}`)).body;
    expect(items(await listed())).toEqual(made);
    expect(items(await listed('?sort=created_at:-1&per_page=1'))).toEqual([made[2]]);
    expect(await listed('?per_page=2&page=1&include_totals=true')).toEqual({
      start: 2,
      limit: 2,
      total: 3,
      invitations: [made[2]],
    });
    expect((await send('GET', `${path(String(other.id))}?sort=email:1`)).status).toBe(400);
  });

  test('are of one organization of one tenant, and end with it', async () => {
    const other = (await send('POST', '/organizations', { name: 'short-lived' })).body;
    const { body } = await send('POST', path(String(other.id)), draft());
    const missing = { statusCode: 404, message: 'The invitation does not exist.', errorCode: 'inexistent_invitation' };
    for (const method of ['GET', 'DELETE']) {
      expect((await send(method, `${path()}/${body.id}`)).body).toMatchObject(missing);
      expect((await office.sendAsNeighbour(method, `/api/v2${path(String(other.id))}/${body.id}`)).status).toBe(404);
    }
    expect((await office.sendAsNeighbour('POST', `/api/v2${path()}`, draft())).status).toBe(404);
    expect((await send('GET', path('org_none'))).status).toBe(404);
    expect((await send('POST', path('org_none'), draft())).status).toBe(404);
    await send('DELETE', `/organizations/${other.id}`);
    const { store } = office.door.house;
    expect(await store.tickets.find(office.tenant.id, String(body.id))).toBeUndefined();
  });

  test('are taken back once', async () => {
    const { body } = await invite();
    const one = `${path()}/${body.id}`;
    const answers = await Promise.all([send('DELETE', one), send('DELETE', one)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 404]);
    expect((await send('GET', one)).body).toMatchObject({ errorCode: 'inexistent_invitation' });
  });

  test('no ticket of another kind is read or removed as one', async () => {
    const { store, ports } = office.door.house;
    const id = 'uinv_anothers';
    await store.commit([
      {
        kind: 'ticket.insert',
        ticket: {
          tenantId: office.tenant.id,
          id,
          kind: 'device',
          revision: 1,
          organizationId,
          content: {},
          createdAt: ports.now(),
          expiresAt: ports.now() + 1000,
        },
      },
    ]);
    expect((await send('GET', `${path()}/${id}`)).status).toBe(404);
    expect((await send('DELETE', `${path()}/${id}`)).status).toBe(404);
    expect(items((await send('GET', path())).body).every((each) => String(each.id) !== id)).toBe(true);
    await store.commit([{ kind: 'ticket.take', tenantId: office.tenant.id, id, now: ports.now() }]);
  });

  test('open to their own scopes only', async () => {
    const reader = await office.as('read:organization_invitations', 'create:organization_members');
    expect((await reader('GET', `/api/v2${path()}`)).status).toBe(200);
    expect((await reader('POST', `/api/v2${path()}`, draft())).status).toBe(403);
    expect((await reader('DELETE', `/api/v2${path()}/uinv_1`)).status).toBe(403);
  });
});
