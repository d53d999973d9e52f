// Scripts in real logins, on real cells and both databases: how they end, what they read, what they leave.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import { logsOf, script, signIn, state, totp } from './visit.ts';

describe.each(databasesInFull())('%s', (_name, open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
  });
  afterAll(() => house.close());

  describe('scripts', () => {
    test('deny beats a challenge and its text is the reason', async () => {
      const { shown } = await signIn(
        house,
        ['otp'],
        script(`api.authentication.challengeWith({ type: 'otp' }); api.access.deny('Closed on Sundays.');`),
      );
      expect(state(shown)).toEqual({ name: 'denied', code: 'access_denied', reason: 'Closed on Sundays.' });
    });

    test.each([
      ['throws', `throw new Error('no stock');`, 'no stock'],
      ['throws a string', `throw 'plain';`, 'Script threw a value that is not an error'],
      ['never settles', `await new Promise(() => {});`, expect.stringMatching(/\S/)],
      ['loops', `for (;;);`, expect.stringMatching(/\S/)],
    ])('one that %s ends its own login', async (_how, body, reason) => {
      const { shown, user } = await signIn(house, ['otp'], script(body));
      expect(state(shown)).toMatchObject({ name: 'denied', code: 'access_denied', reason });
      expect((await logsOf(house, user.id)).map(([type]) => type)).toEqual(['actions_execution_failed', 'f']);
      expect(state((await signIn(house, ['otp'], script(''))).shown).name).toBe('completed');
    });

    test('a call of api after the handler settled does nothing, and the tenant is told', async () => {
      const { shown, user } = await signIn(
        house,
        [],
        script(`Promise.resolve().then(() => {}).then(() => {}).then(() => {}).then(() => api.access.deny('late'));`),
      );
      expect(state(shown).name).toBe('completed');
      expect((await logsOf(house, user.id)).map(([type]) => type)).toEqual(['w', 's']);
    });

    test('claims and metadata are kept; metadata lands key by key in the present row', async () => {
      const source = script(`
        api.idToken.setCustomClaim('https://x/seen', event.stats.logins_count);
        api.accessToken.setCustomClaim('https://x/roles', event.authorization.roles);
        api.user.setAppMetadata('a', { new: true });
        api.user.setUserMetadata('gone', null);
        api.authentication.challengeWith({ type: 'otp' });`);
      const { shown, user } = await signIn(house, ['otp'], source);
      // The pause: nothing is written yet, and somebody else writes another key meanwhile.
      await house.store.users.update(house.tenant.id, user.id, (row) => ({
        ...row,
        appMetadata: { other: 1, a: { old: true } },
        userMetadata: { gone: 1, stays: 2 },
      }));
      const done = await house.step(shown.key, { kind: 'responded', code: totp(house) });
      expect(done.login.outcome).toMatchObject({
        idTokenClaims: { 'https://x/seen': 1 },
        accessTokenClaims: { 'https://x/roles': [] },
      });
      const row = await house.store.users.find(house.tenant.id, user.id);
      expect(row).toMatchObject({
        appMetadata: { other: 1, a: { new: true } },
        userMetadata: { stays: 2 },
        loginsCount: 1,
      });
    });

    test('see the roles of the person and the organization of the login', async () => {
      const source = script(
        `api.access.deny(JSON.stringify([event.authorization.roles, event.organization.metadata.plan, event.user.enrolledFactors.map((f) => f.type), event.user.multifactor]));`,
      );
      await house.bind(source);
      const user = await house.user('member', ['otp', 'email']);
      const { id: tenantId } = house.tenant;
      const at = { createdAt: 0, updatedAt: 0 };
      await house.store.organizations.insert({
        tenantId,
        id: 'org_1',
        name: 'acme',
        metadata: { plan: 'gold' },
        settings: {},
        ...at,
      });
      await house.store.roles.insert({ tenantId, id: 'rol_1', name: 'admin', ...at });
      await house.store.assignments.addMembers(tenantId, 'org_1', [user.id]);
      await house.store.assignments.addMemberRoles(tenantId, 'org_1', user.id, ['rol_1']);
      const begun = await house.begin();
      const request = { ...begun.login.request, organizationId: 'org_1' };
      const { key } = await house.begin({ request });
      const shown = await house.step(key, { kind: 'submitted', identifier: 'member@example.com', password: PASSWORD });
      expect(state(shown)).toMatchObject({ reason: '[["admin"],"gold",["otp","email"],["guardian"]]' });

      const { email } = await house.user('stranger');
      const other = await house.begin({ request });
      const refused = await house.step(other.key, { kind: 'submitted', identifier: email!, password: PASSWORD });
      expect(state(refused)).toMatchObject({
        name: 'denied',
        code: 'access_denied',
        reason: expect.stringMatching(/^user auth0\|\w+ is not part of the org_1 organization$/),
      });
    });
  });
});
