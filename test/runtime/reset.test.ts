// Somebody sets a new password: when the way is clear, what is taken, and what ends with the old one.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readResetLink, resetTicket } from '#runtime/reset-ticket.ts';
import type { Shown } from '#runtime/runtime.ts';
import type { ConnectionRecord, UserRecord } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { BINDING, type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import { asked, byPassword, byRefresh, keepToken, tokenNow } from './at-a-client.ts';
import { bindTo } from './triggers/bind-to.ts';
import { ANY, logsOf, sessionOf, signInAgain, state, totp } from './visit.ts';

const RENEWED = 'another horse, another battery';
const BARE = 'exports.onExecutePostChallenge = async (event, api) => {';

describe.each(databasesInFull())('%s', (_name, open) => {
  let house: House;
  let connection: ConnectionRecord;
  let people = 0;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
    const found = await house.store.connections.findByKey(house.tenant.id, 'Username-Password-Authentication');
    if (!found) throw new Error('no connection');
    connection = found;
  });
  afterAll(() => house.close());

  const somebody = () => house.user(`renewing-${++people}`, ['otp']);
  /** The link that was mailed is opened in this browser. */
  const openLink = ({ id: userId }: UserRecord): Promise<Shown> => {
    const { id: connectionId, name, strategy } = connection;
    return house.begin({
      purpose: 'password-reset',
      request: asked(house, { reply: { by: 'page' }, protocol: 'oidc-basic-profile', scope: [], body: {} }),
      person: { subject: { kind: 'user', userId, connectionId, connection: name, strategy }, methods: [] },
    });
  };
  const renew = (shown: Shown, password = RENEWED) => house.step(shown.key, { kind: 'renewed', password });
  const through = async (email: string, password: string) => {
    const shown = await byPassword(house, email, { password });
    return shown.login.state.name === 'completed';
  };

  test('is over when the password is set: no session, nothing to fetch, and the new one opens', async () => {
    const user = await somebody();
    const shown = await openLink(user);
    expect(state(shown)).toEqual({ name: 'resetting' });
    const done = await renew(shown);
    expect(state(done)).toEqual({ name: 'completed', taken: true });
    const finished = await house.runtime.finish(house.tenant, { key: done.key, binding: BINDING });
    expect(finished.outcome).toBe('elsewhere');
    expect((await house.store.sessions.ofUser(house.tenant.id, user.id, { offset: 0, limit: 5 })).total).toBe(0);
    expect(await logsOf(house, user.id)).toContainEqual(['scp', 'Password changed']);
    expect(await through(user.email!, PASSWORD)).toBe(false);
    expect(await through(user.email!, RENEWED)).toBe(true);
  });

  test('ends all that the person had open, but its own page', async () => {
    const user = await somebody();
    const email = user.email!;
    const token = await keepToken(house, await byPassword(house, email));
    const session = await sessionOf(house, await signInAgain(house, email));
    await house.bind(ANY);
    const waiting = await signInAgain(house, email);
    await house.bind();
    const otherLink = await openLink(user);
    const done = await renew(await openLink(user));

    expect(await tokenNow(house, token)).toBeUndefined();
    expect(state(await byRefresh(house, token))).toMatchObject({ name: 'denied', code: 'invalid_grant' });
    expect(await house.store.sessions.find(house.tenant.id, session.id)).toBeUndefined();
    expect((await house.submit(waiting.key, { kind: 'responded', code: totp(house) })).outcome).toBe('nothing');
    expect((await house.submit(otherLink.key, { kind: 'renewed', password: 'yet another one' })).outcome).toBe(
      'nothing',
    );
    const read = await house.runtime.read(house.tenant, { key: done.key, binding: BINDING });
    expect(read).toMatchObject({ found: 'present', shown: { login: { state: { name: 'completed' } } } });
    expect(await through(email, RENEWED)).toBe(true);
  });

  test('of two pages that set one at once, one does', async () => {
    const user = await somebody();
    const pages = [await openLink(user), await openLink(user)];
    const all = await Promise.all(
      pages.map(({ key }, index) => house.submit(key, { kind: 'renewed', password: `${RENEWED} ${index}` })),
    );
    const done = all.map((each) => each.outcome === 'moved' && state(each.shown).name === 'completed');
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(await through(user.email!, `${RENEWED} ${done.indexOf(true)}`)).toBe(true);
  });

  test.each([
    ['one link', 1],
    ['links of their own', 4],
  ])('of four pages of %s that set one at once, one does, and no link is left', async (_name, links) => {
    const user = await somebody();
    const { tenant, store, ports } = house;
    const made = Array.from({ length: links }, () =>
      resetTicket(ports, tenant, { user, connection, verifiesEmail: true }),
    );
    for (const { changes } of made) expect((await store.commit(changes)).ok).toBe(true);
    const keys = made.map(({ link }) => new URL(link).searchParams.get('ticket') ?? '');
    const pages: Shown[] = [];
    for (let page = 0; page < 4; page++) {
      const link = await readResetLink(ports, tenant.id, keys[page % links] ?? '');
      if (!link) throw new Error('the link does not open');
      const { person, ticketId } = link;
      const request = asked(house, { reply: { by: 'page', ticketId }, scope: [], body: {} });
      pages.push(await house.begin({ purpose: 'password-reset', request, person }));
    }
    const all = await Promise.all(
      pages.map(({ key }, index) => house.submit(key, { kind: 'renewed', password: `${RENEWED} ${index}` })),
    );
    const done = all.map((each) => each.outcome === 'moved' && state(each.shown).name === 'completed');
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(await through(user.email!, `${RENEWED} ${done.indexOf(true)}`)).toBe(true);
    for (const key of keys) expect(await readResetLink(ports, tenant.id, key)).toBeUndefined();
    expect((await store.users.find(tenant.id, user.id))?.emailVerified).toBe(true);
  });

  test.each<[string, string]>([
    ['a weak one', 'a'],
    ['an endless one', 'aB3$'.repeat(257)],
  ])('%s is refused, and the old one stays', async (_name, password) => {
    const user = await somebody();
    const shown = await openLink(user);
    const refused = await renew(shown, password);
    expect(refused).toMatchObject({ notice: { key: 'password-too-weak' }, key: shown.key });
    expect(state(refused)).toEqual({ name: 'resetting' });
    expect(await through(user.email!, PASSWORD)).toBe(true);
  });

  test('owes nothing to the policy of logins; a script asks for a factor where it is wanted', async () => {
    await house.editTenant((tenant) => ({ ...tenant, policies: ['all-applications'] }));
    const user = await somebody();
    expect(state(await openLink(user))).toEqual({ name: 'resetting' });
    await bindTo(house, 'password-reset-post-challenge', [
      `${BARE} api.authentication.challengeWith({ type: 'otp' }); };`,
    ]);
    house.clock.advance(60_000);
    const shown = await openLink(user);
    expect(state(shown).name).toBe('challenging');
    // Not before the factor is shown.
    expect((await house.submit(shown.key, { kind: 'renewed', password: RENEWED })).outcome).toBe('elsewhere');
    const cleared = await house.step(shown.key, { kind: 'responded', code: totp(house) });
    expect(state(cleared)).toEqual({ name: 'resetting' });
    expect(state(await renew(cleared))).toEqual({ name: 'completed', taken: true });
    await bindTo(house, 'password-reset-post-challenge', []);
    await house.editTenant((tenant) => ({ ...tenant, policies: [] }));
  });

  test('runs no script of logins', async () => {
    await house.bind(`exports.onExecutePostLogin = async (event, api) => { api.access.deny('Not a login.'); };`);
    expect(state(await openLink(await somebody()))).toEqual({ name: 'resetting' });
    await house.bind();
  });

  test('is denied to who is blocked meanwhile', async () => {
    const user = await somebody();
    const shown = await openLink(user);
    await house.store.users.update(house.tenant.id, user.id, (current) => ({ ...current, blocked: true }));
    expect(state(await renew(shown))).toMatchObject({ name: 'denied', code: 'unauthorized' });
  });

  test('an administrator’s link knows no application', async () => {
    const user = await somebody();
    const { id: connectionId, name, strategy } = connection;
    const shown = await house.begin({
      purpose: 'password-reset',
      request: asked(house, { clientId: '', reply: { by: 'page' }, scope: [], body: {} }),
      person: { subject: { kind: 'user', userId: user.id, connectionId, connection: name, strategy }, methods: [] },
    });
    expect(state(shown)).toEqual({ name: 'resetting' });
  });
});
