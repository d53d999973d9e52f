// The event of post-login in real logins of many kinds: every property that the compatibility table promises is seen,
// there where it should be and nowhere else, of its kind, and as fresh as it should be.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { PASSWORD } from '#test/kit/house.ts';
import { bindTo } from '#test/runtime/triggers/bind-to.ts';
import { ORGANIZATION, PARAMETERS, type Sights, seeLogins } from './event-logins.ts';
import { EVENT_ROWS, KINDS, type Login } from './event-rows.ts';
import { at, eventOf, expectShape, PRINT, present } from './event-sight.ts';
import { geography, IN_LONDON, IN_TOKYO, untrusted } from './places.ts';
import { execute } from './row.ts';
import { FORM, items, type Json, openStage, type Stage } from './stage.ts';

/** The table names it because the contract has it; no assessor of ours says more of a journey than its code. */
const NEVER = ['authentication.riskAssessment.assessments.ImpossibleTravel.details'];
test('every property that the table promises has a row', () => {
  // What stands there while a token is exchanged, or in the JSON flow, is looked at where that is done:
  // test/server/oauth/refresh.test.ts, token-exchange.test.ts, test/runtime/policies/scripts.test.ts.
  const isElsewhere = (path: string) =>
    /^(refresh_token|transaction\.(subject_token_type|actor)|authentication\.interactions)/.test(path);
  const promised = present('post-login').filter((path) => !NEVER.includes(path) && !isElsewhere(path));
  expect(Object.keys(EVENT_ROWS).toSorted()).toEqual(promised.toSorted());
});

describe.each(databasesInFull())('%s', (_name, open) => {
  let stage: Stage;
  let sights: Sights;
  beforeAll(async () => {
    stage = await openStage({ databaseUrl: await open(), ports: { geography, untrusted } });
    sights = await seeLogins(stage);
  });
  afterAll(() => stage.close());
  const seen = (login: Login): Json => sights.events.get(login) ?? {};

  test('each property is there where it should be, and of its kind', () => {
    expect(sights.events.size).toBe(14);
    expectShape(sights.events, EVENT_ROWS, KINDS, ['user.upstream_department', 'session.device.initial_asn']);
    const unseen = Object.keys(EVENT_ROWS).filter(
      (path) => ![...sights.events.values()].some((event) => at(event, path) !== undefined),
    );
    expect(unseen).toEqual([]);
  });

  test('after a pause what is of a row or of the request is new, and the rest is as it was', () => {
    const [before, after] = [seen('before'), seen('after')];
    const isParent = (path: string) => Object.keys(EVENT_ROWS).some((other) => other.startsWith(`${path}.`));
    for (const [path, [, , fresh]] of Object.entries(EVENT_ROWS)) {
      if (isParent(path)) continue;
      const told = { path, fresh, value: at(after, path) };
      if (fresh === 'own') expect(told).toEqual({ path, fresh, value: at(before, path) });
      else expect(told).not.toEqual({ path, fresh, value: at(before, path) });
    }
  });

  test('within a run it stays as it was, but for what shows at once', () => {
    const before = seen('before');
    expect(sights.sameRun).toEqual({
      ...before,
      transaction: { ...before.transaction, metadata: { a: 1 } },
      session: { ...before.session, metadata: { a: '1' }, cookie: { mode: 'non-persistent' } },
    });
    expect(at(seen('after'), 'transaction.metadata')).toEqual({ a: 1 });
    expect(at(seen('after'), 'session.metadata')).toEqual({ a: '1' });
  });

  test('what it says', () => {
    expect(at(seen('bare'), 'authorization.roles')).toEqual([]);
    expect(at(seen('person'), 'authorization.roles')).toEqual(['owner']);
    expect(at(seen('before'), 'authorization.roles')).toEqual(['editor']);
    expect((at(seen('after'), 'authorization.roles') as string[]).toSorted()).toEqual(['editor', 'owner']);
    expect(at(seen('organization'), 'organization')).toEqual({
      id: ORGANIZATION,
      name: 'readers',
      display_name: 'readers',
      metadata: { floor: '2' },
    });
    expect(seen('person').user).toMatchObject({
      user_id: sights.ana.id,
      email: 'ana@example.com',
      username: 'ana',
      upstream_department: 'sales',
      multifactor: ['guardian'],
      enrolledFactors: [{ type: 'otp' }, { type: 'email' }],
      identities: [{ user_id: sights.ana.id.split('|')[1], provider: 'auth0', isSocial: false }],
    });
    expect(seen('bare').user).toMatchObject({
      multifactor: [],
      enrolledFactors: [],
      app_metadata: {},
      user_metadata: {},
    });
    expect(at(seen('after'), 'user.enrolledFactors')).toEqual([{ type: 'otp' }, { type: 'phone' }]);
    const names = (login: Login) => items(seen(login).authentication?.methods).map(({ name, type }) => type ?? name);
    expect([names('bare'), names('silent'), names('before'), names('after')]).toEqual([
      ['pwd'],
      ['pwd'],
      ['pwd'],
      ['pwd', 'otp'],
    ]);
    expect([at(seen('bare'), 'stats.logins_count'), at(seen('person'), 'stats.logins_count')]).toEqual([1, 1]);
    expect(items(seen('linked').user?.identities)).toMatchObject([
      { isSocial: false },
      { provider: 'auth0', profileData: { email: 'hal@example.com', nickname: 'h' } },
    ]);
    expect(seen('asked').transaction).toMatchObject({
      acr_values: ['urn:a', 'urn:b'],
      ui_locales: ['ja', 'en'],
      locale: 'ja',
      login_hint: 'ana@example.com',
      prompt: ['login'],
      protocol: 'oidc-basic-profile',
      requested_authorization_details: [{ type: 'payment', amount: 5 }],
      requested_scopes: ['openid', 'profile', 'email'],
      response_mode: 'query',
      response_type: ['code'],
      state: 'the state',
    });
    // The values of secrets are written down nowhere.
    expect(seen('bare').secrets).toEqual({ KEY: '***' });
  });

  test('the request: of the authorization request, of the way back, and of whoever asks now', () => {
    const host = new URL(stage.door.site).host;
    expect(seen('bare').request).toMatchObject({
      ip: '127.0.0.1',
      method: 'POST',
      body: {},
      geoip: {},
      hostname: host,
    });
    expect(at(seen('asked'), 'request.query')).toMatchObject({ ...PARAMETERS, client_id: 'spa', state: 'the state' });
    expect(at(seen('after'), 'request.query')).toEqual(at(seen('before'), 'request.query'));
    expect(seen('silent').request).toMatchObject({ method: 'GET', query: { prompt: 'none' } });
    const state = expect.stringMatching(/^[\w-]{43}$/);
    expect(seen('back').request).toMatchObject({ method: 'GET', body: {} });
    expect(at(seen('back'), 'request.query')).toEqual({ state, chosen: 'a' });
    expect(seen('posted').request).toMatchObject({ method: 'POST', query: { q: '1' } });
    expect(at(seen('posted'), 'request.body')).toEqual({ state, chosen: 'b' });
    expect(at(seen('form'), 'prompt')).toEqual({ id: FORM, fields: { nick: 'Ian' }, vars: { place: 'here' } });
    expect(seen('before').request).toMatchObject({
      ip: '198.51.100.7',
      asn: '64500',
      language: 'en-GB',
      user_agent: IN_LONDON['user-agent'],
      geoip: { cityName: 'London', countryCode3: 'GBR', subdivisionCode: 'ENG', timeZone: 'Europe/London' },
    });
    expect(seen('after').request).toMatchObject({
      ip: '203.0.113.66',
      asn: '64501',
      language: 'ja',
      user_agent: IN_TOKYO['user-agent'],
      geoip: { cityName: 'Tokyo', countryCode3: 'JPN', continentCode: 'AS' },
    });
    expect(at(seen('after'), 'security_context')).toEqual({
      ja3: IN_TOKYO['x-ja3-fingerprint'],
      ja4: IN_TOKYO['x-ja4-fingerprint'],
    });
    const { device } = seen('again').session ?? {};
    expect(device).toMatchObject({ initial_ip: '198.51.100.7', last_ip: '203.0.113.66', last_asn: '64501' });
  });

  test('what one Action writes into its event the next does not find, and in no event is a password or a code', async () => {
    const scripts = [execute(`event.user.email = 'x'; event.request.ip = 'y'; delete event.client;`), execute(PRINT)];
    await bindTo(stage.door.house, 'post-login', scripts);
    await stage.signIn(stage.visitor(), 'ben');
    const { executions } = await stage.manage('GET', '/actions/executions?take=1');
    const event = eventOf(items(items(executions)[0]?.results)[1]);
    expect(event).toMatchObject({ user: { email: 'ben@example.com' }, request: { ip: '127.0.0.1' }, client: {} });
    const told = JSON.stringify([...sights.events.values(), event]);
    expect(told).not.toContain(PASSWORD);
    expect(told).not.toContain('argon2');
    expect(told).not.toMatch(/"code":"\d/);
  });
});
