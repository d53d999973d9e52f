// Test: the files that pages name, and the headers by which a page says what it may do.
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { html } from 'hono/html';
import { describe, expect, test } from 'vitest';
import type { Env } from '#server/deps.ts';
import {
  assetAt,
  assetResponse,
  STYLESHEET_PATH,
  scriptPath,
  scriptText,
  WEBAUTHN_SCRIPT_PATH,
} from '#server/hosted/assets.ts';
import { type Page, sendPage } from '#server/hosted/page.ts';

describe('assets', () => {
  const get = (path: string, encoding?: string) => {
    const found = assetAt(path);
    if (!found) throw new Error(`no ${path}`);
    return assetResponse(found, encoding);
  };

  test.each<[accepted: string | undefined, encoding: 'br' | 'gzip' | null]>([
    [undefined, null],
    ['identity', null],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['gzip;q=0.0', null],
  ])('accepting %j they come as %j', async (accepted, encoding) => {
    const answer = get(STYLESHEET_PATH, accepted);
    expect(answer.headers.get('content-encoding')).toBe(encoding);
    const bytes = Buffer.from(await answer.arrayBuffer());
    const unpack = { br: brotliDecompressSync, gzip: gunzipSync, identity: (plain: Buffer) => plain };
    const text = unpack[encoding ?? 'identity'](bytes);
    expect(text.toString()).toBe(assetAt(STYLESHEET_PATH)?.text);
    expect(answer.headers.get('cache-control')).toContain('immutable');
    expect(answer.headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect(answer.headers.get('vary')).toBe('accept-encoding');
  });

  test('the library for security keys is a script of ours', () => {
    expect(get(WEBAUTHN_SCRIPT_PATH).headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(assetAt(WEBAUTHN_SCRIPT_PATH)?.text).toContain('SimpleWebAuthnBrowser');
  });

  test('whoever names a script that is not there hears of it at once', () => {
    expect(() => scriptPath('not-there')).toThrow('browser/not-there.ts');
    expect(() => scriptText('not-there')).toThrow('browser/not-there.ts');
    expect(assetAt('/u/style.css')).toBeUndefined();
  });

  test('what a page weighs: the stylesheet and the library leave room for the page', () => {
    const size = (path: string) => Buffer.byteLength(assetAt(path)?.text ?? '');
    expect(size(STYLESHEET_PATH)).toBeLessThan(14_000);
    expect(size(STYLESHEET_PATH) + size(WEBAUTHN_SCRIPT_PATH)).toBeLessThan(28_000);
  });
});

describe('what a page may do', () => {
  const ALWAYS = ["default-src 'none'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"];
  const policyOf = async (more: Partial<Page>): Promise<string[]> => {
    const app = new Hono<Env>().get('/', (c) =>
      sendPage(c, { status: 200, language: 'en', title: 'T', brand: 'B', body: html`<h1>T</h1>`, ...more }),
    );
    const answer = await app.request('/');
    return (answer.headers.get('content-security-policy') ?? '').split('; ');
  };

  test.each<[name: string, more: Partial<Page>, rest: string[]]>([
    ['nothing', {}, ["img-src 'self' data:", "form-action 'self'"]],
    [
      'an answer elsewhere',
      { formTargets: ['https://app.example'] },
      ["img-src 'self' data:", "form-action 'self' https://app.example"],
    ],
    ['an answer anywhere', { formTargets: 'any' }, ["img-src 'self' data:"]],
    [
      'pictures',
      { images: ['https://a.example', 'https://a.example'] },
      ["img-src 'self' data: https://a.example", "form-action 'self'"],
    ],
    ['a script', { scripts: ['/u/x.js'] }, ["img-src 'self' data:", "form-action 'self'", "script-src 'self'"]],
    [
      'a device',
      { scripts: ['/u/x.js'], connects: true, workers: true, manifest: '/u/m.json' },
      [
        "img-src 'self' data:",
        "form-action 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
      ],
    ],
  ])('%s', async (_name, more, rest) => {
    expect((await policyOf(more)).sort()).toEqual([...ALWAYS, ...rest].sort());
  });

  test.each([
    ['en', 'ltr'],
    ['ja', 'ltr'],
  ] as const)('a page in %s runs %s', async (language, direction) => {
    const app = new Hono<Env>().get('/', (c) =>
      sendPage(c, { status: 200, language, title: 'T', brand: '<b>', body: html`` }),
    );
    const text = await (await app.request('/')).text();
    expect(text).toContain(`<html lang="${language}" dir="${direction}">`);
    expect(text).toContain('<title>T | &lt;b&gt;</title>');
    expect(text).not.toMatch(/ style=|<script/);
  });
});
