// Following an invitation to an organization: whoever signs in or signs up with the invited address is a member when the
// login is over, once; nobody else gets anywhere with the link. Through the whole application, with real scripts.
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OrganizationRecord, UserRecord } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { PASSWORD } from '#test/kit/house.ts';
import type { PlainBrowser } from '#test/kit/plain-browser.ts';
import { lastLine } from '#test/runtime/triggers/bind-to.ts';
import { linksTo } from '../reset/mailed.ts';
import { type FrontDoor, openFrontDoor } from './front-door.ts';

const USED = 'invitation not found or already used';
const OTHER_ADDRESS = 'The invitation is for another e-mail address than that of this account.';

describe.each(databasesInFull())('%s', (_name, open) => {
  let door: FrontDoor;
  let organization: OrganizationRecord;
  let people = 0;
  beforeAll(async () => {
    door = await openFrontDoor({ databaseUrl: await open() });
    const { store, tenant, ports } = door.house;
    const of = { tenantId: tenant.id, createdAt: ports.now(), updatedAt: ports.now() };
    organization = { ...of, id: 'org_shop', name: 'shop', metadata: {}, settings: {} };
    await store.organizations.insert(organization);
    for (const id of ['rol_a', 'rol_b']) await store.roles.insert({ ...of, id, name: `role ${id}` });
  });
  afterAll(() => door.close());
  beforeEach(() => door.house.bind());

  const person = (): Promise<UserRecord> => door.house.user(`p${++people}`);
  const invite = async (
    email: string | undefined,
    more: Partial<Parameters<typeof door.house.runtime.invite>[1]> = {},
  ) => {
    const ticket = await door.house.runtime.invite(door.house.tenant, {
      organization,
      clientId: 'spa',
      loginUri: 'https://app.example/login',
      inviterName: 'Ben',
      email: String(email),
      roleIds: ['rol_a'],
      lifetimeMs: 60_000,
      sendsMail: false,
      ...more,
    });
    const link = new URL(String(ticket.content.link)).searchParams;
    return {
      ticket,
      asked: { invitation: String(link.get('invitation')), organization: String(link.get('organization')) },
    };
  };
  const nameOf = ({ email = '' }: UserRecord) => email.split('@')[0] ?? '';
  const follow = async (user: UserRecord, asked: Record<string, string>, browser: PlainBrowser = door.browser()) =>
    Object.fromEntries(await door.signIn(browser, nameOf(user), asked));
  const isMember = ({ id }: Pick<UserRecord, 'id'>) =>
    door.house.store.assignments.isMember(door.house.tenant.id, organization.id, id);
  const rolesOf = async ({ id }: UserRecord) =>
    (await door.house.store.assignments.rolesOf(door.house.tenant.id, id, organization.id)).map((role) => role.id);
  const isOpen = async (id: string) => (await door.house.store.tickets.find(door.house.tenant.id, id)) !== undefined;

  test('who forgot the password of the account that is invited gets a link that leads to a new one', async () => {
    const user = await person();
    const { asked } = await invite(user.email);
    const browser = door.browser();
    const login = await browser.open(door.authorizeUrl(asked));
    const state = String(login.url.searchParams.get('state'));
    const page = await browser.open(`/u/reset-password/request?state=${state}`);
    await browser.post(page, { email: String(user.email), action: 'default' });
    const [link] = await linksTo(door, String(user.email));
    expect((await door.browser().open(String(link))).url.pathname).toBe('/u/reset-password');
  });

  test('whoever signs in with the invited address is a member afterwards, with what was promised', async () => {
    const ana = await person();
    const { ticket, asked } = await invite(ana.email, {
      roleIds: ['rol_a', 'rol_b', 'rol_gone'],
      appMetadata: { plan: 'gold' },
      userMetadata: { theme: 'dark' },
    });
    const said = await follow(ana, asked);
    const { body } = await door.exchange(String(said.code));
    expect(decodeJwt(String(body.id_token))).toMatchObject({ sub: ana.id, org_id: 'org_shop' });
    expect([await isMember(ana), (await rolesOf(ana)).toSorted(), await isOpen(ticket.id)]).toEqual([
      true,
      ['rol_a', 'rol_b'],
      false,
    ]);
    expect(await door.house.store.users.find(door.house.tenant.id, ana.id)).toMatchObject({
      appMetadata: { plan: 'gold' },
      userMetadata: { theme: 'dark' },
    });
    expect(await lastLine(door.house, 'sui')).toMatchObject({
      userId: ana.id,
      organizationId: 'org_shop',
      details: { invitation: { id: ticket.id } },
    });
  });

  test('whoever signs up with it too', async () => {
    const email = 'newcomer@example.com';
    const { asked } = await invite(email);
    const browser = door.browser();
    const page = await browser.open(door.authorizeUrl(asked));
    expect(page.html).toContain(`value="${email}"`);
    const form = await browser.open(`/u/signup?state=${page.url.searchParams.get('state')}`);
    const end = await browser.post(form, { email: email.toUpperCase(), password: PASSWORD, action: 'default' });
    expect(end.url.searchParams.get('code')).toBeTruthy();
    const user = await door.house.store.users.findByIdentifier(
      door.house.tenant.id,
      'Username-Password-Authentication',
      email,
    );
    expect(await isMember(user!)).toBe(true);
  });

  test('scripts are told of the organization and of the roles to come, and what they deny joins nobody', async () => {
    const ana = await person();
    await door.house.bind(`exports.onExecutePostLogin = async (event, api) => {
      api.access.deny([event.organization.name, ...event.authorization.roles, event.request.query.invitation].join());
    };`);
    const { ticket, asked } = await invite(ana.email);
    expect(await follow(ana, asked)).toMatchObject({
      error: 'access_denied',
      // The ticket of the link is not for scripts.
      error_description: 'shop,role rol_a,',
    });
    expect([await isMember(ana), await isOpen(ticket.id)]).toEqual([false, true]);
  });

  test('a session of the invited is enough, one of somebody else is not used', async () => {
    const [ana, bob] = [await person(), await person()];
    const browser = door.browser();
    await follow(ana, {}, browser);
    const first = await invite(ana.email);
    expect((await browser.open(door.authorizeUrl(first.asked))).url.searchParams.get('code')).toBeTruthy();
    expect(await isMember(ana)).toBe(true);

    const second = await invite(bob.email);
    const silent = await browser.open(door.authorizeUrl({ ...second.asked, prompt: 'none' }));
    expect(silent.url.searchParams.get('error')).toBe('login_required');
    expect(await follow(bob, second.asked, browser)).toMatchObject({ code: expect.any(String) });
    expect(await isMember(bob)).toBe(true);
  });

  describe('nobody else', () => {
    test('by another address', async () => {
      const [ana, thief] = [await person(), await person()];
      const { ticket, asked } = await invite(ana.email);
      expect(await follow(thief, asked)).toMatchObject({ error: 'access_denied', error_description: OTHER_ADDRESS });
      expect([await isMember(thief), await isOpen(ticket.id)]).toEqual([false, true]);
      expect(await lastLine(door.house, 'fui')).toMatchObject({ userId: thief.id, description: OTHER_ADDRESS });
      expect(await follow(ana, asked)).toMatchObject({ code: expect.any(String) });
    });

    test('by an account without an address', async () => {
      const { store, tenant } = door.house;
      const user = await door.house.user('bare', [], { username: 'bare' });
      await store.users.update(tenant.id, user.id, ({ email: _email, ...rest }) => rest);
      const { asked } = await invite('someone@example.com');
      const browser = door.browser();
      const page = await browser.open(door.authorizeUrl(asked));
      const end = await browser.post(page, { username: 'bare', password: PASSWORD, action: 'default' });
      expect(end.url.searchParams.get('error_description')).toBe(OTHER_ADDRESS);
    });

    test('by another connection than the one that was named', async () => {
      const ana = await person();
      const { store, tenant } = door.house;
      const own = await store.connections.findByKey(tenant.id, ana.connection);
      await store.connections.insert({ ...own!, id: 'con_other', name: 'other', enabledClients: ['spa'] });
      const { asked } = await invite(ana.email, { connectionId: 'con_other' });
      const browser = door.browser();
      // A session of the right address, and of the wrong connection.
      await follow(ana, {}, browser);
      const end = await browser.open(door.authorizeUrl(asked));
      expect(end.url.searchParams.get('error_description')).toBe(
        'The invitation is for another connection than that of this account.',
      );
      // Who signs in is looked for in the other connection, where they are unknown.
      const page = await door.browser().open(door.authorizeUrl({ ...asked, prompt: 'login' }));
      expect(page.status).toBe(200);
      expect((await follow(ana, { ...asked, prompt: 'login' })).code).toBeUndefined();
      expect(await isMember(ana)).toBe(false);
    });

    test('a member by somebody else’s leaves it open and joins nothing', async () => {
      const [member, ana] = [await person(), await person()];
      await door.house.store.assignments.addMembers(door.house.tenant.id, organization.id, [member.id]);
      const { ticket, asked } = await invite(ana.email);
      expect(await follow(member, asked)).toMatchObject({ code: expect.any(String) });
      expect([await rolesOf(member), await isOpen(ticket.id)]).toEqual([[], true]);
    });
  });

  describe('once', () => {
    const answered = async (asked: Record<string, string | undefined>) => {
      const page = await door.browser().open(door.authorizeUrl(asked));
      return page.url.searchParams.get('error_description');
    };

    test('and not again', async () => {
      const ana = await person();
      const { asked } = await invite(ana.email);
      await follow(ana, asked);
      expect(await answered(asked)).toBe(USED);
    });

    test('not when it is over, taken back, of another organization, without one, or made up', async () => {
      const ana = await person();
      const { ticket, asked } = await invite(ana.email);
      const { store, tenant, clock, ports } = door.house;
      await store.organizations.insert({ ...organization, id: 'org_other', name: 'other' });
      expect(await answered({ ...asked, organization: 'org_other' })).toBe(USED);
      expect(await answered({ ...asked, organization: undefined })).toBe('Missing required parameter: organization');
      expect(await answered({ ...asked, invitation: 'A'.repeat(32) })).toBe(USED);
      await store.commit([{ kind: 'ticket.take', tenantId: tenant.id, id: ticket.id, now: ports.now() }]);
      expect(await answered(asked)).toBe(USED);
      const short = await invite(ana.email);
      clock.advance(60_000);
      expect(await answered(short.asked)).toBe(USED);
    });

    test('of logins at once that are under way one joins; taken back meanwhile it joins nobody', async () => {
      const { store, tenant, ports } = door.house;
      const ana = await person();
      const { ticket, asked } = await invite(ana.email, { roleIds: ['rol_b'] });
      const browsers = [door.browser(), door.browser(), door.browser()];
      const pages = await Promise.all(browsers.map((browser) => browser.open(door.authorizeUrl(asked))));
      const fields = { username: String(ana.email), password: PASSWORD, action: 'default' };
      const ends = await Promise.all(pages.map((page, i) => browsers[i]!.post(page, fields)));
      // Whoever comes second finds the invitation used, and is a member by then.
      expect(ends.map(({ url }) => url.searchParams.has('code'))).toEqual([true, true, true]);
      expect([await rolesOf(ana), await isOpen(ticket.id)]).toEqual([['rol_b'], false]);

      const bob = await person();
      const late = await invite(bob.email);
      const browser = door.browser();
      const page = await browser.open(door.authorizeUrl(late.asked));
      await store.commit([{ kind: 'ticket.take', tenantId: tenant.id, id: late.ticket.id, now: ports.now() }]);
      const end = await browser.post(page, { ...fields, username: String(bob.email) });
      expect(end.url.searchParams.get('error_description')).toBe(USED);
      expect(await isMember(bob)).toBe(false);
    });
  });

  test('the key is in no log and no execution', async () => {
    const ana = await person();
    await door.house.bind('exports.onExecutePostLogin = async (event) => { console.log(JSON.stringify(event)); };');
    const { asked } = await invite(ana.email);
    await follow(ana, asked);
    const { store, tenant } = door.house;
    const kept = [
      await store.logs.list(tenant.id, { order: 'oldest', page: { offset: 0, limit: 1000 } }),
      await store.executions.list(tenant.id, { limit: 100 }),
    ];
    expect(JSON.stringify(kept)).toContain(ana.id);
    expect(JSON.stringify(kept)).not.toContain(asked.invitation);
  });
});
