// Logins that are handed over to another account, on real cells and both databases: whose factors are asked, whose
// metadata is written, whose session is left (actions-api, section 2).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linkAccounts } from '#runtime/lifecycle/account-links.ts';
import type { UserRecord } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { type House, openHouse } from '#test/kit/house.ts';
import { comeBack, journey, logsOf, script, sessionOf, signInAgain, state, totp } from './visit.ts';

const SWITCH = `api.authentication.setPrimaryUser(event.user.app_metadata.primary ?? event.user.user_id);`;
const OTP = `api.authentication.challengeWith({ type: 'otp' });`;
const SEEN = script(`api.idToken.setCustomClaim('https://x/seen', {
  id: event.user.user_id,
  methods: event.authentication.methods.map((m) => m.type ?? m.name),
  factors: event.user.enrolledFactors.map((f) => f.type),
  roles: event.authorization.roles,
  identities: event.user.identities.map((i) => i.user_id),
});`);

describe.each(databasesInFull())('%s', (_name, open) => {
  let house: House;
  let count = 0;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
    await house.store.roles.insert({
      tenantId: house.tenant.id,
      id: 'rol_1',
      name: 'owner',
      createdAt: 0,
      updatedAt: 0,
    });
  });
  afterAll(() => house.close());

  type Has = ('otp' | 'phone' | 'email')[];
  /** Two accounts of one person; who signs in is the second, and scripts find the first in its metadata. */
  const twins = async (hasPrimary: Has = [], hasSecondary: Has = []) => {
    count++;
    const primary = await house.user(`primary-${count}`, hasPrimary);
    const secondary = await house.user(`secondary-${count}`, hasSecondary, { appMetadata: { primary: primary.id } });
    return { primary, secondary };
  };
  const link = async ({ primary, secondary }: { primary: UserRecord; secondary: UserRecord }) => {
    const linked = await linkAccounts(house.ports, house.tenant.id, {
      primaryId: primary.id,
      secondaryId: secondary.id,
    });
    if (!linked.linked) throw new Error(linked.reason);
  };
  /** The second signs in and is linked to the first before these scripts run, as a script of the login would do it. */
  const signInAndLink = async (both: { primary: UserRecord; secondary: UserRecord }, ...scripts: string[]) => {
    await house.bind(journey(`api.redirect.sendUserTo('https://link.example/');`, ''), ...scripts);
    const shown = await signInAgain(house, both.secondary.email ?? '');
    await link(both);
    return comeBack(house, shown);
  };
  const appMetadataOf = async ({ id }: UserRecord) => (await house.store.users.find(house.tenant.id, id))?.appMetadata;

  describe('setPrimaryUser', () => {
    test("later Actions see the other account, and the session is that one's", async () => {
      const both = await twins(['otp']);
      const { primary, secondary } = both;
      await house.store.assignments.addRoles(house.tenant.id, primary.id, ['rol_1']);
      const done = await signInAndLink(both, script(SWITCH), SEEN);
      expect(state(done).name).toBe('completed');
      expect(done.login.outcome.idTokenClaims).toMatchObject({
        'https://x/seen': { id: primary.id, methods: ['pwd'], factors: ['otp'], roles: ['owner'] },
      });
      expect(JSON.stringify(done.login.outcome.idTokenClaims)).toContain(secondary.id.replace('auth0|', ''));
      expect((await sessionOf(house, done)).userId).toBe(primary.id);
    });

    test('factors of the other account are asked, in the same Action too', async () => {
      const shown = await signInAndLink(await twins(['otp']), script(SWITCH + OTP));
      expect(state(shown).name).toBe('challenging');
      expect(state(await house.step(shown.key, { kind: 'responded', code: totp(house) })).name).toBe('completed');
    });

    test("what the former account's app proved meets no ask of the other", async () => {
      const first = await signInAndLink(await twins(['otp'], ['otp']), script(OTP), script(SWITCH), script(OTP));
      const code = totp(house);
      const second = await house.step(first.key, { kind: 'responded', code });
      expect(state(second)).toMatchObject({ name: 'challenging', ask: { askedBy: { name: 'action-4' } } });
      // Each account has an app of its own, here with the same key: the code is not spent yet for the other.
      expect(state(await house.step(second.key, { kind: 'responded', code })).name).toBe('completed');
    });

    test("the tenant's policy asks the other account", async () => {
      await house.editTenant((tenant) => ({ ...tenant, policies: ['all-applications'] }));
      const first = await signInAndLink(await twins(['phone'], ['otp']), script(OTP), script(SWITCH));
      const second = await house.step(first.key, { kind: 'responded', code: totp(house) });
      await house.editTenant((tenant) => ({ ...tenant, policies: [] }));
      expect(state(second)).toMatchObject({
        name: 'challenging',
        ask: { kind: 'challenge-or-enroll' },
        offers: [{ factor: 'phone' }],
      });
    });

    test("metadata: earlier Actions' goes to the former account, the same Action's is lost, later ones' to the other", async () => {
      const both = await twins();
      const set = (key: string) => `api.user.setAppMetadata('${key}', 1);`;
      const done = await signInAndLink(
        both,
        script(set('earlier')),
        script(set('same') + SWITCH),
        script(set('later')),
      );
      expect(state(done).name).toBe('completed');
      expect(await appMetadataOf(both.secondary)).toEqual({ primary: both.primary.id, earlier: 1 });
      expect(await appMetadataOf(both.primary)).toEqual({ later: 1 });
    });

    test.each([
      ['twice in one Action', [SWITCH + SWITCH]],
      ['twice in two Actions', [SWITCH, `api.authentication.setPrimaryUser('auth0|whoever');`]],
    ])('%s ends the login', async (_how, bodies) => {
      const over = await signInAndLink(await twins(), ...bodies.map(script));
      const reason = 'The primary user can only be altered once per transaction';
      expect(state(over)).toEqual({ name: 'denied', code: 'access_denied', reason });
    });

    test('to the account that signed in changes nothing', async () => {
      const { secondary } = await twins();
      await house.bind(script(`api.authentication.setPrimaryUser(event.user.user_id);`));
      const done = await signInAgain(house, secondary.email ?? '');
      expect((await sessionOf(house, done)).userId).toBe(secondary.id);
    });

    test.each([
      ['that is not linked', SWITCH],
      ['that does not exist', `api.authentication.setPrimaryUser('auth0|nobody');`],
    ])('to an account %s ends the login, and nothing of it is kept', async (_how, body) => {
      const { primary, secondary } = await twins();
      await house.bind(script(`api.user.setAppMetadata('earlier', 1);`), script(body));
      const reason = expect.stringContaining('linked identity');
      expect(state(await signInAgain(house, secondary.email ?? ''))).toMatchObject({
        name: 'denied',
        code: 'access_denied',
        reason,
      });
      expect(await appMetadataOf(secondary)).toEqual({ primary: primary.id });
      expect((await logsOf(house, secondary.id)).map(([type]) => type)).toContain('f');
    });

    test('to a blocked account ends the login', async () => {
      const both = await twins();
      await house.store.users.update(house.tenant.id, both.primary.id, (row) => ({ ...row, blocked: true }));
      expect(state(await signInAndLink(both, script(SWITCH)))).toMatchObject({ name: 'denied', code: 'unauthorized' });
    });

    test('and denied at once: the other account is given nothing', async () => {
      const both = await twins();
      const last = `${SWITCH} api.user.setAppMetadata('same', 1); api.access.deny('No.');`;
      const over = await signInAndLink(both, script(`api.user.setAppMetadata('earlier', 1);`), script(last));
      expect(state(over)).toMatchObject({ name: 'denied', reason: 'No.' });
      expect(await appMetadataOf(both.primary)).toEqual({});
      expect(await appMetadataOf(both.secondary)).toEqual({ primary: both.primary.id, earlier: 1 });
    });

    test('in a login by a session, which the linking ended, the login ends too', async () => {
      const both = await twins();
      await house.bind(script(''));
      const session = await sessionOf(house, await signInAgain(house, both.secondary.email ?? ''));
      await house.bind(journey(`api.redirect.sendUserTo('https://link.example/');`, SWITCH));
      const shown = await house.begin({ session });
      await link(both);
      expect(state(await comeBack(house, shown))).toMatchObject({ name: 'denied', code: 'access_denied' });
    });
  });

  test('whoever signs in with a linked account is the one it is linked to', async () => {
    const both = await twins();
    await link(both);
    await house.bind(SEEN);
    const done = await signInAgain(house, both.secondary.email ?? '');
    expect(done.login.outcome.idTokenClaims).toMatchObject({ 'https://x/seen': { id: both.primary.id } });
  });
});
