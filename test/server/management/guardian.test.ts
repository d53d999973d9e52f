// Settings of factors in the Guardian API: what is kept, what is echoed, what is refused, and that logins obey.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { relyingPartyOf } from '#runtime/factors/webauthn.ts';
import { type Office, openOffice, payloadError } from './office.ts';

let office: Office;
let host: string;
beforeAll(async () => {
  office = await openOffice();
  host = new URL(office.tenant.baseUrl).hostname;
});
afterAll(() => office.close());

const BASE = '/api/v2/guardian/factors';
const send = (method: string, path: string, body?: unknown) => office.send(method, `${BASE}${path}`, body);

test('settings of security keys: a PUT changes what it names, and echoes it', async () => {
  const path = '/webauthn-roaming/settings';
  const usual = { userVerification: 'discouraged', overrideRelyingParty: false };
  expect((await send('GET', path)).body).toEqual(usual);
  const steps: [put: object, get: object][] = [
    [{ userVerification: 'preferred' }, { ...usual, userVerification: 'preferred' }],
    [
      { overrideRelyingParty: false, userVerification: 'required' },
      { ...usual, userVerification: 'required' },
    ],
    [
      { relyingPartyIdentifier: host },
      { userVerification: 'required', overrideRelyingParty: false, relyingPartyIdentifier: host },
    ],
    [{}, { userVerification: 'required', overrideRelyingParty: false, relyingPartyIdentifier: host }],
  ];
  for (const [put, get] of steps) {
    expect(await send('PUT', path, put)).toMatchObject({ status: 200, body: put });
    expect((await send('GET', path)).body).toEqual(get);
  }
  expect((await office.sendAsNeighbour('GET', `${BASE}${path}`)).body).toEqual(usual);
});

test('settings of devices’ own authenticators have no user verification; logins use the domain that is named', async () => {
  const path = '/webauthn-platform/settings';
  expect((await send('GET', path)).body).toEqual({ overrideRelyingParty: false });
  const given = { overrideRelyingParty: true, relyingPartyIdentifier: host };
  expect((await send('PUT', path, given)).body).toEqual(given);
  expect((await send('GET', path)).body).toEqual(given);
  const { store } = office.door.house;
  const tenant = await store.tenants.find(office.tenant.id);
  expect(tenant && relyingPartyOf({ ...tenant, baseUrl: 'https://x.example' }, 'webauthn-platform')).toBe(host);
  expect((await send('PUT', path, { userVerification: 'required' })).body).toEqual(
    payloadError('Additional properties not allowed: userVerification'),
  );
});

test.each([
  'localhost.',
  'UPPER.example',
  'evil.example',
  'localhost',
  'https://x.example',
  'a b',
  '',
  'x'.repeat(300),
])('the domain %s is nobody’s to name here', async (relyingPartyIdentifier) => {
  const refused = await send('PUT', '/webauthn-roaming/settings', { relyingPartyIdentifier });
  expect(refused).toMatchObject({ status: 400, body: { errorCode: 'invalid_body' } });
});

test('settings of Duo are kept and given back; PUT replaces, PATCH adds', async () => {
  const path = '/duo/settings';
  const all = { ikey: 'someKey', skey: 'someSecret', host: 'api-hostname' };
  const none = { ikey: '', skey: '', host: '' };
  expect((await send('GET', path)).body).toEqual(none);
  expect(await send('PUT', path, all)).toMatchObject({ status: 200, body: all });
  expect((await send('GET', path)).body).toEqual(all);
  expect((await send('PATCH', path, { host: 'other' })).body).toEqual({ ...all, host: 'other' });
  expect((await send('PUT', path, { ikey: 'x' })).body).toEqual({ ...none, ikey: 'x' });
  expect((await send('GET', path)).body).toEqual({ ...none, ikey: 'x' });
  expect((await send('PUT', path, none)).body).toEqual(none);
  expect((await send('PUT', path, { ikey: 1 })).body).toEqual(
    payloadError('Expected type string but found type integer', 'ikey'),
  );
});

test('need the scopes of factors', async () => {
  const reader = await office.as('read:guardian_factors');
  const stranger = await office.as('read:users');
  for (const path of ['webauthn-roaming', 'webauthn-platform', 'duo'].map((name) => `${BASE}/${name}/settings`)) {
    expect((await reader('GET', path)).status).toBe(200);
    expect((await reader('PUT', path, {})).status).toBe(403);
    expect((await stranger('GET', path)).status).toBe(403);
  }
});
