// Key sets behind an address: fetched rarely, bounded, never from behind the wall, over a real key server.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, type GenerateKeyPairResult, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { createAsserting, type Difference, FAILED, jwkOf } from './asserting.ts';
import { type FrontDoor, openFrontDoor } from './front-door.ts';

/** Serves what a test puts behind an address, and counts who asks. */
function createKeyServer() {
  const pages = new Map<string, { status: number; body: string; headers?: Record<string, string> }>();
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const page = pages.get(request.url ?? '') ?? { status: 404, body: '' };
    response.writeHead(page.status, { 'content-type': 'application/json', ...page.headers });
    response.end(page.body);
  });
  return { pages, asked, server };
}

describe.each(databasesInFull())('%s', (_name, open) => {
  let door: FrontDoor;
  let rsa: GenerateKeyPairResult;
  let other: GenerateKeyPairResult;
  let asserting: ReturnType<typeof createAsserting>;
  const remote = createKeyServer();
  let base = '';
  let count = 0;

  beforeAll(async () => {
    const pair = () => generateKeyPair('RS256', { extractable: true });
    [rsa, other] = await Promise.all([pair(), pair()]);
    await new Promise<void>((resolve) => remote.server.listen(0, '127.0.0.1', resolve));
    const { port } = remote.server.address() as AddressInfo;
    base = `http://127.0.0.1:${port}`;
    door = await openFrontDoor({ databaseUrl: await open(), egressAllow: [`127.0.0.1:${port}`] });
    asserting = createAsserting(door, other);
  });
  afterAll(async () => {
    await door.close();
    await new Promise((resolve) => remote.server.close(resolve));
  });

  const make = (id: string, settings: JsonObject) => asserting.make(id, settings);
  const send = async (assertion: string) => asserting.send(assertion);
  const serve = (path: string, body: unknown, status = 200, headers: Record<string, string> = {}) =>
    remote.pages.set(path, { status, body: typeof body === 'string' ? body : JSON.stringify(body), headers });
  const requests = (path: string) => remote.asked.filter((url) => url === path).length;
  const theirs = (id: string, change: Difference = {}) => asserting.assertion(id, change);

  test('are fetched once and kept for a while', async () => {
    serve('/kept', { keys: [await jwkOf(other, { use: 'sig' })] });
    await make('kept', { jwks_uri: `${base}/kept` });
    for (let i = 0; i < 3; i++) expect(await send(await theirs('kept'))).toMatchObject({ status: 200 });
    expect(requests('/kept')).toBe(1);
    door.house.clock.advance(10 * 60_000);
    expect(await send(await theirs('kept'))).toMatchObject({ status: 200 });
    expect(requests('/kept')).toBe(2);
  });

  test('are looked for again when one is new, but not for everybody who invents one', async () => {
    serve('/new', { keys: [await jwkOf(rsa, { kid: 'old' })] });
    await make('new', { jwks_uri: `${base}/new` });
    const header = { kid: 'next' };
    for (let i = 0; i < 4; i++) expect(await send(await theirs('new', { header }))).toMatchObject(FAILED);
    expect(requests('/new')).toBe(1);
    serve('/new', { keys: [await jwkOf(other, { kid: 'next' })] });
    expect(await send(await theirs('new', { header }))).toMatchObject(FAILED);
    door.house.clock.advance(30_000);
    expect(await send(await theirs('new', { header }))).toMatchObject({ status: 200 });
    expect(requests('/new')).toBe(2);
  });

  test.each<[string, () => Promise<void>]>([
    ['nothing there', async () => void remote.pages.delete('/bad')],
    ['not JSON', async () => void serve('/bad', '{')],
    ['a list', async () => void serve('/bad', '[]')],
    ['no keys', async () => void serve('/bad', '{"keys":{}}')],
    [
      'keys that are none',
      async () => void serve('/bad', '{"keys":[null,1,"x",{"kty":"RSA"},{"kty":"RSA","n":"x","e":7}]}'),
    ],
    ['a symmetric key', async () => void serve('/bad', '{"keys":[{"kty":"oct","k":"AAAA"}]}')],
    ['a key for encryption', async () => void serve('/bad', { keys: [await jwkOf(other, { use: 'enc' })] })],
    ['a key of another algorithm', async () => void serve('/bad', { keys: [await jwkOf(other, { alg: 'PS256' })] })],
    ['a private key', async () => void serve('/bad', { keys: [(await exportJWK(other.privateKey)) as JsonObject] })],
    [
      'more than a set may be long',
      async () => void serve('/bad', { keys: [await jwkOf(other)], padding: 'x'.repeat(65_536) }),
    ],
    [
      'a redirect to a good set',
      async () => {
        serve('/good', { keys: [await jwkOf(other)] });
        serve('/bad', '', 302, { location: `${base}/good` });
      },
    ],
  ])('are none: %s', async (_name, prepare) => {
    const id = `bad-${count++}`;
    await make(id, { jwks_uri: `${base}/bad` });
    door.house.clock.advance(11 * 60_000);
    await prepare();
    expect(await send(await theirs(id))).toMatchObject(FAILED);
  });

  test('are never asked for behind the wall', async () => {
    for (const [index, uri] of ['http://127.0.0.1:1/x', 'http://10.0.0.1/x', 'file:///etc/passwd', 'x'].entries()) {
      await make(`inside-${index}`, { jwks_uri: uri });
      expect(await send(await theirs(`inside-${index}`))).toMatchObject(FAILED);
    }
  });
});
