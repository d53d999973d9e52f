// A call as a stranger wrote it: what is taken, what is dropped and what is refused, and that no refusal quotes a secret.
import { describe, expect, test } from 'vitest';
import type { OutgoingCall } from '#actions/outgoing-call.ts';
import { readCall } from '#runtime/egress/call.ts';
import { EGRESS_LIMITS } from '#runtime/egress/create-egress.ts';
import { EgressFault } from '#runtime/egress/egress.ts';
import { follow } from '#runtime/egress/redirect.ts';
import { call, pem } from './kit.ts';

const read = (written: unknown) => readCall(written, EGRESS_LIMITS);
const SITE = 'https://api.example/v1?token=hunter2';
const with_ = (parts: object): unknown => ({ ...call(SITE), ...parts });

function refusalOf(work: () => unknown): EgressFault {
  try {
    work();
  } catch (error) {
    if (error instanceof EgressFault) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test.each<[name: string, written: unknown, code: string]>([
  ['nothing', undefined, 'ERR_EGRESS_INVALID'],
  ['a text', SITE, 'ERR_EGRESS_INVALID'],
  ['an empty object', {}, 'ERR_EGRESS_INVALID'],
  ['a key too many', with_({ agent: 'hunter2' }), 'ERR_EGRESS_INVALID'],
  ['a URL of another type', with_({ url: 1 }), 'ERR_EGRESS_INVALID'],
  ['a URL without end', with_({ url: `https://a.example/${'a'.repeat(40_000)}` }), 'ERR_EGRESS_INVALID'],
  ['a method with a space', with_({ method: 'GET /hunter2' }), 'ERR_EGRESS_INVALID'],
  ['a method with a line break', with_({ method: 'GET\r\nX' }), 'ERR_EGRESS_INVALID'],
  ['no method', with_({ method: '' }), 'ERR_EGRESS_INVALID'],
  ['CONNECT', with_({ method: 'CONNECT' }), 'ERR_EGRESS_INVALID'],
  ['trace', with_({ method: 'trace' }), 'ERR_EGRESS_INVALID'],
  ['TRACK', with_({ method: 'TRACK' }), 'ERR_EGRESS_INVALID'],
  ['headers as an object', with_({ headers: { a: 'b' } }), 'ERR_EGRESS_INVALID'],
  ['a header with three parts', with_({ headers: [['a', 'b', 'c']] }), 'ERR_EGRESS_INVALID'],
  ['a header with an empty name', with_({ headers: [['', 'b']] }), 'ERR_EGRESS_INVALID'],
  ['a header name with a line break', with_({ headers: [['a\r\nhost', 'hunter2']] }), 'ERR_EGRESS_INVALID'],
  ['a header name with a colon', with_({ headers: [['a:', 'b']] }), 'ERR_EGRESS_INVALID'],
  ['a header value with CR LF', with_({ headers: [['a', 'b\r\nhost: hunter2']] }), 'ERR_EGRESS_INVALID'],
  ['a header value with LF', with_({ headers: [['a', 'b\nhost: hunter2']] }), 'ERR_EGRESS_INVALID'],
  ['a header value with NUL', with_({ headers: [['a', 'hunter2\0']] }), 'ERR_EGRESS_INVALID'],
  ['a header value that is no byte', with_({ headers: [['a', 'hunter2 ✓']] }), 'ERR_EGRESS_INVALID'],
  ['a line break in a header we drop', with_({ headers: [['host', 'a\r\nb: c']] }), 'ERR_EGRESS_INVALID'],
  ['headers over their limit', with_({ headers: [['a', 'b'.repeat(65_600)]] }), 'ERR_EGRESS_TOO_LARGE'],
  ['too many headers', with_({ headers: Array(1_001).fill(['a', '']) }), 'ERR_EGRESS_INVALID'],
  ['a body as text', with_({ body: 'hunter2' }), 'ERR_EGRESS_INVALID'],
  ['a body of both kinds', with_({ body: { text: 'a', base64: 'YQ==' } }), 'ERR_EGRESS_INVALID'],
  ['a body that is not base64', with_({ body: { base64: '***' } }), 'ERR_EGRESS_INVALID'],
  ['a body over its limit', with_({ body: { text: 'é'.repeat(524_289) } }), 'ERR_EGRESS_TOO_LARGE'],
  ['another redirect mode', with_({ redirect: 'always' }), 'ERR_EGRESS_INVALID'],
  ['a negative time', with_({ timeoutMs: -1 }), 'ERR_EGRESS_INVALID'],
  ['an infinite time', with_({ timeoutMs: Number.POSITIVE_INFINITY }), 'ERR_EGRESS_INVALID'],
  ['TLS without checks', with_({ tls: { rejectUnauthorized: false } }), 'ERR_EGRESS_INVALID'],
  ['a certificate that is none', with_({ tls: { cert: 'hunter2', key: 'hunter2' } }), 'ERR_EGRESS_INVALID'],
  [
    'a key of another certificate',
    with_({ tls: { cert: pem('client.pem'), key: pem('server.key') } }),
    'ERR_EGRESS_INVALID',
  ],
  ['a key over its size', with_({ tls: { key: 'k'.repeat(8_193) } }), 'ERR_EGRESS_INVALID'],
  [
    'a wrong passphrase',
    with_({ tls: { cert: pem('client.pem'), key: pem('client-encrypted.key'), passphrase: 'hunter2' } }),
    'ERR_EGRESS_INVALID',
  ],
])('%s is refused', (_name, written, code) => {
  const fault = refusalOf(() => read(written));
  expect(fault.code).toBe(code);
  expect(fault.message).not.toMatch(/hunter2|[\r\n]/);
});

test.each(['client-slow.key', 'client-scrypt.key'])('%s would keep everybody waiting, and is never tried', (name) => {
  const from = performance.now();
  const tls = { cert: pem('client.pem'), key: pem(name), passphrase: 'open-sesame' };
  expect(refusalOf(() => read(with_({ tls }))).message).toContain('at most 100000 rounds');
  expect(performance.now() - from).toBeLessThan(100);
});

test('a key with a passphrase is read', () => {
  const tls = { cert: pem('client.pem'), key: pem('client-encrypted.key'), passphrase: 'open-sesame', servername: 'a' };
  expect(read(with_({ tls })).identity).toMatchObject({ servername: 'a' });
});

describe('headers', () => {
  const headersOf = (headers: OutgoingCall['headers']) => read(with_({ headers })).headers;
  const OWN = [
    ['accept', '*/*'],
    ['user-agent', 'sallyport'],
    ['accept-encoding', 'br, gzip, deflate, zstd'],
  ];

  test.each([
    'Host',
    'connection',
    'Keep-Alive',
    'proxy-authorization',
    'Proxy-Connection',
    'TE',
    'trailer',
    'Transfer-Encoding',
    'upgrade',
    'Content-Length',
    'expect',
    'HTTP2-Settings',
  ])('%s is ours', (name) => {
    expect(headersOf([[name, 'x']])).toEqual(OWN);
  });

  test.each<[given: [string, string], kept: [string, string]]>([
    [
      ['X-Api-Key', '  a b\t'],
      ['X-Api-Key', 'a b'],
    ],
    [
      ['Authorization', 'Bearer x'],
      ['Authorization', 'Bearer x'],
    ],
    [
      ['cookie', 'a=b'],
      ['cookie', 'a=b'],
    ],
    [
      ['x-latin', 'caf\xe9'],
      ['x-latin', 'caf\xe9'],
    ],
    [
      ['x-empty', ''],
      ['x-empty', ''],
    ],
    [
      ['hostname', 'x'],
      ['hostname', 'x'],
    ],
    [
      ['x-host', 'x'],
      ['x-host', 'x'],
    ],
  ])('%j is kept as %j', (given, kept) => {
    expect(headersOf([given])).toEqual([kept, ...OWN]);
  });

  test('those of the call stand before ours', () => {
    const given: [string, string][] = [
      ['Accept', 'text/html'],
      ['User-Agent', 'mine'],
      ['Range', 'bytes=0-9'],
    ];
    expect(headersOf(given)).toEqual([...given, ['accept-encoding', 'identity']]);
  });
});

describe('a redirect', () => {
  const start = read({
    ...call('https://a.example/from?q#f', { method: 'POST', body: { text: 'x' } }),
    headers: [
      ['Authorization', 'Bearer x'],
      ['Cookie', 'a=b'],
      ['X-Api-Key', 'k'],
      ['Content-Type', 'text/plain'],
      ['Content-Language', 'en'],
    ],
    tls: { cert: pem('client.pem'), key: pem('client.key') },
  });
  const names = (hop: { headers: readonly (readonly [string, string])[] }) =>
    hop.headers
      .map(([name]) => name.toLowerCase())
      .filter((name) => !['accept', 'user-agent', 'accept-encoding'].includes(name));
  const all = ['authorization', 'cookie', 'x-api-key', 'content-type', 'content-language'];

  test.each<[status: number, method: string, becomes: string]>([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
    [301, 'PUT', 'PUT'],
    [302, 'DELETE', 'DELETE'],
    [303, 'PUT', 'GET'],
    [303, 'GET', 'GET'],
    [303, 'HEAD', 'HEAD'],
    [301, 'HEAD', 'HEAD'],
  ])('%i makes of %s a %s', (status, method, becomes) => {
    const hop = follow({ ...start, method }, status, '/to');
    const dropped = method !== becomes;
    expect([hop.url.href, hop.method, hop.body?.toString(), names(hop)]).toEqual([
      'https://a.example/to',
      becomes,
      dropped ? undefined : 'x',
      dropped ? ['authorization', 'cookie', 'x-api-key'] : all,
    ]);
  });

  test.each<[location: string, kept: boolean]>([
    ['/to', true],
    ['https://a.example/to', true],
    ['//a.example:443/to', true],
    ['https://a.example:8443/to', false],
    ['http://a.example/to', false],
    ['https://b.example/to', false],
    ['https://a.example.evil.example/to', false],
  ])('to %s keeps credentials: %s', (location, kept) => {
    const hop = follow(start, 307, location);
    expect(names(hop)).toEqual(kept ? all : ['x-api-key', 'content-type', 'content-language']);
    expect(hop.identity !== undefined).toBe(kept);
    expect(hop.body?.toString()).toBe('x');
  });

  test('is read as UTF-8 where it is', () => {
    expect(follow(start, 307, Buffer.from('/ä', 'utf8').toString('latin1')).url.pathname).toBe('/%C3%A4');
  });

  test.each<[location: string | string[], code: string]>([
    ['http://[', 'ERR_EGRESS_REDIRECT'],
    [['/a', '/b'], 'ERR_EGRESS_REDIRECT'],
    ['file:///etc/passwd', 'ERR_EGRESS_REFUSED'],
    ['https://user:hunter2@b.example/', 'ERR_EGRESS_REFUSED'],
    ['data:,x', 'ERR_EGRESS_REFUSED'],
  ])('to %j is not followed: %s', (location, code) => {
    const fault = refusalOf(() => follow(start, 302, location));
    expect(fault.code).toBe(code);
    expect(fault.message).not.toContain('hunter2');
  });
});
