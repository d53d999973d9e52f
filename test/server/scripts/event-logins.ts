// Test: the logins in which the event of post-login is looked at, from the barest to one with everything.
import { expect } from 'vitest';
import type { UserRecord } from '#storage/records.ts';
import { PASSWORD } from '#test/kit/house.ts';
import type { Page, PlainBrowser } from '#test/kit/plain-browser.ts';
import { bindTo } from '#test/runtime/triggers/bind-to.ts';
import type { Login } from './event-rows.ts';
import { at, eventOf, PRINT } from './event-sight.ts';
import { IN_LONDON, IN_TOKYO } from './places.ts';
import { execute } from './row.ts';
import { answerOf, FORM, items, type Json, ROLES, type Stage } from './stage.ts';

const SECRETS = { KEY: 'a secret that is long enough' };
export const ORGANIZATION = 'org_readers';
export const PARAMETERS = {
  login_hint: 'ana@example.com',
  prompt: 'login',
  acr_values: 'urn:a urn:b',
  ui_locales: 'ja en',
  correlation_id: 'corr-1',
  linking_id: 'link-1',
  authorization_details: JSON.stringify([{ type: 'payment', amount: 5 }]),
};
const PERSON: Partial<UserRecord> = {
  username: 'ana',
  phoneNumber: '+447700900123',
  phoneVerified: true,
  nickname: 'an',
  givenName: 'Ana',
  familyName: 'Bee',
  picture: 'https://p.example/a.png',
  passwordChangedAt: Date.UTC(2026, 0, 2),
  userMetadata: { theme: 'dark' },
  appMetadata: { plan: 'gold' },
  // An upstream never speaks under our own names.
  attributes: { upstream_department: 'sales', email: 'forged@example.com', username: 'forged' },
};

/** `sameRun`: what the Action of `before` found in its event after all it had commanded. */
export type Sights = { events: Map<Login, Json>; sameRun: Json; ana: UserRecord };

export async function seeLogins(stage: Stage): Promise<Sights> {
  const events = new Map<Login, Json>();
  let sameRun: Json = {};
  const bind = (...scripts: string[]) => bindTo(stage.door.house, 'post-login', scripts, SECRETS);
  /** The runs of the newest execution. */
  const runs = async (): Promise<Json[]> => {
    const { executions } = await stage.manage('GET', '/actions/executions?take=1');
    return items(items(executions)[0]?.results);
  };
  const expectDone = (page: Page) => expect(answerOf(page)).toEqual({ error: null, description: null, code: true });
  const later = () => stage.door.house.clock.advance(60_000);

  /** Signs in with a script that prints its event. */
  async function see(login: Login, browser: PlainBrowser, who: string, more = {}): Promise<void> {
    later();
    expectDone(await stage.signIn(browser, who, more));
    events.set(login, eventOf((await runs())[0]));
  }

  async function memberOf(name: string): Promise<UserRecord> {
    const user = await stage.person(name);
    await stage.door.house.store.assignments.addMembers(stage.door.house.tenant.id, ORGANIZATION, [user.id]);
    return user;
  }

  /** Somebody with a username and nothing else. */
  async function bareLogins(): Promise<void> {
    const { store, tenant } = stage.door.house;
    const { id } = await stage.person('bare', [], { username: 'nobody' });
    await store.users.update(tenant.id, id, ({ email: _email, name: _name, ...rest }) => rest);
    const browser = stage.visitor();
    const page = await browser.open(stage.door.authorizeUrl({ state: undefined }));
    expectDone(await browser.post(page, { username: 'nobody', password: PASSWORD, action: 'default' }));
    events.set('bare', eventOf((await runs())[0]));
    await see('silent', browser, '', { prompt: 'none' });
  }

  async function linkedLogin(): Promise<void> {
    const primary = await stage.person('gus');
    const secondary = await stage.person('hal', [], { nickname: 'h' });
    const [provider, id] = secondary.id.split('|');
    await stage.manage('POST', `/users/${encodeURIComponent(primary.id)}/identities`, { provider, user_id: id });
    await see('linked', stage.visitor(), 'hal');
    expect(at(events.get('linked') ?? {}, 'user.user_id')).toBe(primary.id);
  }

  /** Back by a link, by a form of another site, and from a form of ours; the browser is known by then. */
  async function pausedLogins(): Promise<void> {
    const { name = '' } = await stage.person('ian');
    const browser = stage.visitor();
    await bind();
    await stage.signIn(browser, name);
    await bind(execute(`api.redirect.sendUserTo('https://a.example/');`, PRINT));
    for (const login of ['back', 'posted'] as const) {
      later();
      const away = await stage.signIn(browser, name, { extra: 'kept' });
      const state = away.url.searchParams.get('state') ?? '';
      const form = login === 'posted' ? { state, chosen: 'b' } : undefined;
      expectDone(await browser.open(form ? '/continue?q=1' : `/continue?state=${state}&chosen=a`, form));
      events.set(login, eventOf((await runs())[0]));
    }
    await bind(execute(`api.prompt.render('${FORM}', { vars: { place: 'here' } });`, PRINT));
    later();
    const page = await stage.signIn(browser, name);
    expectDone(await browser.post(page, { nick: 'Ian', action: 'default' }));
    events.set('form', eventOf((await runs())[0]));
  }

  /** Action 1 prints, asks for a factor; while its person looks for it, everything changes; Action 2 prints. */
  async function loginWithEverything(ana: UserRecord): Promise<void> {
    const { store, tenant, clock } = stage.door.house;
    const asks = `api.transaction.setMetadata('a', 1); api.session.setMetadata('a', '1');
      api.session.setCookieMode('non-persistent'); api.authentication.challengeWith({ type: 'otp' });
      api.user.setAppMetadata('pending', 1); api.user.setUserMetadata('pending', 1);`;
    const browser = stage.visitor({ ...IN_LONDON });
    await bind();
    await stage.signIn(browser, 'ana');
    // The browser is known; the session that it had is over.
    browser.cookies.delete('sallyport_session');
    await bind(execute(`${PRINT} ${asks} ${PRINT}`), execute(PRINT));
    later();
    const more = { ...PARAMETERS, audience: 'https://api.example/', organization: ORGANIZATION };
    const page = await stage.signIn(browser, 'ana', more);
    const [first] = await runs();
    events.set('before', eventOf(first));
    sameRun = eventOf(first, 1);

    clock.advance(120_000);
    browser.headers = { ...IN_TOKYO };
    const { records } = await store.connections.list(tenant.id);
    const metadata = { changed: 'yes' };
    for (const { id } of records) await store.connections.update(tenant.id, id, (row) => ({ ...row, metadata }));
    await stage.manage('PATCH', '/clients/spa', { name: 'Renamed', client_metadata: metadata });
    await stage.manage('PATCH', `/organizations/${ORGANIZATION}`, { display_name: 'Renamed', metadata });
    await store.assignments.addMemberRoles(tenant.id, ORGANIZATION, ana.id, [ROLES.owner]);
    await store.users.update(tenant.id, ana.id, (user) => ({
      ...user,
      email: 'ana2@example.com',
      emailVerified: false,
      username: 'ana2',
      phoneNumber: '+447700900124',
      phoneVerified: false,
      name: 'Ana 2',
      nickname: 'an2',
      givenName: 'Ana 2',
      familyName: 'Bee 2',
      picture: 'https://p.example/2.png',
      passwordChangedAt: clock.at,
      userMetadata: { theme: 'light' },
      appMetadata: { plan: 'silver' },
      identities: [...user.identities, { connection: 'up', provider: 'oidc', userId: 'x', isSocial: false }],
      updatedAt: clock.at,
    }));
    const phone = { tenantId: tenant.id, userId: ana.id, confirmed: true, createdAt: clock.at, id: 'dev_phone' };
    await store.authenticators.insert({ ...phone, type: 'phone', phoneNumber: '+447700900124' });
    expectDone(await browser.post(page, { code: stage.totp(), action: 'default' }));
    events.set('after', eventOf((await runs())[0]));
  }

  const { house } = stage.door;
  const { store, tenant } = house;
  const made = { tenantId: tenant.id, createdAt: house.clock.at, updatedAt: house.clock.at };
  await store.organizations.insert({
    ...made,
    id: ORGANIZATION,
    name: 'readers',
    metadata: { floor: '2' },
    settings: {},
  });
  const ana = await stage.person('ana', ['otp', 'email'], PERSON);
  const ben = await stage.person('ben');
  for (const { id } of [ana, ben]) await store.assignments.addMembers(tenant.id, ORGANIZATION, [id]);
  await store.assignments.addRoles(tenant.id, ana.id, [ROLES.owner]);
  await store.assignments.addMemberRoles(tenant.id, ORGANIZATION, ana.id, [ROLES.editor]);

  await bind(execute(PRINT));
  await bareLogins();
  await see('asked', stage.visitor(), 'ben', PARAMETERS);
  await see('audience', stage.visitor(), (await stage.person('dan')).name ?? '', {
    audience: 'https://api.example/',
  });
  await see('organization', stage.visitor(), (await memberOf('eva')).name ?? '', { organization: ORGANIZATION });
  const proxied = stage.visitor({ ...IN_LONDON });
  const { name: fay = '' } = await stage.person('fay');
  await see('proxied', proxied, fay);
  proxied.headers = { ...IN_TOKYO };
  await see('again', proxied, fay);
  await see('person', stage.visitor(), 'ana');
  await linkedLogin();
  await pausedLogins();
  await loginWithEverything(ana);
  return { events, sameRun, ana };
}
