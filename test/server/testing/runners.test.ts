// Other test runners: `node --test` drives a login of a project, with its fixtures by name, and ends by itself although cells
// are warm.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as testing from '#server/testing/testing.ts';

const MODULE = pathToFileURL(join(import.meta.dirname, '../../../server/testing/testing.ts')).href;

const PROJECT = {
  tenant: 'acme',
  factors: { sms: true, otp: true },
  actions: { 'phone-first': { secrets: ['KEY'] } },
  bindings: { 'post-login': ['phone-first'] },
  fixtures: {
    users: { ana: { factors: ['phone', 'otp'], roles: ['admin'] }, ben: {} },
    organizations: { partners: { members: { ana: ['owner'] } } },
    clients: { shop: { metadata: { tier: 'gold' } } },
    secrets: { 'phone-first': { KEY: 'of the fixtures' } },
  },
};
const ACTION = `exports.onExecutePostLogin = async (event, api) => {
  api.idToken.setCustomClaim('https://x/c', [event.secrets.KEY, event.client.metadata.tier, event.authorization.roles]);
  api.authentication.challengeWith({ type: 'phone' });
};`;
const TEST = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulateLogin } from ${JSON.stringify(MODULE)};
test('phone first', async () => {
  const login = await simulateLogin({ user: 'ana', client: 'shop' });
  assert.equal(login.state, 'challenging');
  await login.answer();
  assert.deepEqual(login.tokens.idToken['https://x/c'], ['of the fixtures', 'gold', ['admin']]);
});`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-project-'));
  mkdirSync(join(folder, 'actions'));
  writeFileSync(join(folder, 'sallyport.json'), JSON.stringify(PROJECT));
  writeFileSync(join(folder, 'actions/phone-first.js'), ACTION);
  writeFileSync(join(folder, 'login.test.mjs'), TEST);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('node --test', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--test', 'login.test.mjs'], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: process.env.PATH },
  });
  expect(`${stdout}${stderr}`).toMatch(/pass 1\b/);
  expect(status).toBe(0);
});

test('what Node finds by name is what the editor finds', async () => {
  // Its name is the package's own; types come from one file, the values by another, which Node can load anywhere.
  const name = 'sallyport/testing';
  const found = (await import(name)) as object;
  expect(Object.keys(found).sort()).toEqual(Object.keys(testing).sort());
});

test("a project's fixtures by name, and its own secrets, bindings and switches", async () => {
  const login = await testing.simulateLogin({ project: folder, user: 'ana', organization: 'partners' });
  expect(login.factor).toBe('phone');
  await login.answer();
  expect(login.tokens?.idToken['https://x/c']).toEqual(['of the fixtures', null, ['owner']]);
  expect(login.tokens?.idToken.iss).toBe('https://acme.example.com/');
  const other = await testing.simulateLogin({
    project: folder,
    user: 'ben',
    secrets: { 'phone-first': { KEY: 'another' } },
  });
  expect(other.denied?.code).toBe('access_denied');
});

test.each<[what: string, simulation: object, said: string]>([
  ['a person', { user: 'cleo' }, 'has no fixture "cleo". It has: ana, ben.'],
  ['an Action', { actions: ['other'] }, 'has no Action "other". It has: phone-first.'],
])('%s that the project does not have', async (_what, simulation, said) => {
  await expect(testing.simulateLogin({ project: folder, ...simulation })).rejects.toThrow(said);
});
