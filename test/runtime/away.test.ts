// People whom scripts send away and who come back, on real cells and both databases (actions-api, sections 2 and 2.12).
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { type House, openHouse } from '#test/kit/house.ts';
import { answer, comeBack, journey, logsOf, newTotp, PHONE, script, sessionOf, signIn, state, totp } from './visit.ts';

const LEAVE = `api.redirect.sendUserTo('https://away.example/step', { query: { from: 'us' } });`;
const note = (name: string) => `api.idToken.setCustomClaim('https://x/${name}', true);`;

describe.each(databasesInFull())('%s', (_name, open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
    await house.store.forms.insert({
      tenantId: house.tenant.id,
      id: 'ap_form',
      name: 'Terms',
      definition: {},
      createdAt: 0,
      updatedAt: 0,
    });
  });
  afterAll(() => house.close());
  const metadataOf = async (id: string) => (await house.store.users.find(house.tenant.id, id))?.appMetadata;

  describe('a redirect', () => {
    test('rests until the person comes back to the same Action; then the next one runs', async () => {
      const claims = `api.idToken.setCustomClaim('https://x/back', [event.request.query, event.request.body, event.request.method]);`;
      const { shown } = await signIn(house, [], journey(LEAVE, claims), script(note('second')));
      expect(state(shown)).toMatchObject({ name: 'redirected', ask: { url: 'https://away.example/step?from=us' } });
      expect(shown.login.cursor).toBe(0);
      const done = await comeBack(house, shown, { state: 's', a: '1' }, { b: '2' });
      expect(state(done).name).toBe('completed');
      expect(done.login.outcome.idTokenClaims).toEqual({
        'https://x/back': [{ state: 's', a: '1' }, { b: '2' }, 'POST'],
        'https://x/second': true,
      });
    });

    test('in two Actions: each is come back to, earlier ones never run again', async () => {
      const count = (n: number) =>
        `api.transaction.setMetadata('ran${n}', (event.transaction.metadata.ran${n} ?? 0) + 1);`;
      const { shown } = await signIn(
        house,
        [],
        journey(LEAVE + count(1), note('first')),
        journey(LEAVE + count(2), note('second')),
      );
      const second = await comeBack(house, shown);
      expect(state(second)).toMatchObject({ name: 'redirected', ask: { ordinal: 2, askedBy: { name: 'action-2' } } });
      expect(second.key).not.toBe(shown.key);
      // The way back of the first is stale.
      const late = { kind: 'continued', visit: { kind: 'redirect', query: {}, body: {} } } as const;
      expect((await house.submit(shown.key, late)).outcome).toBe('elsewhere');
      const done = await comeBack(house, second);
      expect(done.login).toMatchObject({ state: { name: 'completed' }, metadata: { ran1: 1, ran2: 1 } });
      expect(done.login.outcome.idTokenClaims).toEqual({ 'https://x/first': true, 'https://x/second': true });
    });

    test('comes after the factors of its Action', async () => {
      const both = `${LEAVE} api.authentication.challengeWith({ type: 'otp' });`;
      const seen = `api.idToken.setCustomClaim('https://x/methods', event.authentication.methods.map((m) => m.type ?? m.name));`;
      const { shown } = await signIn(house, ['otp'], journey(both, seen));
      expect(state(shown).name).toBe('challenging');
      const away = await house.step(shown.key, { kind: 'responded', code: totp(house) });
      expect(state(away).name).toBe('redirected');
      const done = await comeBack(house, away);
      expect(done.login.outcome.idTokenClaims).toEqual({ 'https://x/methods': ['pwd', 'otp'] });
    });

    test('may be followed by a factor, an enrollment or another redirect of the continue handler', async () => {
      const resume = `
        if (event.request.query.again) ${LEAVE}
        else api.authentication.enrollWith({ type: 'otp' });`;
      const { shown } = await signIn(house, [], journey(LEAVE, resume));
      const again = await comeBack(house, shown, { again: '1' });
      expect(state(again)).toMatchObject({ name: 'redirected', ask: { ordinal: 2 } });
      const enrolling = await comeBack(house, again);
      expect(state(enrolling).name).toBe('enrolling');
      const done = await house.step(enrolling.key, { kind: 'responded', code: newTotp(house, enrolling) });
      expect(state(done).name).toBe('completed');
    });

    test('an eleventh ends the login', async () => {
      let { shown } = await signIn(house, [], journey(LEAVE, LEAVE));
      for (let times = 1; times < 10; times++) shown = await comeBack(house, shown);
      expect(state(shown).name).toBe('redirected');
      expect(state(await comeBack(house, shown))).toMatchObject({
        name: 'denied',
        code: 'access_denied',
        reason: expect.stringContaining('limit of ten'),
      });
    });

    test('writes metadata before the person leaves; a throw afterwards takes back only what came since', async () => {
      const set = (key: string) => `api.user.setAppMetadata('${key}', 1);`;
      const { shown, user } = await signIn(
        house,
        [],
        script(set('earlier')),
        journey(set('before') + LEAVE, `${set('after')} throw new Error('no stock');`),
      );
      expect(await metadataOf(user.id)).toEqual({ earlier: 1, before: 1 });
      expect(state(await comeBack(house, shown))).toEqual({
        name: 'denied',
        code: 'access_denied',
        reason: 'no stock',
      });
      expect(await metadataOf(user.id)).toEqual({ earlier: 1, before: 1 });
      expect((await logsOf(house, user.id)).map(([type]) => type)).toEqual(['actions_execution_failed', 'f']);
    });

    test('shows the continue handler what is stored by now', async () => {
      const resume = `api.idToken.setCustomClaim('https://x/app', event.user.app_metadata);`;
      const { shown, user } = await signIn(house, [], journey(`api.user.setAppMetadata('mine', 1); ${LEAVE}`, resume));
      await house.store.users.update(house.tenant.id, user.id, (row) => ({
        ...row,
        appMetadata: { ...row.appMetadata, theirs: 2 },
      }));
      expect((await comeBack(house, shown)).login.outcome.idTokenClaims).toEqual({
        'https://x/app': { mine: 1, theirs: 2 },
      });
    });

    test('without a continue handler ends the login as a bad signature', async () => {
      const { shown } = await signIn(house, [], script(LEAVE));
      expect(state(await comeBack(house, shown))).toMatchObject({
        name: 'denied',
        reason: expect.stringContaining('Invalid function signature for the "onContinuePostLogin" handler.'),
      });
    });

    test('denied on the way back is denied', async () => {
      const { shown } = await signIn(
        house,
        [],
        journey(LEAVE, `api.access.deny('Terms not accepted.');`),
        script(note('second')),
      );
      const over = await comeBack(house, shown);
      expect(state(over)).toMatchObject({ reason: 'Terms not accepted.' });
      expect(over.login.outcome.idTokenClaims).toEqual({});
    });

    describe('by a token', () => {
      const KEY = 'a very well kept secret of ours';
      const execute = `
        const token = api.redirect.encodeToken({ secret: '${KEY}', payload: { plan: 'gold' } });
        api.redirect.sendUserTo('https://away.example/', { query: { token } });`;
      const resume = `
        const payload = api.redirect.validateToken({ secret: '${KEY}', tokenParameterName: 'token' });
        api.idToken.setCustomClaim('https://x/plan', payload.plan);`;
      const away = async () => {
        const { shown, user } = await signIn(house, [], journey(execute, resume));
        const { ask } = state(shown) as { ask: { url: string } };
        const [, payload = ''] = (new URL(ask.url).searchParams.get('token') ?? '').split('.');
        return {
          shown,
          user,
          sent: JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>,
        };
      };
      const text = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const signed = (payload: object, key = KEY) => {
        const body = `${text({ alg: 'HS256', typ: 'JWT' })}.${text(payload)}`;
        return `${body}.${createHmac('sha256', key).update(body).digest('base64url')}`;
      };

      test('of the other site, the continue handler reads what it says', async () => {
        const { shown, user, sent } = await away();
        expect(sent).toMatchObject({ sub: user.id, plan: 'gold', iss: new URL(house.tenant.baseUrl).host });
        const token = signed({ ...sent, plan: 'silver', state: 's1' });
        const done = await comeBack(house, shown, { state: 's1', token });
        expect(done.login.outcome.idTokenClaims).toEqual({ 'https://x/plan': 'silver' });
      });

      test.each<[string, object, string?]>([
        ['with another key', {}, 'some other key altogether, long'],
        ['for another person', { sub: 'auth0|somebody-else' }],
        ['for another state', { state: 's2' }],
        ['for another issuer', { iss: 'elsewhere.example' }],
        ['that has expired', { exp: 1 }],
      ])('%s, the login ends', async (_how, bent, key) => {
        const { shown, sent } = await away();
        const over = await comeBack(house, shown, {
          state: 's1',
          token: signed({ ...sent, state: 's1', ...bent }, key),
        });
        expect(state(over)).toMatchObject({ reason: expect.stringContaining('The session token is invalid: ') });
      });

      test('that is missing, the login ends', async () => {
        const { shown } = await away();
        const reason = "There is no parameter called 'token' available in either the POST body or query string.";
        expect(state(await comeBack(house, shown, { state: 's1' }))).toMatchObject({ reason });
      });
    });
  });

  describe('a form', () => {
    const RENDER = `api.user.setAppMetadata('pending', 1); api.prompt.render('ap_form', { fields: { plan: 'gold' }, vars: { name: 'Ana' } });`;
    test('rests, writes nothing yet, and hands what was filled in to the continue handler', async () => {
      const resume = `api.idToken.setCustomClaim('https://x/prompt', event.prompt);`;
      const { shown, user } = await signIn(house, [], journey(RENDER, resume));
      expect(state(shown)).toMatchObject({
        name: 'redirected',
        ask: { kind: 'form', formId: 'ap_form', fields: { plan: 'gold' }, vars: { name: 'Ana' } },
      });
      expect(await metadataOf(user.id)).toEqual({});
      const fields = { terms: true };
      const done = await house.step(shown.key, {
        kind: 'continued',
        visit: { kind: 'form', id: 'ap_form', fields, vars: { name: 'Ana' } },
      });
      expect(done.login.outcome.idTokenClaims).toEqual({
        'https://x/prompt': { id: 'ap_form', fields, vars: { name: 'Ana' } },
      });
      expect(await metadataOf(user.id)).toEqual({ pending: 1 });
    });

    test('that does not exist ends the login', async () => {
      const { shown, user } = await signIn(house, [], journey(`api.prompt.render('ap_gone');`, ''));
      expect(state(shown)).toMatchObject({
        name: 'denied',
        code: 'access_denied',
        reason: expect.stringContaining('ap_gone'),
      });
      expect((await logsOf(house, user.id)).map(([type]) => type)).toEqual(['f']);
    });

    test('together with a redirect in one Action fails it', async () => {
      const { shown } = await signIn(house, [], journey(LEAVE + RENDER, ''));
      expect(state(shown)).toMatchObject({
        name: 'denied',
        code: 'access_denied',
        reason: expect.stringMatching(/\S/),
      });
    });
  });

  test('silently nobody can be sent away', async () => {
    const first = await signIn(house, [], script(''));
    const session = await sessionOf(house, first.shown);
    for (const where of [LEAVE, `api.prompt.render('ap_form');`]) {
      await house.bind(journey(where, ''));
      const silent = await house.begin({ session, door: 'silent', selection: 'nobody' });
      expect(state(silent)).toMatchObject({ name: 'denied', code: 'interaction_required' });
    }
  });

  test('what one Action hands on by transaction metadata survives an SMS and a redirect', async () => {
    const { shown } = await signIn(
      house,
      ['phone'],
      script(`api.transaction.setMetadata('note', 'x'); api.transaction.setMetadata('at', event.transaction.metadata.note);
        api.authentication.challengeWith({ type: 'phone' });`),
      journey(LEAVE, `api.idToken.setCustomClaim('https://x/note', event.transaction.metadata);`),
    );
    const done = await comeBack(house, await answer(house, shown, PHONE));
    expect(done.login.outcome.idTokenClaims).toEqual({ 'https://x/note': { note: 'x', at: 'x' } });
  });
});
