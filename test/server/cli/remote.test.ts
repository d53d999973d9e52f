// How a command reaches a tenant: what it wants to know, what it says where it cannot, what it waits for, and what it keeps
// to itself.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openRemote, type RemoteOptions, RemoteRefusal } from '#server/cli/remote.ts';
import { freePort } from '#test/kit/free-port.ts';
import { keptTerminal } from '#test/kit/terminal.ts';
import { makeCertificate } from '#test/kit/tls.ts';
import { openStandIn, type StandIn } from './auth0-stand-in.ts';

let tenant: StandIn;
let env: Record<string, string>;
beforeAll(async () => {
  tenant = await openStandIn();
  env = { SALLYPORT_URL: tenant.url, SALLYPORT_CLIENT_ID: 'me', SALLYPORT_CLIENT_SECRET: 'right' };
});
afterEach(() => tenant.instead.clear());
afterAll(() => tenant.close());

async function reach(options: RemoteOptions = {}, given: Record<string, string> = env, input = '') {
  const terminal = keptTerminal({ env: given, input });
  return { remote: await openRemote(options, terminal), terminal };
}

/** The message of the refusal, and whether it was wrong use. */
async function refused(work: Promise<unknown>): Promise<{ said: string; wrongUse: boolean }> {
  const error = await work.then(
    () => new Error('it was not refused'),
    (thrown: Error) => thrown,
  );
  return { said: error.message, wrongUse: error.constructor.name === 'UsageError' };
}

describe('which tenant, and who we are', () => {
  const client = { SALLYPORT_CLIENT_ID: 'me', SALLYPORT_CLIENT_SECRET: 'right' };
  const at = { SALLYPORT_URL: 'https://a.example' };
  test.each<[name: string, options: RemoteOptions, env: Record<string, string>, says: string]>([
    ['no tenant', {}, client, 'which tenant?'],
    ['two of them', { url: 'https://a.example', domain: 'b.example' }, client, 'give one'],
    ['two in the environment', {}, { ...client, ...at, AUTH0_DOMAIN: 'b.example' }, 'both set'],
    ['a URL that is none', { url: 'a.example' }, client, 'expected a URL such as'],
    ['another scheme', { url: 'ftp://a.example' }, client, 'expected a URL such as'],
    ['a page of it', { url: 'https://a.example/login' }, client, 'has more in it'],
    ['a password in it', { url: 'https://me:secret@a.example' }, client, 'has more in it'],
    ['a domain that is none', { domain: '' }, client, 'expected a domain such as'],
    ['nobody', {}, at, 'who are you there? Set SALLYPORT_CLIENT_ID'],
    ['nobody at Auth0', { domain: 'b.example' }, client, 'Set AUTH0_CLIENT_ID'],
    ['no secret', {}, { ...at, SALLYPORT_CLIENT_ID: 'me' }, 'Set SALLYPORT_CLIENT_SECRET'],
    [
      'no secret by standard input',
      { 'client-secret-stdin': true },
      { ...at, ...client },
      'nothing came by standard input',
    ],
    ['a token and a client', { token: 't', 'client-id': 'me' }, at, 'give one'],
  ])('%s is wrong use', async (_name, options, given, says) => {
    const { said, wrongUse } = await refused(reach(options, given));
    expect(said).toContain(says);
    expect(wrongUse).toBe(true);
  });

  test('a token with a line break in it is not sent', async () => {
    expect(await refused(reach({ token: 'a\nb' }))).toMatchObject({ said: expect.stringContaining('pasted whole') });
  });

  test.each<[name: string, options: RemoteOptions, env: Record<string, string>, input: string]>([
    ['the environment', {}, {}, ''],
    [
      'options and standard input',
      { 'client-id': 'me', 'client-secret-stdin': true },
      { SALLYPORT_TOKEN: 'unused' },
      'right\n',
    ],
    [
      'the variables of Auth0 for a domain',
      {},
      { SALLYPORT_URL: '', AUTH0_CLIENT_ID: 'me', AUTH0_CLIENT_SECRET: 'right' },
      '',
    ],
  ])('by %s', async (_name, options, more, input) => {
    const given: Record<string, string> = { ...env, ...more };
    if (more.SALLYPORT_URL === '') given.AUTH0_DOMAIN = tenant.url;
    const { remote } = await reach(options, given, input);
    expect(remote).toMatchObject({ origin: tenant.url, kind: 'auth0' });
    expect(await remote.call('GET', '/tenants/settings')).toEqual({});
  });

  test('a name below localhost is this machine, whatever the resolver says', async () => {
    const url = tenant.url.replace('127.0.0.1', 'some-tenant.localhost');
    expect((await reach({ url })).remote.origin).toBe(url);
  });

  test('secrets of Auth0 do not go to a URL', async () => {
    const given = { AUTH0_CLIENT_ID: 'me', AUTH0_CLIENT_SECRET: 'right', AUTH0_ACCESS_TOKEN: 't' };
    expect(await refused(reach({ url: tenant.url }, given))).toMatchObject({ wrongUse: true });
  });

  test('a warning where the way is open', async () => {
    const terminal = keptTerminal({ env: { SALLYPORT_TOKEN: 't' } });
    await refused(openRemote({ url: 'http://host.invalid' }, terminal));
    expect(terminal.said.err.join()).toContain('is not https');
  });
});

describe('where it cannot go on', () => {
  test('nobody listens', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    expect((await refused(reach({ url }))).said).toContain('Is the server running?');
  });

  test('there is no such host', async () => {
    expect((await refused(reach({ url: 'https://no-such-host.invalid' }))).said).toContain('Check the URL.');
  });

  test('a certificate of an authority that nobody knows', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'remote-'));
    const { certFile, keyFile } = await makeCertificate(folder);
    const server = createSecureServer({ cert: await readFile(certFile), key: await readFile(keyFile) }).listen(
      0,
      '127.0.0.1',
    );
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const untrusted = await refused(reach({ url: `https://localhost:${port}` }));
    const plain = await refused(reach({ url: `http://localhost:${port}` }));
    const secure = await refused(reach({ url: tenant.url.replace('http:', 'https:') }));
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
    expect(untrusted.said).toContain('Set NODE_EXTRA_CA_CERTS');
    expect(plain.said).toMatch(/broke|does not speak http/);
    expect(secure.said).toContain('does not speak https');
  });

  test.each<
    [
      name: string,
      path: string,
      answer: { status: number; body?: unknown; headers?: Record<string, string> },
      says: string,
    ]
  >([
    ['no tenant is there', '/.well-known/openid-configuration', { status: 404 }, 'is no tenant'],
    ['some other document is', '/.well-known/openid-configuration', { status: 200, body: [] }, 'is no tenant'],
    [
      'it has moved',
      '/.well-known/openid-configuration',
      { status: 301, headers: { location: 'https://new.example/x' } },
      'give --url https://new.example',
    ],
    [
      'the client has no grant',
      '/oauth/token',
      { status: 403, body: { error: 'access_denied' } },
      'Does the client have a grant for',
    ],
    [
      'the token is refused',
      '/api/v2/tenants/settings',
      { status: 403, body: { message: 'Insufficient scope, expected any of: read:tenant_settings' } },
      'lacks a scope for GET /tenants/settings: read:tenant_settings',
    ],
    [
      'Auth0 refuses it',
      '/api/v2/tenants/settings',
      { status: 403, body: { message: 'Insufficient scope, expected: read:tenant_settings.' } },
      'read:tenant_settings. Grant it',
    ],
    [
      'it is refused for another reason',
      '/api/v2/tenants/settings',
      { status: 409, body: { message: 'It is \u001b[31mtaken.' } },
      '(409: It is ?[31mtaken.)',
    ],
    ['the answer is no JSON', '/api/v2/tenants/settings', { status: 200, body: undefined }, ''],
  ])('%s', async (_name, path, answer, says) => {
    tenant.instead.set(path, [answer]);
    const work = async () => (await reach()).remote.call('GET', '/tenants/settings');
    if (says === '') return expect(await work()).toBeUndefined();
    const { said, wrongUse } = await refused(work());
    expect(said).toContain(says);
    expect(wrongUse).toBe(false);
  });

  test('a wrong secret is not said, though the answer quotes it', async () => {
    const { said } = await refused(reach({}, { ...env, SALLYPORT_CLIENT_SECRET: 'a wrong one' }));
    expect(said).toContain('Check the client id and its secret');
    expect(said).not.toContain('a wrong one');
  });

  test('a scope that the token lacks is told before anything is done', async () => {
    const { remote } = await reach();
    expect(remote.lacking(['read:actions', 'read:users'])).toEqual(['read:users']);
    expect(() => remote.need(['read:users'])).toThrow('the token lacks read:users. Grant it');
    const unknown = (await reach({ token: 'opaque' })).remote;
    expect(unknown.lacking(['read:users'])).toEqual([]);
  });
});

describe('what it waits for', () => {
  const busy = { status: 429, body: { message: 'Global limit has been reached' }, headers: { 'retry-after': '1' } };
  test('a limit, as long as the answer says', async () => {
    const { remote, terminal } = await reach();
    tenant.instead.set('/api/v2/tenants/settings', [busy]);
    expect(await remote.call('GET', '/tenants/settings')).toEqual({});
    expect(terminal.said.progress).toContain(`${tenant.url} asks to wait 1 s …`);
  });

  test('a server that is away for a moment, for reads alone', async () => {
    const { remote } = await reach();
    const away = { status: 503, body: {} };
    tenant.instead.set('/api/v2/tenants/settings', [away]);
    expect(await remote.call('GET', '/tenants/settings')).toEqual({});
    tenant.instead.set('/api/v2/tenants/settings', [away]);
    await expect(remote.call('PATCH', '/tenants/settings', {})).rejects.toThrow(RemoteRefusal);
  });

  test('a token that has run out is got anew, one that was given is not', async () => {
    const over = { status: 401, body: { message: 'Expired token' } };
    const { remote } = await reach();
    tenant.instead.set('/api/v2/tenants/settings', [over]);
    expect(await remote.call('GET', '/tenants/settings')).toEqual({});
    const given = (await reach({ token: 'mine' })).remote;
    tenant.instead.set('/api/v2/tenants/settings', [over]);
    await expect(given.call('GET', '/tenants/settings')).rejects.toThrow('does not take the token: Expired token');
  });

  test('every page of a list', async () => {
    const page = (from: number, count: number) => ({
      status: 200,
      body: { things: Array.from({ length: count }, (_, at) => from + at) },
    });
    const { remote } = await reach();
    tenant.instead.set('/api/v2/things', [page(0, 100), page(100, 3)]);
    expect(await remote.list('/things', 'things')).toHaveLength(103);
    tenant.instead.set('/api/v2/things', [page(0, 100)]);
    expect(await remote.list('/things', 'things', 10)).toHaveLength(10);
    tenant.instead.set('/api/v2/things', [{ status: 200, body: {} }]);
    await expect(remote.list('/things', 'things')).rejects.toThrow('no list of things');
  });

  test('not when it is ended', async () => {
    const terminal = keptTerminal({ env });
    const remote = await openRemote({}, terminal);
    tenant.instead.set('/api/v2/tenants/settings', [{ ...busy, headers: { 'retry-after': '60' } }]);
    const called = remote.call('GET', '/tenants/settings');
    setTimeout(terminal.end, 50);
    await expect(called).rejects.toThrow('ended before it was done');
  });
});
