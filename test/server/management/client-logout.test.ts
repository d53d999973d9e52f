// How an application says that it wants to be told of sessions that end: what is taken, what is given back, what is refused.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Office, openOffice, payloadError } from './office.ts';

const URL = 'https://rp.example/logged-out?of=here';
let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

const patch = (body: object) => office.send('PATCH', '/api/v2/clients/web', body);
const urls = { backchannel_logout_urls: [URL] };
const initiators = (value: unknown) => ({ oidc_logout: { backchannel_logout_initiators: value } });
const custom = (...selected: string[]) => ({
  oidc_logout: {
    ...urls,
    backchannel_logout_initiators: { mode: 'custom', selected_initiators: selected },
  },
});

describe('one after the other', () => {
  test.each<[what: string, body: object, shown: object | undefined]>([
    ['an address', { oidc_logout: urls }, custom('rp-logout', 'idp-logout')],
    ['all ends', initiators({ mode: 'all' }), { oidc_logout: { ...urls, ...initiators({ mode: 'all' }).oidc_logout } }],
    [
      'what was not given stays',
      { name: 'Other' },
      { oidc_logout: { ...urls, ...initiators({ mode: 'all' }).oidc_logout } },
    ],
    [
      'some ends, a sign-out always',
      initiators({ mode: 'custom', selected_initiators: ['password-changed', 'password-changed'] }),
      custom('rp-logout', 'password-changed'),
    ],
    ['none beside', initiators({ mode: 'custom', selected_initiators: [] }), custom('rp-logout')],
    ['the usual ones again', initiators(null), custom('rp-logout', 'idp-logout')],
    [
      'metadata that stays here',
      { oidc_logout: { backchannel_logout_session_metadata: { include: false } } },
      custom('rp-logout', 'idp-logout'),
    ],
    ['no address', { oidc_logout: { backchannel_logout_urls: [] } }, undefined],
    ['ends without an address', initiators({ mode: 'all' }), undefined],
    ['the older name', { oidc_backchannel_logout: urls }, custom('rp-logout', 'idp-logout')],
    ['nothing any more', { oidc_logout: null }, undefined],
    ['the older name, nothing any more', { oidc_backchannel_logout: null }, undefined],
  ])('%s', async (_what, body, shown) => {
    const { status, body: answered } = await patch(body);
    expect(status).toBe(200);
    const { body: read } = await office.send('GET', '/api/v2/clients/web');
    expect(read.oidc_logout).toEqual(answered.oidc_logout);
    expect({ oidc_logout: read.oidc_logout }).toEqual(shown ?? {});
    expect(read.oidc_backchannel_logout).toEqual(shown && urls);
  });
});

test('with the application from the start', async () => {
  const { status, body } = await office.send('POST', '/api/v2/clients', { name: 'New', oidc_logout: urls });
  expect([status, body.oidc_logout]).toEqual([201, custom('rp-logout', 'idp-logout').oidc_logout]);
});

describe('what is no address', () => {
  test.each([
    'ftp://rp.example/',
    'javascript:alert(1)',
    'https://rp.example/#here',
    'https://rp.example/#',
    'https://ana:secret@rp.example/',
    '/logged-out',
    '',
  ])('%j', async (url) => {
    const { status, body } = await patch({ oidc_logout: { backchannel_logout_urls: [url] } });
    const reason = `Object didn't pass validation for format back-channel-logout-url: ${url}`;
    expect([status, body]).toEqual([400, payloadError(reason, 'oidc_logout.backchannel_logout_urls[0]')]);
  });
});

test.each<[what: string, body: object]>([
  ['two addresses', { oidc_logout: { backchannel_logout_urls: [URL, URL] } }],
  ['an end that nobody knows', custom('lunch')],
  ['another mode', initiators({ mode: 'some' })],
  ['metadata that would leave', { oidc_logout: { backchannel_logout_session_metadata: { include: true } } }],
  ['what nobody knows', { oidc_logout: { frontchannel: true } }],
  ['a text', { oidc_logout: URL }],
])('%s: refused', async (_what, body) => {
  expect((await patch(body)).status).toBe(400);
});
