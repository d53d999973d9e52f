// Two tenants in one house, told apart by host: nothing of one opens anything of the other, though both have a client of
// the same name, people with the same address and one browser that visits both.
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '#test/kit/databases.ts';
import { PASSWORD } from '#test/kit/house.ts';
import { type FrontDoor, openFrontDoor } from './oauth/front-door.ts';

describe.each(databases())('%s', (_name, open) => {
  let here: FrontDoor;
  let there: FrontDoor;
  beforeAll(async () => {
    here = await openFrontDoor({ databaseUrl: await open() });
    const { store, sandbox } = here.house.ports;
    there = await openFrontDoor({ ports: { store }, sandbox });
    await here.house.user('ana');
    await there.house.user('ana');
  });
  afterAll(() => here.house.close());

  describe('of one tenant', () => {
    test('a code is unknown to the other, and not spent by the attempt', async () => {
      const code = (await here.signIn(here.browser(), 'ana')).get('code') ?? '';
      expect(await there.exchange(code)).toMatchObject({ status: 403, body: { error: 'invalid_grant' } });
      expect((await here.exchange(code)).status).toBe(200);
    });

    test('a session signs nobody in at the other', async () => {
      const browser = here.browser();
      await here.signIn(browser, 'ana');
      const visitor = there.browser();
      for (const [name, value] of browser.cookies) visitor.cookies.set(name, value);
      expect((await browser.open(here.authorizeUrl())).status).toBe(0);
      expect((await visitor.open(there.authorizeUrl())).url.pathname).toBe('/u/login');
      const silent = await visitor.open(there.authorizeUrl({ prompt: 'none' }));
      expect(silent.url.searchParams.get('error')).toBe('login_required');
    });

    test('a state shows no form at the other, even in the same browser', async () => {
      const browser = here.browser();
      const login = await browser.open(here.authorizeUrl());
      const visitor = there.browser();
      for (const [name, value] of browser.cookies) visitor.cookies.set(name, value);
      const state = login.url.searchParams.get('state') ?? '';
      for (const path of [`/u/login?state=${state}`, `/authorize/resume?state=${state}`]) {
        const page = await visitor.open(path);
        expect(page.status).toBe(400);
        expect(page.html).not.toContain('<form');
      }
      const posted = await visitor.open(`/u/login?state=${state}`, {
        state,
        username: 'ana@example.com',
        password: PASSWORD,
        action: 'default',
      });
      expect(posted.status).toBe(400);
    });

    test('keys sign nothing for the other', async () => {
      const code = (await here.signIn(here.browser(), 'ana')).get('code') ?? '';
      const { body } = await here.exchange(code);
      const { kid } = decodeProtectedHeader(String(body.id_token));
      const kids = async (door: FrontDoor) =>
        ((await (await door.get('/.well-known/jwks.json')).json()) as { keys: { kid: string }[] }).keys.map(
          (key) => key.kid,
        );
      expect(await kids(here)).toContain(kid);
      expect(await kids(there)).not.toContain(kid);
    });

    test('a script runs for its own people only, and its module state goes nowhere', async () => {
      const source = `globalThis.left ??= 0; let runs = 0;
      exports.onExecutePostLogin = async (event, api) => { api.access.deny('run ' + ++runs + ' left ' + globalThis.left++ + ' of ' + event.tenant.id); };`;
      await here.house.bind(source);
      const denied = [await here.signIn(here.browser(), 'ana'), await here.signIn(here.browser(), 'ana')];
      expect(denied.map((answer) => answer.get('error_description'))).toEqual(
        Array(2).fill(`run 1 left 0 of ${here.house.tenant.name}`),
      );
      expect((await there.signIn(there.browser(), 'ana')).get('code')).toBeTruthy();
      await here.house.bind();
    });
  });
});
