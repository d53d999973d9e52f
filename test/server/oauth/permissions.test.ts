// Permissions in tokens: an API that asks for them gives its scopes to those alone who have them, and its tokens say what
// their holder may where its dialect has a place for it.
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '#storage/records.ts';
import { type FrontDoor, openFrontDoor } from './front-door.ts';

const API = 'https://api.example/';
const ROLE = 'rol_clerk';
const AUTHZ = { enforce_policies: true, token_dialect: 'access_token_authz' };

describe('an API that asks for permissions', () => {
  let door: FrontDoor;
  let tenantId: string;
  let people = 0;
  beforeAll(async () => {
    door = await openFrontDoor();
    tenantId = door.house.tenant.id;
    const dated = { createdAt: 1, updatedAt: 1 };
    const { roles, organizations, groups } = door.deps.store;
    await roles.insert({ tenantId, id: ROLE, name: 'clerk', ...dated });
    await organizations.insert({ tenantId, id: 'org_1', name: 'acme', metadata: {}, settings: {}, ...dated });
    await groups.insert({ tenantId, id: 'grp_1', name: 'staff', ...dated });
    await door.deps.store.permissions.addToRole(tenantId, ROLE, permissions('read:things'));
  });
  afterAll(() => door.close());
  beforeEach(() => {
    people += 1;
  });

  const permissions = (...scopes: string[]) => scopes.map((scope) => ({ apiId: 'api', scope }));
  const configure = (settings: JsonObject) =>
    door.deps.store.resourceServers.update(tenantId, 'api', (api) => ({ ...api, settings }));
  const newUser = async () => (await door.house.user(`person-${people}`)).id;
  /** The claims of the access token that the person of this test gets. */
  const claims = async (more: Record<string, string> = {}) => {
    const asked = { audience: API, scope: 'openid read:things write:things', ...more };
    const callback = await door.signIn(door.browser(), `person-${people}`, asked);
    const { body } = await door.exchange(callback.get('code') ?? '');
    const { scope, permissions } = decodeJwt(String(body.access_token));
    return { scope, permissions };
  };

  test.each<[what: string, JsonObject, scope: string, permissions: string[] | undefined]>([
    ['says nothing', {}, 'openid read:things write:things', undefined],
    [
      'has a dialect for them and asks for none',
      { token_dialect: 'access_token_authz' },
      'openid read:things write:things',
      undefined,
    ],
    ['asks for them', { enforce_policies: true }, 'openid write:things', undefined],
    ['tells them too', AUTHZ, 'openid write:things', ['write:things']],
    [
      'tells them as RFC 9068 has it',
      { ...AUTHZ, token_dialect: 'rfc9068_profile_authz' },
      'openid write:things',
      ['write:things'],
    ],
  ])('and %s', async (_what, settings, scope, told) => {
    await configure(settings);
    await door.deps.store.permissions.addToUser(tenantId, await newUser(), permissions('write:things'));
    expect(await claims()).toEqual({ scope, permissions: told });
  });

  test('tells of all of them, whatever is asked for, and of none where there is none', async () => {
    await configure(AUTHZ);
    const id = await newUser();
    expect(await claims()).toEqual({ scope: 'openid', permissions: [] });
    await door.deps.store.permissions.addToUser(tenantId, id, permissions('write:things', 'read:things'));
    expect(await claims({ scope: 'openid' })).toEqual({
      scope: 'openid',
      permissions: ['read:things', 'write:things'],
    });
  });

  test('counts roles of the person and of their groups, and in an organization those that hold there', async () => {
    await configure(AUTHZ);
    const { assignments } = door.deps.store;
    await door.house.bind(`exports.onExecutePostLogin = async (event, api) =>
      api.accessToken.setCustomClaim('https://app.example/roles', event.authorization.roles.join());`);
    const id = await newUser();
    const READS = { scope: 'openid read:things', permissions: ['read:things'] };
    const NOTHING = { scope: 'openid', permissions: [] };
    await assignments.addRoles(tenantId, id, [ROLE]);
    expect(await claims()).toEqual(READS);
    await assignments.addMembers(tenantId, 'org_1', [id]);
    expect(await claims({ organization: 'org_1' })).toEqual(NOTHING);
    await assignments.addMemberRoles(tenantId, 'org_1', id, [ROLE]);
    await assignments.removeRoles(tenantId, id, [ROLE]);
    expect([await claims({ organization: 'org_1' }), await claims()]).toEqual([READS, NOTHING]);
    await assignments.addGroupRoles(tenantId, ['grp_1'], [ROLE]);
    await assignments.addToGroup(tenantId, 'grp_1', [id], 1);
    expect(await claims()).toEqual(READS);
    const callback = await door.signIn(door.browser(), `person-${people}`, { audience: API });
    const { body } = await door.exchange(callback.get('code') ?? '');
    expect(decodeJwt(String(body.access_token))['https://app.example/roles']).toBe('clerk');
    await door.house.bind();
  });

  test('a script adds a scope to whom it likes, and a grant for people bounds what they hand on', async () => {
    const grants = door.deps.store.clientGrants;
    await configure({ ...AUTHZ, subject_type_authorization: { user: { policy: 'require_client_grant' } } });
    const of = { tenantId, clientId: 'spa', audience: API, createdAt: 1, updatedAt: 1 };
    await grants.insert({ ...of, id: 'cgr_1', scope: ['read:things'], settings: { subject_type: 'user' } });
    await door.deps.store.permissions.addToUser(tenantId, await newUser(), permissions('read:things', 'write:things'));
    expect(await claims()).toEqual({ scope: 'openid read:things', permissions: ['read:things'] });
    await door.house.bind(`exports.onExecutePostLogin = async (event, api) =>
      api.accessToken.addScope('write:things');`);
    expect(await claims()).toEqual({ scope: 'openid read:things write:things', permissions: ['read:things'] });
    await door.house.bind();
  });

  test("a client's own token tells what the client was granted", async () => {
    await configure(AUTHZ);
    const { clientGrants, clients } = door.deps.store;
    await clients.update(tenantId, door.web.id, (each) => ({ ...each, grantTypes: ['client_credentials'] }));
    const of = { tenantId, clientId: door.web.id, audience: API, createdAt: 1, updatedAt: 1 };
    await clientGrants.insert({ ...of, id: 'cgr_2', scope: ['write:things', 'later:things'], settings: {} });
    const credentials = { client_id: door.web.id, client_secret: String(door.web.secret) };
    const { body } = await door.token({ grant_type: 'client_credentials', audience: API, ...credentials });
    expect(decodeJwt(String(body.access_token))).toMatchObject({
      scope: 'write:things',
      permissions: ['write:things'],
    });
  });
});
