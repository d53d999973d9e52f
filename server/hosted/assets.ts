// Server, hosted pages: the files that pages name. Each lies under an address that changes with its content, so browsers
// ask once and keep it. Scripts are the TypeScript of `browser/` without its types, and one file of another's making.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { withoutTypes } from '../without-types.ts';

export type Asset = { path: string; type: string; text: string };

const TYPES = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8' } as const;

/** The stylesheet of all pages, and what pages of tables need beside it. */
const STYLE = stylesheet('style');
export const STYLESHEET_PATH = STYLE.path;
const WIDE = stylesheet('wide');
export const WIDE_STYLESHEET_PATH = WIDE.path;
/** What timelines of logins need beside both. */
const TIMELINE = stylesheet('timeline');
export const TIMELINE_STYLESHEET_PATH = TIMELINE.path;

/** Defines `SimpleWebAuthnBrowser`. It is a script of the older kind, every other one is a module. */
const WEBAUTHN = asset('simplewebauthn', 'js', readFileSync(webauthnBundle(), 'utf8'));
export const WEBAUTHN_SCRIPT_PATH = WEBAUTHN.path;

const SCRIPTS: ReadonlyMap<string, Asset> = new Map(scripts());

const ASSETS: ReadonlyMap<string, Asset> = new Map(
  [STYLE, WIDE, TIMELINE, WEBAUTHN, ...SCRIPTS.values()].map((each) => [each.path, each]),
);

/**
 * The address of a script of ours, for `Page.scripts`.
 * @param name of its file in `browser/`, without its ending.
 */
export function scriptPath(name: string): string {
  return script(name).path;
}

/** The text of a script of ours, for whoever serves it under an address that stays, as a service worker needs. */
export function scriptText(name: string): string {
  return script(name).text;
}

function script(name: string): Asset {
  const found = SCRIPTS.get(name);
  if (!found) throw new Error(`there is no browser/${name}.ts`);
  return found;
}

/** Any asset by its address; undefined when there is none. */
export function assetAt(path: string): Asset | undefined {
  return ASSETS.get(path);
}

/** @param accepted `Accept-Encoding` as sent (RFC 9110 §12.5.3). */
export function assetResponse(found: Asset, accepted: string | undefined): Response {
  const packed = packedFor(found, accepted ?? '');
  return new Response(packed.bytes, {
    headers: {
      'content-type': found.type,
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
      'x-content-type-options': 'nosniff',
      ...(packed.encoding === undefined ? {} : { 'content-encoding': packed.encoding }),
    },
  });
}

/** A weight of 0 means "not this one". */
const ENCODINGS = [
  { name: 'br', known: /\bbr\b(?!\s*;\s*q=0(?:\.0*)?(?:,|\s*$))/ },
  { name: 'gzip', known: /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|\s*$))/ },
] as const;

type Packed = { bytes: Uint8Array<ArrayBuffer>; encoding?: 'br' | 'gzip' };

/** Each file is packed once, when it is first asked for. */
const packages = new WeakMap<Asset, Map<string, Packed>>();

function packedFor(found: Asset, accepted: string): Packed {
  const encoding = ENCODINGS.find((each) => each.known.test(accepted))?.name;
  const made = packages.get(found) ?? new Map<string, Packed>();
  packages.set(found, made);
  const key = encoding ?? 'plain';
  const packed = made.get(key) ?? pack(found.text, encoding);
  made.set(key, packed);
  return packed;
}

function pack(text: string, encoding: Packed['encoding']): Packed {
  const bytes = Buffer.from(text);
  if (encoding === undefined) return { bytes: new Uint8Array(bytes) };
  return { bytes: new Uint8Array(encoding === 'br' ? brotliCompressSync(bytes) : gzipSync(bytes)), encoding };
}

function asset(name: string, ending: keyof typeof TYPES, text: string): Asset {
  const version = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return { path: `/u/${name}-${version}.${ending}`, type: TYPES[ending], text };
}

function scripts(): [name: string, made: Asset][] {
  const folder = new URL('./browser/', import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => {
      const name = file.slice(0, -'.ts'.length);
      return [name, asset(name, 'js', slim(withoutTypes(readFileSync(new URL(file, folder), 'utf8'))))];
    });
}

/** Without comments that have lines of their own, and the space that types and indentation leave. */
function slim(program: string): string {
  return program
    .replaceAll(/^\s*\/\*\*.*?\*\/$/gms, '')
    .replaceAll(/^\s*\/\/ .*$/gm, '')
    .replaceAll(/^[ \t]+|[ \t]+$/gm, '')
    .replaceAll(/ {3,}/g, ' ')
    .replaceAll(/\n{2,}/g, '\n')
    .trimStart();
}

function stylesheet(name: string): Asset {
  return asset(name, 'css', plain(readFileSync(new URL(`./${name}.css`, import.meta.url), 'utf8')));
}

/** Without its comments and the space that only its readers need. */
function plain(css: string): string {
  return css
    .replaceAll(/\/\*.*?\*\//gs, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?([{};,]) ?/g, '$1')
    .replaceAll(/: /g, ':')
    .replaceAll(/;}/g, '}')
    .trim();
}

/** The package exports its modules only; the file for pages lies beside them. */
function webauthnBundle(): string {
  const main = createRequire(import.meta.url).resolve('@simplewebauthn/browser');
  return main.replace(/script[\\/]index\.js$/, 'dist/bundle/index.umd.min.js');
}
