// Keys over the Management API: how they are shown, rotated and revoked, and who may.
import { X509Certificate } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '#test/kit/databases.ts';
import { items, type Json, type Office, openOffice } from './office.ts';

describe.each(databases())('%s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  const keys = async (): Promise<Json[]> => items((await office.send('GET', '/api/v2/keys/signing')).body);
  const jwks = async (): Promise<Json[]> => {
    const response = await office.door.app.request(`${office.tenant.baseUrl}/.well-known/jwks.json`);
    return ((await response.json()) as { keys: Json[] }).keys;
  };
  const ids = (list: Json[]) => list.map(({ kid }) => String(kid));

  test('are shown with their certificates, as recorded', async () => {
    const [current, next, ...more] = await keys();
    expect(more).toEqual([]);
    expect(current).toEqual({
      kid: expect.stringMatching(/^[A-Za-z0-9]{22}$/),
      cert: expect.stringMatching(/^-----BEGIN CERTIFICATE-----\r\n[A-Za-z0-9+/=\r\n]+\r\n-----END CERTIFICATE-----$/),
      pkcs7: expect.stringMatching(/^-----BEGIN PKCS7-----\r\n[A-Za-z0-9+/=\r\n]+\r\n-----END PKCS7-----$/),
      alg: 'RS256',
      current: true,
      next: false,
      previous: false,
      current_since: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){19}[0-9A-F]{2}$/),
      thumbprint: expect.stringMatching(/^[0-9A-F]{40}$/),
      revoked: false,
    });
    expect([next?.current, next?.next]).toEqual([false, true]);
    const certificate = new X509Certificate(String(current?.cert));
    const [published] = await jwks();
    expect(certificate.publicKey.export({ format: 'jwk' })).toEqual({ kty: 'RSA', n: published?.n, e: published?.e });
    expect(certificate.fingerprint).toBe(current?.fingerprint);
    expect(Buffer.from(String(current?.thumbprint), 'hex').toString('base64url')).toBe(published?.x5t);
    expect((await office.send('GET', `/api/v2/keys/signing/${current?.kid}`)).body).toEqual(current);
  });

  test('rotated: next signs, current is former, a new one is next and told', async () => {
    const [current, next] = await keys();
    const { status, body } = await office.send('POST', '/api/v2/keys/signing/rotate');
    expect([status, Object.keys(body).sort()]).toEqual([201, ['cert', 'kid']]);
    const after = await keys();
    expect(ids(after)).toEqual([next?.kid, body.kid, current?.kid]);
    expect(after.map((key) => [key.current, key.next, key.previous, key.revoked])).toEqual([
      [true, false, false, false],
      [false, true, false, false],
      [false, false, true, false],
    ]);
    expect(after[1]?.cert).toEqual(body.cert);
    expect(after[2]).toMatchObject({ current_since: expect.any(String), current_until: expect.any(String) });
    expect(ids(await jwks())).toEqual(ids(after));
    // The very token that rotated was signed by the former key.
    expect((await office.send('GET', '/api/v2/keys/signing')).status).toBe(200);
    const fresh = await office.token(office.tenant, ['read:signing_keys']);
    expect(decodeProtectedHeader(fresh).kid).toBe(next?.kid);
  });

  test('revoked: a former one, the next one, and the current one, which is rotated out first', async () => {
    const token = await office.token(office.tenant, ['read:signing_keys', 'update:signing_keys']);
    const send = office.sender(office.tenant, token);
    const revoke = (kid: unknown) => send('PUT', `/api/v2/keys/signing/${kid}/revoke`);
    const [current, next, former] = await keys();
    for (const key of [former, next]) {
      const { status, body } = await revoke(key?.kid);
      expect([status, body]).toEqual([200, { cert: key?.cert, kid: key?.kid }]);
    }
    const list = items((await send('GET', '/api/v2/keys/signing')).body);
    expect(list.filter(({ revoked }) => revoked).every(({ previous, revoked_at }) => previous && revoked_at)).toBe(
      true,
    );
    const [same, successor] = list;
    expect([same?.kid, successor?.next]).toEqual([current?.kid, true]);
    expect(ids(await jwks())).toEqual([current?.kid, successor?.kid]);

    expect((await revoke(current?.kid)).status).toBe(200);
    expect(ids(await jwks())[0]).toBe(successor?.kid);
    expect(ids(await jwks())).not.toContain(current?.kid);
    // With it goes every token that it signed, this one and the office's own.
    expect((await send('GET', '/api/v2/keys/signing')).status).toBe(401);
    const anew = office.sender(office.tenant, await office.token(office.tenant, ['read:signing_keys']));
    const shown = (await anew('GET', `/api/v2/keys/signing/${current?.kid}`)).body;
    expect(shown).toMatchObject({ previous: true, revoked: true, current: false });
  });

  test('what may not be done, or is not there', async () => {
    const reader = await office.as('read:signing_keys');
    const writer = await office.as('update:signing_keys');
    const rows: [number, Promise<{ status: number }>][] = [
      [403, reader('POST', '/api/v2/keys/signing/rotate')],
      [403, writer('GET', '/api/v2/keys/signing')],
      [404, reader('GET', '/api/v2/keys/signing/nobody')],
      [404, writer('PUT', '/api/v2/keys/signing/nobody/revoke')],
      [401, office.sender(office.tenant, undefined)('POST', '/api/v2/keys/signing/rotate')],
    ];
    for (const [status, sent] of rows) expect((await sent).status).toBe(status);
    const [theirs] = items((await office.sendAsNeighbour('GET', '/api/v2/keys/signing')).body);
    expect((await writer('PUT', `/api/v2/keys/signing/${theirs?.kid}/revoke`)).status).toBe(404);
    expect((await office.sendAsNeighbour('GET', `/api/v2/keys/signing/${theirs?.kid}`)).body.revoked).toBe(false);
  });

  describe('what is signed with', () => {
    test('APIs: the algorithms, and a secret where one is needed', async () => {
      const send = await office.as('create:resource_servers', 'update:resource_servers', 'read:resource_servers');
      const make = (more: object) =>
        send('POST', '/api/v2/resource-servers', { identifier: `urn:${JSON.stringify(more)}`, ...more });
      expect((await make({})).body).toMatchObject({ signing_alg: 'RS256' });
      const shared = (await make({ signing_alg: 'HS256' })).body;
      expect(shared.signing_secret).toMatch(/^[A-Za-z0-9]{32}$/);
      const given = await make({ signing_alg: 'HS256', signing_secret: '0123456789abcdef' });
      expect(given.body).toMatchObject({ signing_alg: 'HS256', signing_secret: '0123456789abcdef' });
      for (const bad of [{ signing_alg: 'none' }, { signing_alg: 'RS512' }, { signing_secret: '0123456789abcde' }]) {
        expect((await make(bad)).status).toBe(400);
      }
      const { id } = (await make({ signing_alg: 'ES256' })).body;
      const change = async (body: object) => (await send('PATCH', `/api/v2/resource-servers/${id}`, body)).body;
      expect(await change({ name: 'x' })).toMatchObject({ signing_alg: 'ES256' });
      const { signing_secret: secret } = await change({ signing_alg: 'HS256' });
      expect(secret).toMatch(/^[A-Za-z0-9]{32}$/);
      expect(await change({ signing_alg: 'PS256' })).toMatchObject({ signing_alg: 'PS256' });
      expect(await change({ signing_alg: 'HS256' })).toMatchObject({ signing_secret: secret });
      // The keys are published before the first token.
      expect(new Set((await jwks()).map(({ alg }) => String(alg)))).toEqual(new Set(['RS256', 'PS256', 'ES256']));
    });

    test('clients: what of jwt_configuration was left out is shown as it is', async () => {
      const send = await office.as('create:clients', 'update:clients', 'read:clients');
      const { body } = await send('POST', '/api/v2/clients', { name: 'C', jwt_configuration: { alg: 'ES256' } });
      const whole = { alg: 'ES256', lifetime_in_seconds: 36_000, secret_encoded: false };
      expect(body.jwt_configuration).toEqual(whole);
      const change = (jwt_configuration: unknown, more: object = {}) =>
        send('PATCH', `/api/v2/clients/${body.client_id}`, { jwt_configuration, ...more });
      expect((await change({ lifetime_in_seconds: 60, scopes: { a: 'b' } })).body.jwt_configuration).toEqual({
        alg: 'RS256',
        lifetime_in_seconds: 60,
        secret_encoded: false,
        scopes: { a: 'b' },
      });
      expect((await change(null)).body.jwt_configuration).toEqual({ ...whole, alg: 'RS256' });
      for (const bad of [
        { alg: 'none' },
        { alg: '' },
        { lifetime_in_seconds: 0 },
        { lifetime_in_seconds: 1.5 },
        { x: 1 },
        [],
      ]) {
        expect((await change(bad)).status).toBe(400);
      }
      expect((await change(null, { id_token_signed_response_alg: 'none' })).status).toBe(400);
    });
  });
});
