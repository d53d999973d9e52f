// Keys of clients: handed in, put to use, given an end, taken away, and what each step means for who may get a token.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, SignJWT } from 'jose';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { items, type Json, type Office, openOffice, payloadError } from './office.ts';

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const rsa = (bits = 2048) => generateKeyPairSync('rsa', { modulusLength: bits });
const spki = (key: KeyObject) => String(key.export({ type: 'spki', format: 'pem' }));

describe.each(databasesInFull())('%s', (_name, open) => {
  let office: Office;
  const pair = rsa();
  const pem = spki(pair.publicKey);
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  let count = 0;
  const client = async (more: Record<string, unknown> = {}) => {
    const made = await office.send('POST', '/api/v2/clients', { name: 'Keyed', app_type: 'non_interactive', ...more });
    const { client_id: id } = made.body;
    const audience = 'https://api.example/';
    await office.send('POST', '/api/v2/client-grants', { client_id: id, audience, scope: [] });
    return { ...made, id: String(id), path: `/api/v2/clients/${id}` };
  };
  const credential = (path: string, more: Record<string, unknown> = {}) =>
    office.send('POST', `${path}/credentials`, { credential_type: 'public_key', pem, ...more });
  const use = (path: string, ...ids: Json[]) =>
    office.send('PATCH', path, {
      client_authentication_methods: { private_key_jwt: { credentials: ids.map((id) => ({ id })) } },
      token_endpoint_auth_method: null,
    });
  const tokenFor = async (id: string, proof: Record<string, unknown>) => {
    const body = { grant_type: 'client_credentials', audience: 'https://api.example/', ...proof };
    const { status } = await office.sender(office.tenant, undefined)('POST', '/oauth/token', {
      client_id: id,
      ...body,
    });
    return status;
  };
  const assertion = async (id: string, key = pair.privateKey) => ({
    client_assertion_type: TYPE,
    client_assertion: await new SignJWT({ iss: id, sub: id, aud: office.door.issuer, jti: `jti-${count++}` })
      .setProtectedHeader({ alg: 'RS256' })
      .setExpirationTime(Math.floor(office.door.house.clock.at / 1000) + 60)
      .sign(key),
  });

  test('a key is handed in, put to use, and takes the place of the secret', async () => {
    const { id, path, body } = await client();
    const secret = { client_secret: String(body.client_secret) };
    const made = await credential(path, { name: 'First' });
    const kid = await calculateJwkThumbprint(pair.publicKey.export({ format: 'jwk' }) as Record<string, string>);
    expect(made).toMatchObject({
      status: 201,
      body: { id: expect.stringMatching(/^cred_[A-Za-z0-9]{22}$/), kid, name: 'First', alg: 'RS256' },
    });
    expect(JSON.stringify(made.body)).not.toContain('BEGIN');
    // Until it is put to use nothing has changed.
    expect(await tokenFor(id, secret)).toBe(200);
    expect(await tokenFor(id, await assertion(id))).toBe(401);

    const used = await use(path, made.body.id as Json);
    const methods = { private_key_jwt: { credentials: [{ id: made.body.id }] } };
    expect(used).toMatchObject({ status: 200, body: { client_authentication_methods: methods } });
    expect(used.body).not.toHaveProperty('client_secret');
    expect(used.body).not.toHaveProperty('token_endpoint_auth_method');
    expect(await tokenFor(id, secret)).toBe(401);
    expect(await tokenFor(id, await assertion(id))).toBe(200);

    const rotated = await office.send('POST', `${path}/rotate-secret`);
    expect(rotated.body).not.toHaveProperty('client_secret');

    const back = await office.send('PATCH', path, {
      client_authentication_methods: null,
      token_endpoint_auth_method: 'client_secret_basic',
    });
    expect(back.body).not.toHaveProperty('client_authentication_methods');
    expect(await tokenFor(id, await assertion(id))).toBe(401);
    // The secret of before is gone for good.
    expect(await tokenFor(id, secret)).toBe(401);
    expect(await tokenFor(id, { client_secret: String(back.body.client_secret) })).toBe(200);
  });

  test('a new client brings its keys along', async () => {
    const credentials = [{ name: 'Own', credential_type: 'public_key', pem }];
    const { id, path, body } = await client({ client_authentication_methods: { private_key_jwt: { credentials } } });
    expect(body).toMatchObject({
      client_authentication_methods: { private_key_jwt: { credentials: [{ name: 'Own', alg: 'RS256' }] } },
    });
    // As on the wire it has a secret too, which opens nothing.
    expect(await tokenFor(id, { client_secret: String(body.client_secret) })).toBe(401);
    expect(await tokenFor(id, await assertion(id))).toBe(200);
    const [listed] = items((await office.send('GET', `${path}/credentials?include_totals=true&per_page=50`)).body);
    expect((await office.send('GET', path)).body).toMatchObject({
      client_authentication_methods: { private_key_jwt: { credentials: [{ id: listed?.id }] } },
    });
  });

  test('a key set of its own does as well', async () => {
    const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'one' };
    const { id, path } = await client({ jwks: { keys: [jwk] } });
    expect(await tokenFor(id, await assertion(id))).toBe(200);
    expect((await office.send('PATCH', path, { jwks: null })).body).toHaveProperty('client_secret');
    expect(await tokenFor(id, await assertion(id))).toBe(401);
  });

  test('two keys may be in use while one takes over from the other', async () => {
    const { id, path } = await client();
    const next = rsa();
    const ids = [await credential(path), await credential(path, { pem: spki(next.publicKey) })].map(
      ({ body }) => body.id,
    );
    await use(path, ...(ids as Json[]));
    expect(await tokenFor(id, await assertion(id))).toBe(200);
    expect(await tokenFor(id, await assertion(id, next.privateKey))).toBe(200);
    expect((await office.send('DELETE', `${path}/credentials/${ids[0]}`)).status).toBe(204);
    expect(await tokenFor(id, await assertion(id))).toBe(401);
    expect(await tokenFor(id, await assertion(id, next.privateKey))).toBe(200);
    expect((await office.send('GET', `${path}/credentials/${ids[0]}`)).status).toBe(404);
  });

  test('a key may have an end', async () => {
    const { id, path } = await client();
    const at = (seconds: number) => new Date(office.door.house.clock.at + seconds * 1000).toISOString();
    const { body } = await credential(path, { expires_at: at(60) });
    await use(path, body.id as Json);
    expect(await tokenFor(id, await assertion(id))).toBe(200);
    office.door.house.clock.advance(60_000);
    expect(await tokenFor(id, await assertion(id))).toBe(401);
    const later = at(3600);
    const moved = await office.send('PATCH', `${path}/credentials/${body.id}`, { expires_at: later });
    expect(moved).toMatchObject({ status: 200, body: { id: body.id, expires_at: later } });
    expect(await tokenFor(id, await assertion(id))).toBe(200);
    const endless = await office.send('PATCH', `${path}/credentials/${body.id}`, { expires_at: null });
    expect(endless.body).not.toHaveProperty('expires_at');
  });

  test('a certificate says itself when it ends', async () => {
    const { cert } = await generate([{ name: 'commonName', value: 'client' }], { keySize: 2048 });
    const { path } = await client();
    const own = await credential(path, { pem: cert, parse_expiry_from_cert: true });
    expect(own).toMatchObject({ status: 201, body: { expires_at: expect.any(String) } });
    expect((await credential(path, { pem: cert })).body).not.toHaveProperty('expires_at');
  });

  test('certificates of mutual TLS are kept, and open nothing', async () => {
    const { cert } = await generate([{ name: 'commonName', value: 'client' }], { keySize: 2048 });
    const { path } = await client();
    const subject = await credential(path, { credential_type: 'cert_subject_dn', pem: cert });
    expect(subject).toMatchObject({
      status: 201,
      body: { credential_type: 'cert_subject_dn', subject_dn: expect.stringContaining('CN=client') },
    });
    expect(subject.body).not.toHaveProperty('kid');
    const named = { credential_type: 'cert_subject_dn', pem: undefined, subject_dn: 'CN=other' };
    expect((await credential(path, named)).body.subject_dn).toBe('CN=other');
    const pinned = await credential(path, { credential_type: 'x509_cert', pem: cert });
    expect(pinned.body.thumbprint_sha256).toMatch(/^[\w-]{43}$/);
    expect((await credential(path, { credential_type: 'x509_cert' })).body).toMatchObject({
      message: "Payload validation error: 'The PEM holds no certificate' on property pem.",
    });
    const credentials = [{ credential_type: 'cert_subject_dn', pem: cert }];
    const born = await client({ client_authentication_methods: { tls_client_auth: { credentials } } });
    expect(born.body).toMatchObject({
      client_authentication_methods: { tls_client_auth: { credentials: [{ credential_type: 'cert_subject_dn' }] } },
    });
    expect(await tokenFor(born.id, { client_secret: String(born.body.client_secret) })).toBe(401);
    expect(await tokenFor(born.id, await assertion(born.id))).toBe(401);
  });

  test('requests have keys of their own, which do not let the client in', async () => {
    const { id, path } = await client();
    const { body } = await credential(path);
    const both = { credentials: [{ id: body.id }], required: true };
    expect((await office.send('PATCH', path, { signed_request_object: both })).status).toBe(200);
    const part = await office.send('PATCH', path, { signed_request_object: { required: false } });
    expect(part.body.signed_request_object).toEqual({ ...both, required: false });
    expect(await tokenFor(id, await assertion(id))).toBe(401);
    const unknown = { signed_request_object: { credentials: [{ id: 'cred_none' }] } };
    expect((await office.send('PATCH', path, unknown)).status).toBe(400);
  });

  const badPem = (alg = 'RS256') => payloadError(`The PEM holds no public key for ${alg}`, 'pem');
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['a text', { pem: 'x' }, badPem()],
    ['a private key', { pem: String(pair.privateKey.export({ type: 'pkcs8', format: 'pem' })) }, badPem()],
    ['a private key behind a public one', { pem: `${pem}-----BEGIN PRIVATE KEY-----` }, badPem()],
    ['a broken key', { pem: pem.replace(/[A-Z]{3}/, 'AAA').slice(0, 200) }, badPem()],
    ['a short key', { pem: spki(rsa(1024).publicKey) }, badPem()],
    ['a key of another curve', { pem: spki(curve.publicKey) }, badPem('ES256')],
    ['a key for another algorithm', { alg: 'ES256' }, badPem('ES256')],
    ['a shared secret', { alg: 'HS256' }, payloadError('No enum match for: "HS256"', 'alg')],
    [
      'a time that is none',
      { expires_at: 'tomorrow' },
      payloadError("Object didn't pass validation for format datetime: tomorrow", 'expires_at'),
    ],
  ])('%s is no key', async (_name, more, body) => {
    const { path } = await client();
    expect(await credential(path, more)).toMatchObject({ status: 400, body });
  });

  test('what does not fit together is refused', async () => {
    const { path } = await client();
    const { path: theirs } = await client();
    const { body } = await credential(theirs);
    expect((await use(path, body.id as Json)).status).toBe(400);
    const jwks = { keys: [pair.publicKey.export({ format: 'jwk' })] };
    const both = { jwks, token_endpoint_auth_method: 'client_secret_post' };
    expect((await office.send('PATCH', path, both)).status).toBe(400);
    expect((await office.send('POST', '/api/v2/clients', { name: 'x', ...both })).status).toBe(400);
    await office.send('PATCH', path, { jwks });
    expect((await office.send('PATCH', path, { token_endpoint_auth_method: 'none' })).status).toBe(400);
  });

  test.each(['http://keys.example/x', 'file:///x', 'x', 'https://a:b@keys.example/x', 'https://keys.example/#x'])(
    'no key set is fetched from %s',
    async (jwks_uri) => {
      expect((await office.send('POST', '/api/v2/clients', { name: 'x', jwks_uri })).status).toBe(400);
    },
  );

  test('a client has so many keys and no more', async () => {
    const { path } = await client();
    const statuses: number[] = [];
    for (let i = 0; i < 11; i++) statuses.push((await credential(path)).status);
    expect(statuses).toEqual([...Array<number>(10).fill(201), 400]);
  });

  test('nobody sees or takes the keys of another tenant', async () => {
    const { path } = await client();
    const { body } = await credential(path);
    const theirs = office.sendAsNeighbour;
    expect((await theirs('GET', `${path}/credentials`)).status).toBe(404);
    expect((await theirs('GET', `${path}/credentials/${body.id}`)).status).toBe(404);
    expect((await theirs('PATCH', `${path}/credentials/${body.id}`, {})).status).toBe(404);
    expect((await theirs('DELETE', `${path}/credentials/${body.id}`)).status).toBe(404);
    expect((await office.send('GET', `${path}/credentials/${body.id}`)).status).toBe(200);
    expect((await office.send('PATCH', `${path}/credentials/nothing`, {})).status).toBe(404);
    expect((await office.send('DELETE', `${path}/credentials/nothing`)).status).toBe(204);
  });
});
