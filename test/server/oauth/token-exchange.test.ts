// Tokens from elsewhere exchanged for ours through the whole application: what opens the grant, whom the Action may name,
// and what comes of it; with real cells and the real store.
// Longer than 300 lines because one arrangement of profile, people and clients serves all rows.
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { authenticatorCode } from '#server/dev/authenticator-code.ts';
import type { ClientRecord } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { TOTP_KEY } from '#test/kit/house.ts';
import { lastLine } from '#test/runtime/triggers/bind-to.ts';
import {
  ACCESS,
  type ApiCall,
  byConnection,
  byId,
  DATABASE,
  type ExchangeDesk,
  GRANT,
  MARK,
  openExchangeDesk,
  TYPE,
} from './exchange-desk.ts';

const API = 'https://api.example/';
const MFA_OTP = 'http://auth0.com/oauth/grant-type/mfa-otp';
const refused = (status: number, error: string, description?: unknown) => ({
  status,
  body: { error, error_description: description ?? expect.any(String) },
});

describe.each(databasesInFull())('%s', (_name, open) => {
  let desk: ExchangeDesk;
  let me: ApiCall;
  beforeAll(async () => {
    desk = await openExchangeDesk(await open());
    me = byId(desk.ana.id);
  });
  afterAll(() => desk.close());
  beforeEach(async () => {
    const { house } = desk.door;
    await house.bind();
    await house.editTenant((tenant) => ({ ...tenant, policies: [] }));
    await desk.setClient('web', { grantTypes: ['authorization_code'] });
  });
  const find = (id: string) => desk.door.deps.store.users.find(desk.door.house.tenant.id, id);
  const bind = (body: string) =>
    desk.door.house.bind(`exports.onExecutePostLogin = async (event, api) => { ${body} };`);

  describe('what comes of it', () => {
    test('tokens of the person, with what is said of the kind', async () => {
      const { status, body } = await desk.exchange([me], { audience: API, scope: 'openid email read:things' });
      expect({ status, body }).toEqual({
        status: 200,
        body: {
          access_token: expect.any(String),
          id_token: expect.any(String),
          token_type: 'Bearer',
          expires_in: 3600,
          scope: 'openid email read:things',
          issued_token_type: ACCESS,
        },
      });
      expect(decodeJwt(String(body.access_token))).toMatchObject({ sub: desk.ana.id, azp: 'web', scope: body.scope });
      expect(decodeJwt(String(body.access_token))).not.toHaveProperty('act');
      expect(decodeJwt(String(body.id_token))).toMatchObject({
        sub: desk.ana.id,
        email: 'ana@example.com',
        aud: 'web',
      });
      expect(await lastLine(desk.door.house, 'secte')).toMatchObject({
        userId: desk.ana.id,
        clientId: 'web',
        audience: API,
        details: { token_exchange_profile: { id: 'tep_1' }, actions: { executions: [expect.any(String)] } },
      });
    });

    test('without an API a token for userinfo, and a login that counts', async () => {
      const before = (await find(desk.ana.id))?.loginsCount ?? 0;
      const { body } = await desk.exchange([me], { scope: 'openid' });
      const userinfo = await desk.door.get('/userinfo', { authorization: `Bearer ${body.access_token}` });
      expect(await userinfo.json()).toMatchObject({ sub: desk.ana.id });
      expect((await find(desk.ana.id))?.loginsCount).toBe(before + 1);
    });

    test('post-login Actions run, and are told how the login came about', async () => {
      await bind(`const { protocol, subject_token_type, actor, actor_token_type } = event.transaction;
        const told = { protocol, subject_token_type, actor, actor_token_type, body: event.request.body };
        api.idToken.setCustomClaim('https://x.example/told', told);`);
      const actor = { sub: 'agent', act: { sub: 'boss' } };
      const { body } = await desk.exchange([me, ['authentication', 'setActor', actor]], {
        scope: 'openid',
        actor_token: 'of the agent',
        actor_token_type: 'urn:agent',
        colour: 'red',
      });
      expect(decodeJwt(String(body.id_token))['https://x.example/told']).toEqual({
        protocol: 'oauth2-token-exchange',
        subject_token_type: TYPE,
        actor,
        actor_token_type: 'urn:agent',
        body: {
          grant_type: GRANT,
          client_id: 'web',
          scope: 'openid',
          subject_token_type: TYPE,
          actor_token_type: 'urn:agent',
          colour: 'red',
        },
      });
    });

    test('what they deny is denied', async () => {
      await bind(`api.access.deny('Not today.');`);
      expect(await desk.exchange([me])).toMatchObject(refused(403, 'access_denied', 'Not today.'));
      expect(await lastLine(desk.door.house, 'fecte')).toMatchObject({ userId: desk.ana.id });
    });

    test('a public client may, and one with an API in the name of a person gets a refresh token', async () => {
      const asPublic = { client_id: 'spa', client_secret: undefined };
      expect(await desk.exchange([me], asPublic)).toMatchObject({ status: 200 });
      await desk.setClient('web', { grantTypes: ['refresh_token'] });
      const { body } = await desk.exchange([me], { scope: 'openid offline_access' });
      const sent = { grant_type: 'refresh_token', client_id: 'web', client_secret: String(desk.door.web.secret) };
      expect(await desk.door.token({ ...sent, refresh_token: String(body.refresh_token) })).toMatchObject({
        status: 200,
      });
    });

    test('with an actor the token says who acts, and there is no refresh token', async () => {
      await desk.setClient('web', { grantTypes: ['refresh_token'] });
      const actor = { sub: 'agent|7', team: 'support', act: { sub: 'boss' } };
      const calls: ApiCall[] = [me, ['authentication', 'setActor', actor]];
      const { status, body } = await desk.exchange(calls, { audience: API, scope: 'openid offline_access' });
      expect(status).toBe(200);
      expect(body).not.toHaveProperty('refresh_token');
      expect(decodeJwt(String(body.access_token)).act).toEqual(actor);
    });

    test('metadata is written, null removes', async () => {
      const first: ApiCall[] = [me, ['user', 'setAppMetadata', 'plan', 'gold'], ['user', 'setUserMetadata', 'a', 1]];
      await desk.exchange(first);
      expect(await find(desk.ana.id)).toMatchObject({ appMetadata: { plan: 'gold' }, userMetadata: { a: 1 } });
      await desk.exchange([me, ['user', 'setAppMetadata', 'plan', null], ['user', 'setUserMetadata', 'a', null]]);
      expect(await find(desk.ana.id)).toMatchObject({ appMetadata: {}, userMetadata: {} });
    });

    test('the subject token is in no log and no execution', async () => {
      await bind('console.log(JSON.stringify(event));');
      await desk.exchange([me]);
      await desk.exchange([['access', 'deny', 'invalid_request', 'no']]);
      const { store } = desk.door.deps;
      const page = { offset: 0, limit: 1000 };
      const kept = [
        await store.logs.list(desk.door.house.tenant.id, { order: 'oldest', page }),
        await store.executions.list(desk.door.house.tenant.id, { limit: 100 }),
      ];
      expect(kept[0]).toMatchObject({ records: expect.arrayContaining([expect.objectContaining({ type: 'secte' })]) });
      expect(JSON.stringify(kept)).not.toContain(MARK);
    });
  });

  describe('whom the Action names', () => {
    const created = { creates: true };

    test('somebody new is made, with what it says of them', async () => {
      const attributes = {
        user_id: 'new-1',
        email: 'New.One@Example.com',
        email_verified: true,
        given_name: 'New',
        phone_number: '+447700900555',
        tier: { level: 3 },
      };
      const { status, body } = await desk.exchange(
        [byConnection(attributes, created), ['user', 'setAppMetadata', 'from', 'old shop']],
        { scope: 'openid email' },
      );
      expect(status).toBe(200);
      expect(decodeJwt(String(body.id_token))).toMatchObject({ sub: 'auth0|new-1', email: 'new.one@example.com' });
      expect(await find('auth0|new-1')).toMatchObject({
        connection: DATABASE,
        email: 'new.one@example.com',
        emailVerified: true,
        givenName: 'New',
        phoneNumber: '+447700900555',
        attributes: { tier: { level: 3 } },
        appMetadata: { from: 'old shop' },
        loginsCount: 1,
      });
      expect(await find('auth0|new-1')).not.toHaveProperty('passwordHash');
    });

    test('somebody new is sent a link that verifies the address, where it says so', async () => {
      const { house } = desk.door;
      const mails = async (to: string) => (await house.store.messages.inbox(house.tenant.id, to, 10)).length;
      const rows = [
        ['asked', { verify_email: true }, 1],
        ['unasked', {}, 0],
        ['verified', { verify_email: true, email_verified: true }, 0],
      ] as const;
      for (const [name, more, sent] of rows) {
        const email = `${name}@example.com`;
        const { status } = await desk.exchange([byConnection({ user_id: name, email, ...more }, created)]);
        expect([name, status, await mails(email)]).toEqual([name, 200, sent]);
      }
    });

    test('somebody known is brought up to date where it says so, and only there', async () => {
      const { id } = await desk.door.house.user('upd', [], { emailVerified: true, givenName: 'Old' });
      const own = { user_id: id.split('|')[1]!, email: 'upd-2@example.com', nickname: 'u' };
      expect(await desk.exchange([byConnection(own)])).toMatchObject({ status: 200 });
      expect(await find(id)).toMatchObject({ email: 'upd@example.com', emailVerified: true });
      expect(await desk.exchange([byConnection(own, { updates: true })])).toMatchObject({ status: 200 });
      // A new address is not verified by the old one's having been.
      expect(await find(id)).toMatchObject({
        email: 'upd-2@example.com',
        emailVerified: false,
        nickname: 'u',
        givenName: 'Old',
      });
    });

    test('a linked identity is the account that it was linked to, and logs in as itself', async () => {
      const { house } = desk.door;
      const secondary = await house.user('second', [], { linkedTo: desk.ana.id });
      const own = { user_id: secondary.id.split('|')[1]! };
      for (const call of [byId(secondary.id), byConnection(own)]) {
        const { body } = await desk.exchange([call], { scope: 'openid' });
        expect(decodeJwt(String(body.id_token)).sub).toBe(desk.ana.id);
      }
    });

    test.each<[string, ApiCall, ReturnType<typeof refused>]>([
      ['nobody', byId('auth0|nobody'), refused(400, 'invalid_request', 'The user does not exist.')],
      [
        'an id that no database keeps',
        byId('auth0|\u0000'),
        refused(400, 'invalid_request', 'The user does not exist.'),
      ],
      [
        'nobody of a connection',
        byConnection({ user_id: 'no-such' }),
        refused(400, 'invalid_request', 'The user does not exist.'),
      ],
      [
        'an unknown connection',
        byConnection({ user_id: '1' }, { connection: 'none' }),
        refused(400, 'invalid_request', 'The connection does not exist.'),
      ],
      [
        'a connection that no database keeps',
        byConnection({ user_id: '1' }, { connection: 'a\u0000' }),
        refused(400, 'invalid_request', 'The connection does not exist.'),
      ],
      [
        'an address of somebody else',
        byConnection({ user_id: 'thief', email: 'ANA@example.com' }, created),
        refused(400, 'invalid_request', 'The user already exists.'),
      ],
      ...(
        [
          ['email', 'not an address'],
          ['username', 'ana@example.com'],
          ['phone_number', '0123'],
          ['name', 'a\u0000'],
          ['user_id', 'a b'],
        ] as const
      ).map(([field, value]): [string, ApiCall, ReturnType<typeof refused>] => [
        `somebody with a bad ${field}`,
        byConnection({ user_id: 'bad', [field]: value }, created),
        refused(400, 'invalid_request', `The user attribute ${field} is not valid.`),
      ]),
    ])('%s is refused', async (_case, call, answer) => {
      expect(await desk.exchange([call])).toMatchObject(answer);
      expect(await find('auth0|bad')).toBeUndefined();
      expect(await find('auth0|thief')).toBeUndefined();
    });

    test('whoever is blocked, by their own account or by the one it is linked to', async () => {
      const { house } = desk.door;
      const blocked = await house.user('blocked', [], { blocked: true });
      const behind = await house.user('behind', [], { linkedTo: blocked.id });
      for (const { id } of [blocked, behind]) {
        expect(await desk.exchange([byId(id)])).toMatchObject(refused(403, 'unauthorized', 'user is blocked'));
      }
      expect(await lastLine(house, 'fecte')).toMatchObject({ details: { error: { oauthError: 'unauthorized' } } });
    });

    test('people of a connection that the client may not use, or of another than was named', async () => {
      const { house, deps } = desk.door;
      const { store } = deps;
      const first = await store.connections.findByKey(house.tenant.id, DATABASE);
      for (const [name, enabledClients] of [
        ['closed', []],
        ['other', ['web']],
      ] as [string, string[]][]) {
        await store.connections.insert({ ...first!, id: `con_${name}`, name, enabledClients });
      }
      const closed = await house.user('closed', [], { connection: 'closed' });
      const text = 'The connection is not enabled for the client.';
      expect(await desk.exchange([byId(closed.id)])).toMatchObject(refused(403, 'unauthorized_client', text));
      const own = { user_id: desk.ana.id.split('|')[1]! };
      expect(await desk.exchange([byConnection(own, { connection: 'other', creates: true })])).toMatchObject(
        refused(400, 'invalid_request', 'The user is of another connection.'),
      );
    });

    test('of many that make one person at once, all get that one', async () => {
      const call = byConnection({ user_id: 'raced', email: 'raced@example.com' }, created);
      const all = await Promise.all(Array.from({ length: 6 }, () => desk.exchange([call])));
      expect(all.map(({ status }) => status)).toEqual(all.map(() => 200));
      const { records } = await desk.door.deps.store.users.list(desk.door.house.tenant.id, {
        email: 'raced@example.com',
      });
      expect(records).toHaveLength(1);
    });
  });

  describe('organizations', () => {
    const inShop: ApiCall = ['authentication', 'setOrganization', 'shop'];
    const outside = () => desk.door.house.user(`outside-${desk.door.house.ports.random.hex(6)}`);
    beforeAll(async () => {
      const { store } = desk.door.deps;
      await store.assignments.addMembers(desk.door.house.tenant.id, desk.organization.id, [desk.ana.id]);
    });

    test.each<[string, ApiCall[], Record<string, string>]>([
      ['by the request, its id', [], { organization: 'org_shop' }],
      ['by the request, its name', [], { organization: 'Shop' }],
      ['by the Action', [inShop], {}],
    ])('named %s', async (_case, calls, more) => {
      const { body } = await desk.exchange([me, ...calls], { scope: 'openid', ...more });
      expect(decodeJwt(String(body.id_token))).toMatchObject({ org_id: 'org_shop', org_name: 'shop' });
    });

    test('are for their members: nobody else gets in, or is made', async () => {
      const { id } = await outside();
      const text = `user ${id} is not part of the org_shop organization`;
      expect(await desk.exchange([byId(id), inShop])).toMatchObject(refused(403, 'access_denied', text));
      const stranger = byConnection({ user_id: 'stranger' }, { creates: true });
      expect(await desk.exchange([stranger, inShop])).toMatchObject(refused(403, 'access_denied'));
      expect(await find('auth0|stranger')).toBeUndefined();
    });

    test.each<[string, ApiCall[], Record<string, string>, ClientRecord['settings'], string]>([
      ['unknown to the request', [], { organization: 'none' }, {}, 'parameter organization is invalid: none'],
      [
        'unknown to the Action',
        [['authentication', 'setOrganization', 'no\u0000ne']],
        {},
        {},
        'parameter organization is invalid: no?ne',
      ],
      ['not for this client', [inShop], {}, { organization_usage: 'deny' }, 'is not allowed for this client'],
      ['required', [], {}, { organization_usage: 'require' }, 'is required for this client'],
    ])('%s', async (_case, calls, more, settings, text) => {
      await desk.setClient('web', {
        settings: { ...settings, token_exchange: { allow_any_profile_of_type: ['custom_authentication'] } },
      });
      const answer = refused(400, 'invalid_request', expect.stringContaining(text));
      expect(await desk.exchange([me, ...calls], more)).toMatchObject(answer);
    });
  });

  describe('a second factor', () => {
    const withOtp = () => desk.door.house.user(`otp-${desk.door.house.ports.random.hex(6)}`, ['otp']);
    const policy = () => desk.door.house.editTenant((tenant) => ({ ...tenant, policies: ['all-applications'] }));

    test('of the policy is shown by the MFA API', async () => {
      await policy();
      const user = await withOtp();
      await desk.setClient('web', { grantTypes: [MFA_OTP] });
      const demand = await desk.exchange([byId(user.id)], { scope: 'openid' });
      expect(demand).toMatchObject({
        status: 403,
        body: { error: 'mfa_required', mfa_token: expect.any(String) },
      });
      const { status, body } = await desk.door.token({
        grant_type: MFA_OTP,
        client_id: 'web',
        client_secret: String(desk.door.web.secret),
        mfa_token: String(demand.body.mfa_token),
        otp: authenticatorCode(TOTP_KEY, desk.door.deps.clock.now()),
      });
      expect(status).toBe(200);
      expect(decodeJwt(String(body.id_token)).sub).toBe(user.id);
    });

    const COMMAND = `api.authentication.challengeWith({ type: 'otp' });`;
    const actor: ApiCall = ['authentication', 'setActor', { sub: 'agent' }];
    test.each<[string, ApiCall[], string, string]>([
      [
        'for an actor',
        [actor],
        `api.multifactor.enable('any');`,
        'MFA is not supported using actor_token with the requested token exchange profile.',
      ],
      [
        'in an organization',
        [['authentication', 'setOrganization', 'shop']],
        `api.multifactor.enable('any');`,
        'MFA is not supported with organizations in a token exchange.',
      ],
      ['by a command', [], COMMAND, 'challengeWith and enrollWith are not supported in a token exchange.'],
    ])('%s is none that could be shown', async (_case, calls, script, text) => {
      const user = await withOtp();
      await desk.door.deps.store.assignments.addMembers(desk.door.house.tenant.id, 'org_shop', [user.id]);
      await bind(script);
      const answer = await desk.exchange([byId(user.id), ...calls]);
      expect(answer).toMatchObject(refused(400, 'invalid_request', text));
      expect(answer.body).not.toHaveProperty('mfa_token');
    });
  });
});
