// What scripts keep beyond one Action, on real cells and both databases: the session and its metadata, the cache; and what
// they ask us while they run: groups and roles.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { type House, openHouse } from '#test/kit/house.ts';
import { logsOf, script, sessionOf, signIn, signInAgain, state, totp } from './visit.ts';

const DAY = 24 * 60 * 60_000;
const claim = (expression: string) => `api.idToken.setCustomClaim('https://x/it', ${expression});`;

describe.each(databasesInFull())('%s', (_name, open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
  });
  afterAll(() => house.close());
  const claimed = (shown: { login: { outcome: { idTokenClaims: Record<string, unknown> } } }) =>
    shown.login.outcome.idTokenClaims['https://x/it'];

  describe('the session', () => {
    test('metadata is seen at once, by later Actions and by later logins of the session', async () => {
      const first = await signIn(
        house,
        [],
        script(
          `api.session.setMetadata('a', '1'); api.session.setMetadata('b', '2'); ${claim('{ ...event.session.metadata }')}`,
        ),
        script(
          `api.session.deleteMetadata('a'); api.idToken.setCustomClaim('https://x/next', event.session.metadata);`,
        ),
      );
      expect(first.shown.login.outcome.idTokenClaims).toEqual({
        'https://x/it': { a: '1', b: '2' },
        'https://x/next': { b: '2' },
      });
      const session = await sessionOf(house, first.shown);
      expect(session.metadata).toEqual({ b: '2' });
      await house.bind(script(claim('event.session.metadata')));
      expect(claimed(await house.begin({ session }))).toEqual({ b: '2' });
      await house.bind(script(`api.session.evictMetadata();`));
      expect((await sessionOf(house, await house.begin({ session }))).metadata ?? {}).toEqual({});
    });

    test('a key that is none fails the login in the wrapped words', async () => {
      const { shown, user } = await signIn(house, [], script(`api.session.setMetadata('not a key', 'x');`));
      expect(state(shown)).toMatchObject({
        name: 'denied',
        code: 'access_denied',
        reason: expect.stringContaining('Failed to set session metadata: '),
      });
      expect((await logsOf(house, user.id)).map(([type]) => type)).toContain('f');
    });

    test("limits: the earliest, never beyond the tenant's, which is told", async () => {
      const { shown, user } = await signIn(
        house,
        [],
        script(`api.session.setExpiresAt(Date.now() + 3600_000); api.session.setExpiresAt(Date.now() + 7200_000);
          api.session.setIdleExpiresAt(Date.now() + ${90 * DAY});`),
      );
      const session = await sessionOf(house, shown);
      expect(session).toMatchObject({ expiresAt: house.clock.at + 3600_000, idleExpiresAt: house.clock.at + 3600_000 });
      expect((await logsOf(house, user.id)).map(([type]) => type)).toEqual(['w', 's']);
    });

    test('the mode of the cookie is the last that was set, and seen at once', async () => {
      const { shown } = await signIn(
        house,
        [],
        script(`api.session.setCookieMode('non-persistent'); ${claim('event.session.cookie.mode')}`),
      );
      expect(claimed(shown)).toBe('non-persistent');
      expect((await sessionOf(house, shown)).cookieMode).toBe('non-persistent');
    });

    test('revoked in a login by it, the session is gone', async () => {
      const first = await signIn(house, [], script(''));
      const session = await sessionOf(house, first.shown);
      await house.bind(script(`api.user.setAppMetadata('seen', 1); api.session.revoke('Stolen.');`));
      const over = await house.begin({ session });
      expect(state(over)).toEqual({ name: 'denied', code: 'access_denied', reason: 'Stolen.' });
      expect(await house.store.sessions.find(house.tenant.id, session.id)).toBeUndefined();
      expect((await house.store.users.find(house.tenant.id, first.user.id))?.appMetadata).toEqual({ seen: 1 });
      expect((await logsOf(house, first.user.id)).map(([type]) => type)).toEqual(
        expect.arrayContaining(['f', 'session_revoked']),
      );
    });

    test('a login that waits for a factor ends when its session does', async () => {
      const first = await signIn(house, ['otp'], script(''));
      const session = await sessionOf(house, first.shown);
      await house.bind(script(`api.authentication.challengeWith({ type: 'otp' });`));
      const waiting = await house.begin({ session });
      expect(state(waiting).name).toBe('challenging');
      await house.store.sessions.remove(house.tenant.id, session.id, 'session-revoked');
      expect(state(await house.step(waiting.key, { kind: 'responded', code: totp(house) }))).toMatchObject({
        name: 'denied',
      });
    });

    test('a method that a script records is seen by the next login of the session, not by this one', async () => {
      const methods = claim('event.authentication.methods.map((m) => m.name)');
      const first = await signIn(
        house,
        [],
        script(`api.authentication.recordMethod('https://proof.example/');`),
        script(methods),
      );
      expect(claimed(first.shown)).toEqual(['pwd']);
      const session = await sessionOf(house, first.shown);
      expect(claimed(await house.begin({ session }))).toEqual(['pwd', 'https://proof.example/']);
    });
  });

  describe('the cache', () => {
    const READ = claim(`(api.cache.get('k') ?? {}).value ?? null`);
    test('is read by the next Action and the next login, until it runs out', async () => {
      const { shown, email } = await signIn(
        house,
        [],
        script(`api.cache.set('k', 'v', { ttl: 600_000 });`),
        script(READ),
      );
      expect(claimed(shown)).toBe('v');
      await house.bind(script(READ));
      expect(claimed(await signInAgain(house, email))).toBe('v');
      house.clock.advance(600_000);
      expect(claimed(await signInAgain(house, email))).toBeNull();
    });

    test('takes nothing from a run that failed', async () => {
      const { email } = await signIn(house, [], script(`api.cache.set('k', 'bad'); throw new Error('no');`));
      await house.bind(script(READ));
      expect(claimed(await signInAgain(house, email))).toBeNull();
    });

    test('forgets what a script deletes', async () => {
      const { shown } = await signIn(
        house,
        [],
        script(`api.cache.set('k', 'v');`),
        script(`api.cache.delete('k');`),
        script(READ),
      );
      expect(claimed(shown)).toBeNull();
    });

    test("is another tenant's nothing", async () => {
      await signIn(house, [], script(`api.cache.set('k', 'ours');`));
      const other = await openHouse({ sandbox: house.ports.sandbox, ports: { store: house.store } });
      const { shown } = await signIn(other, [], script(READ));
      expect(claimed(shown)).toBeNull();
    });
  });

  describe('groups and roles', () => {
    const ask = (body: string) => script(`const answer = await ${body}; ${claim('answer')}`);
    test('are answered from the rows as they are', async () => {
      const { id: tenantId } = house.tenant;
      const at = { createdAt: 0, updatedAt: 0 };
      const { shown, user, email } = await signIn(house, [], ask('api.groups.getUserGroups()'));
      expect(claimed(shown)).toEqual({ groups: [] });
      await house.store.groups.insert({ tenantId, id: 'grp_1', name: 'staff', ...at });
      await house.store.assignments.addToGroup(tenantId, 'grp_1', [user.id], house.clock.at);
      await house.store.roles.insert({ tenantId, id: 'rol_9', name: 'admin', description: 'All of it', ...at });
      await house.store.assignments.addRoles(tenantId, user.id, ['rol_9']);
      expect(claimed(await signInAgain(house, email))).toMatchObject({
        groups: [{ id: 'grp_1', name: 'staff', tenant_name: house.tenant.name, assignment: 'direct' }],
      });
      await house.bind(ask(`api.groups.hasGroupMembership(['staff', 'grp_1', 'other'])`));
      const matches = [{ id: 'grp_1', name: 'staff', group_type: 'tenant' }];
      expect(claimed(await signInAgain(house, email))).toEqual({
        memberships: {
          staff: { is_member: true, matches },
          grp_1: { is_member: true, matches },
          other: { is_member: false },
        },
      });
      const role = { id: 'rol_9', name: 'admin', description: 'All of it' };
      for (const [call, expected] of [
        ['api.roles.getUserEffectiveRoles()', { roles: [role] }],
        [`api.roles.getUserEffectiveRolesByIds(['rol_9', 'rol_0'])`, { roles: [role] }],
        [`api.roles.getUserEffectiveRolesByNames(['nobody'])`, { roles: [] }],
      ] as const) {
        await house.bind(ask(call));
        expect(claimed(await signInAgain(house, email))).toEqual(expected);
      }
    });

    test('with a bad argument reject, and a script that minds not goes on', async () => {
      const { shown } = await signIn(
        house,
        [],
        script(
          `const why = await api.groups.getUserGroups({ take: 0 }).catch((error) => error.message); ${claim('why')}`,
        ),
      );
      expect(claimed(shown)).toMatch(/take/);
    });

    test('as many as a script likes at once', async () => {
      const { shown } = await signIn(house, [], ask('api.groups.getUserGroups({ take: 500 })'));
      expect(claimed(shown)).toEqual({ groups: [] });
    });
  });
});
