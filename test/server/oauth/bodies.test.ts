// What comes in is read strictly: hostile bodies and addresses at every kind of door, none of them a fault of ours, and
// the requests that people copy from documentation as they are written there.
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MANAGEMENT_ROUTES } from '#server/management/management.ts';
import { databases } from '#test/kit/databases.ts';
import { type Office, openOffice } from '../management/office.ts';

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

describe.each(databases())('%s', (_name, open) => {
  let office: Office;
  let site: string;
  let token: string;
  beforeAll(async () => {
    office = await openOffice(await open());
    site = office.door.site;
    token = await office.token(office.tenant, ['create:clients', 'read:clients']);
  });
  afterAll(() => office.close());

  type Sent = { body?: BodyInit; type?: string | undefined; headers?: Record<string, string>; method?: string };
  const send = async (path: string, { body, type, headers = {}, method = 'POST' }: Sent) => {
    const response = await office.door.app.request(`${site}${path}`, {
      method,
      headers: { ...(type === undefined ? {} : { 'content-type': type }), ...headers },
      ...(body === undefined ? {} : { body, duplex: 'half' }),
    });
    return { status: response.status, text: await response.text() };
  };

  const stream = (kilobytes: number) =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (let i = 0; i < kilobytes; i++) controller.enqueue(new Uint8Array(1024).fill(97));
        controller.close();
      },
    });

  describe('the token endpoint', () => {
    test.each<[string, Sent, number, string]>([
      [
        'a parameter twice in JSON',
        { type: JSON_TYPE, body: '{"grant_type":"a","grant_type":"b"}' },
        400,
        'invalid_request',
      ],
      [
        'a parameter twice in JSON, written differently',
        { type: JSON_TYPE, body: '{"scope":"}","grant_type":"a","\\u0067rant_type" : "b"}' },
        400,
        'invalid_request',
      ],
      ['U+0000 in a form', { type: FORM, body: 'grant_type=a%00b' }, 400, 'invalid_request'],
      ['U+0000 in a name', { type: FORM, body: 'grant_type=client_credentials&a%00b=1' }, 400, 'invalid_request'],
      [
        'U+0000 in JSON',
        { type: JSON_TYPE, body: '{"grant_type":"client_credentials","client_id":"a\\u0000b"}' },
        400,
        'invalid_request',
      ],
      [
        'half a pair in JSON',
        { type: JSON_TYPE, body: '{"grant_type":"client_credentials","client_id":"\\ud800"}' },
        400,
        'invalid_request',
      ],
      ['half a pair in a form', { type: FORM, body: 'grant_type=%ED%A0%80' }, 400, 'invalid_request'],
      ['bytes that are no UTF-8', { type: FORM, body: new Uint8Array([0x61, 0x3d, 0xff]) }, 400, 'invalid_request'],
      ['escapes that are no UTF-8', { type: FORM, body: 'grant_type=%ff' }, 400, 'invalid_request'],
      ['a bad escape', { type: FORM, body: 'grant_type=%g0' }, 400, 'invalid_request'],
      [
        'a property of all objects',
        { type: JSON_TYPE, body: '{"__proto__":{"grant_type":"x"}}' },
        400,
        'invalid_request',
      ],
      [
        'a property of all objects in a form',
        { type: FORM, body: '__proto__=x&grant_type=password' },
        400,
        'invalid_request',
      ],
      ['an object as value', { type: JSON_TYPE, body: '{"grant_type":{"a":1}}' }, 400, 'invalid_request'],
      ['a list as value', { type: JSON_TYPE, body: '{"grant_type":["client_credentials"]}' }, 400, 'invalid_request'],
      [
        'deep JSON',
        { type: JSON_TYPE, body: `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}` },
        400,
        'invalid_request',
      ],
      ['nothing as JSON', { type: JSON_TYPE, body: '' }, 400, 'invalid_request'],
      ['a text as JSON', { type: JSON_TYPE, body: '"x"' }, 400, 'invalid_request'],
      ['nothing as a form', { type: FORM, body: '' }, 400, 'invalid_request'],
      ['no type', { body: new Uint8Array([0x61]) }, 400, 'invalid_request'],
      ['another type', { type: 'multipart/form-data; boundary=x', body: '--x--' }, 400, 'invalid_request'],
      [
        'compressed',
        { type: FORM, headers: { 'content-encoding': 'gzip' }, body: gzipSync('a=b') },
        415,
        'invalid_request',
      ],
      ['too long', { type: FORM, body: `a=${'x'.repeat(65_536)}` }, 413, 'invalid_request'],
      ['too long, and nobody said how long', { type: FORM, body: stream(65) }, 413, 'invalid_request'],
      [
        'too long, and it says otherwise',
        { type: FORM, headers: { 'content-length': '3' }, body: stream(65) },
        413,
        'invalid_request',
      ],
    ])('refuses %s', async (_name, sent, status, error) => {
      const answer = await send('/oauth/token', sent);
      expect([answer.status, JSON.parse(answer.text).error]).toEqual([status, error]);
    });

    test.each<[string, Sent]>([
      ['as it is', { type: FORM, body: 'grant_type=x y&scope=openid profile read:sample&username=user@example.com' }],
      [
        'with an address',
        { type: FORM, body: 'grant_type=x y&audience=https://someapi.com/api&client_id={yourClientId}' },
      ],
      ['with a charset', { type: `${FORM}; charset=UTF-8`, body: 'grant_type=x y' }],
      ['in a plus', { type: FORM, body: 'grant_type=x+y' }],
      ['in an escape', { type: FORM, body: 'grant_type=x%20y' }],
      ['in JSON over many lines', { type: JSON_TYPE, body: '{\n  "grant_type": "x y",\r\n  "scope":\t"a"\n}\n' }],
      ['with an identity coding', { type: FORM, headers: { 'content-encoding': 'identity' }, body: 'grant_type=x y' }],
    ])('reads a form or an object %s', async (_name, sent) => {
      const answer = await send('/oauth/token', sent);
      expect([answer.status, JSON.parse(answer.text)]).toEqual([
        403,
        { error: 'unsupported_grant_type', error_description: 'Unsupported grant type: x y' },
      ]);
    });

    test('a parameter that is not sent is not one of all objects', async () => {
      const answer = await send('/oauth/token', { type: JSON_TYPE, body: '{}' });
      expect(JSON.parse(answer.text).error_description).toBe('Missing required parameter: grant_type');
    });
  });

  describe('nothing odd is a fault of ours', () => {
    const HOSTILE: [string, string, BodyInit][] = [
      ['U+0000 in a form', FORM, 'client_id=a%00b&state=%00&email=a%00@b.cd&connection=%00'],
      ['half a pair', JSON_TYPE, '{"client_id":"\\ud800","name":"\\udc00","email":"\\ud800","connection":"\\ud800"}'],
      [
        'U+0000 in JSON',
        JSON_TYPE,
        '{"client_id":"\\u0000","name":"\\u0000","email":"\\u0000","connection":"\\u0000"}',
      ],
      [
        'U+0000 in a name',
        JSON_TYPE,
        '{"name":"x","client_id":"x","connection":"x","client_metadata":{"\\u0000":"x"}}',
      ],
      ['half a pair in a name', JSON_TYPE, '{"name":"x","client_metadata":{"\\ud800":"x"}}'],
      ['a property of all objects', JSON_TYPE, '{"__proto__":{"name":"x"},"constructor":{"prototype":1},"name":"x"}'],
      ['deep JSON', JSON_TYPE, `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`],
      ['a long list', JSON_TYPE, `[${'1,'.repeat(20_000)}1]`],
      ['numbers as everything', JSON_TYPE, '{"name":1e999,"client_id":-0,"email":1,"connection":2,"password":3}'],
      ['no UTF-8', FORM, new Uint8Array([0x61, 0x3d, 0xc3, 0x28])],
      ['no JSON', JSON_TYPE, '{'],
      ['another type', 'text/plain', 'x'],
    ];
    const DOORS = [
      '/oauth/token',
      '/authorize',
      '/dbconnections/signup',
      '/continue?state=x',
      '/u/login?state=x',
      '/api/v2/clients',
      '/v1/management/tenants',
    ];
    test.each(DOORS.flatMap((door) => HOSTILE.map((row) => [door, ...row] as const)))(
      '%s: %s',
      async (path, _name, type, body) => {
        const headers: Record<string, string> = /^\/(api|v1)/.test(path) ? { authorization: `Bearer ${token}` } : {};
        const { status } = await send(path, { type, body, headers });
        expect(status).toBeLessThan(500);
        expect(status).toBeGreaterThanOrEqual(300);
      },
    );

    test.each(DOORS)('%s: compressed', async (path) => {
      const headers: Record<string, string> = /^\/(api|v1)/.test(path) ? { authorization: `Bearer ${token}` } : {};
      const coded = { ...headers, 'content-encoding': 'gzip' };
      const { status } = await send(path, { type: FORM, body: gzipSync('a=b'), headers: coded });
      expect(status).toBeLessThan(500);
      expect(status).toBeGreaterThanOrEqual(400);
    });

    test.each([
      '/authorize?client_id=a%00b',
      '/authorize?client_id=spa&x=%00',
      '/authorize?client_id=spa&%00=x',
      '/authorize?client_id=%ED%A0%80',
      '/authorize?client_id=%',
      '/authorize?__proto__=x&client_id=spa',
      '/u/login?state=%00',
      '/continue?state=%00',
      '/authorize/resume?state=%00',
      '/api/v2/clients/a%00b',
      '/api/v2/clients/%ED%A0%80',
      '/api/v2/clients/%',
      '/api/v2/clients?fields=%00',
      '/v1/management/tenants/a%00b',
      '/v1/management/organizations/%00/tenants',
      '/%00',
      '/.well-known/%00',
    ])('GET %s', async (path) => {
      const headers = { authorization: `Bearer ${token}` };
      const { status } = await send(path, { method: 'GET', headers });
      expect(status).toBeLessThan(500);
      expect(status).toBeGreaterThanOrEqual(400);
    });
  });

  test('a type without a body is nobody’s fault: every route that reads or removes takes it', async () => {
    const all = await office.token(office.tenant, [...new Set(MANAGEMENT_ROUTES.flatMap(({ scopes }) => scopes))]);
    for (const { method, path } of MANAGEMENT_ROUTES.filter((route) => ['GET', 'DELETE'].includes(route.method))) {
      // An answer that goes on does not end here.
      if (path.includes('live')) continue;
      const url = `/api/v2${path.replaceAll(/:[a-z]+/g, 'nobody')}`;
      const plain = await send(url, { method, headers: { authorization: `Bearer ${all}` } });
      const typed = await send(url, { method, type: JSON_TYPE, headers: { authorization: `Bearer ${all}` } });
      expect([method, path, typed.status]).toEqual([method, path, plain.status]);
      expect([400, 200, 202, 204, 404]).toContain(typed.status);
    }
  });
});
