// The library's scripts that send people away, let them enroll or limit their session, each through a real isolate and a
// real login on both databases.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { generateSync } from 'otplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Shown } from '#runtime/runtime.ts';
import type { JsonObject } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { BINDING, CALLER, type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import { logsOf, offered, state } from './visit.ts';

const SECRET = 'the terms are between us';
const library = (name: string) => readFileSync(new URL(`../../actions/library/${name}.js`, import.meta.url), 'utf8');
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What the page behind the redirect sends back. */
function signed(payload: JsonObject): string {
  const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(payload)}`;
  return `${content}.${createHmac('sha256', SECRET).update(content).digest('base64url')}`;
}

describe.each(databasesInFull())('%s', (_name, open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
    await house.store.roles.insert({
      tenantId: house.tenant.id,
      id: 'rol_a',
      name: 'admin',
      createdAt: 0,
      updatedAt: 0,
    });
  });
  afterAll(() => house.close());

  let people = 0;
  async function signIn(name: string, { has = [], admin }: { has?: ('otp' | 'phone' | 'email')[]; admin?: true } = {}) {
    await house.bind(library(name));
    const [binding] = await house.store.bindings.list(house.tenant.id, 'post-login');
    const action = await house.store.actions.find(house.tenant.id, binding?.actionId ?? '');
    const secret = (key: string, value: string) => ({ name: key, value, updatedAt: 0 });
    const secrets = [secret('TERMS_SECRET', SECRET), secret('TERMS_PAGE', 'https://terms.example/read?from=login')];
    const version = action?.deployedVersionId ?? '';
    await house.store.actionVersions.update(house.tenant.id, version, (current) => ({ ...current, secrets }));
    const who = `leaving-${++people}`;
    const user = await house.user(who, has);
    if (admin) await house.store.assignments.addRoles(house.tenant.id, user.id, ['rol_a']);
    house.clock.advance(60_000);
    const { key } = await house.begin();
    const shown = await house.step(key, { kind: 'submitted', identifier: `${who}@example.com`, password: PASSWORD });
    return { user, shown };
  }

  describe('accept-terms', () => {
    async function away() {
      const { user, shown } = await signIn('accept-terms');
      const resting = state(shown);
      if (resting.name !== 'redirected' || resting.ask.kind !== 'redirect') throw new Error(resting.name);
      const url = new URL(resting.ask.url);
      const [, payload = ''] = (url.searchParams.get('session_token') ?? '').split('.');
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as JsonObject;
      const back = (token: string): Promise<Shown> =>
        house.step(shown.key, {
          kind: 'continued',
          visit: { kind: 'redirect', query: { state: shown.key }, body: { session_token: token } },
        });
      return { user, shown, url, claims, back };
    }
    const answerTo = ({ shown, claims }: Awaited<ReturnType<typeof away>>, more: JsonObject = {}) => ({
      iss: claims.iss ?? '',
      sub: claims.sub ?? '',
      state: shown.key,
      exp: Math.floor(house.clock.at / 1000) + 60,
      accepted: true,
      ...more,
    });

    test('sends a token that says who is there, and goes on when the page says yes', async () => {
      const visit = await away();
      expect(visit.url.href).toMatch(/^https:\/\/terms\.example\/read\?from=login&session_token=/);
      expect(visit.claims).toMatchObject({ sub: visit.user.id, email: visit.user.email, ip: CALLER.ip });
      expect(state(await visit.back(signed(answerTo(visit))))).toMatchObject({ name: 'completed' });
      const user = await house.store.users.find(house.tenant.id, visit.user.id);
      expect(user?.appMetadata.terms_accepted_at).toEqual(expect.any(String));
    });

    test.each<[what: string, more: JsonObject, reason: RegExp]>([
      ['a no', { accepted: false }, /^You need to accept the terms\.$/],
      ['another person', { sub: 'auth0|somebody' }, /^The session token is invalid: /],
      ['another login', { state: 'another' }, /^The session token is invalid: /],
      ['too late', { exp: 1 }, /^The session token is invalid: /],
    ])('%s ends the login', async (_what, more, reason) => {
      const visit = await away();
      const end = state(await visit.back(signed(answerTo(visit, more))));
      expect(end).toMatchObject({ name: 'denied', code: 'access_denied', reason: expect.stringMatching(reason) });
    });

    test('nothing signed ends the login', async () => {
      const visit = await away();
      expect(state(await visit.back('a.b.c'))).toMatchObject({ name: 'denied', code: 'access_denied' });
    });
  });

  describe('enroll-when-missing', () => {
    test('lets somebody without a factor choose one to set up', async () => {
      const { user, shown } = await signIn('enroll-when-missing', { has: ['email'] });
      expect(state(shown)).toMatchObject({ name: 'choosing', to: 'enroll' });
      expect(offered(shown)).toEqual(['otp', 'phone']);
      const begun = await house.step(shown.key, { kind: 'chosen', factor: 'otp' });
      const resting = state(begun);
      if (resting.name !== 'enrolling' || resting.enrollment.factor !== 'otp') throw new Error(resting.name);
      const epoch = Math.floor(house.clock.at / 1000);
      const code = generateSync({ secret: resting.enrollment.secret, epoch });
      const end = await house.step(begun.key, { kind: 'responded', code });
      expect(state(end)).toMatchObject({ name: 'completed' });
      expect(end.login.methods.map(({ name, type }) => [name, type])).toEqual([
        ['pwd', undefined],
        ['mfa', 'otp'],
      ]);
      expect((await logsOf(house, user.id)).map(([type]) => type)).toEqual([
        'gd_start_enroll',
        'gd_enrollment_complete',
        's',
      ]);
    });

    test('asks somebody with a factor for it', async () => {
      const { shown } = await signIn('enroll-when-missing', { has: ['otp', 'email'] });
      expect(state(shown)).toMatchObject({ name: 'choosing', to: 'challenge' });
      expect(offered(shown)).toEqual(['otp', 'email']);
    });
  });

  test('shorter-session: administrators are signed out sooner, others are not', async () => {
    const minute = 60_000;
    for (const [admin, minutes, metadata] of [
      [true, [60, 10], { limited_by: 'role' }],
      [undefined, [7 * 24 * 60, 3 * 24 * 60], undefined],
    ] as const) {
      const { shown } = await signIn('shorter-session', admin ? { admin } : {});
      expect(state(shown)).toMatchObject({ name: 'completed' });
      const finished = await house.runtime.finish(house.tenant, { key: shown.key, binding: BINDING });
      if (finished.outcome !== 'finished') throw new Error(finished.outcome);
      const { expiresAt, idleExpiresAt, metadata: found } = finished.session;
      expect([expiresAt, idleExpiresAt].map((at) => (at - house.clock.at) / minute)).toEqual(minutes);
      expect(found).toEqual(metadata);
    }
  });
});
