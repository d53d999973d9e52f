// Tests, oracle: what is compared of an answer, said in words that are the same for both servers. A `!` behind a name means
// that it is there and says the wrong thing.
import { createHash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import type { Side } from './side.ts';
import { isScreen } from './visitor.ts';

export const STATE = 'the state & more';
export const NONCE = 'the-nonce';

export type Seen = {
  /** `3xx` for every redirect. */
  status: string;
  /** Where the answer leads: to the client and by which mode, to a page that asks the person, to a page, nowhere. */
  goes: string;
  error: string;
  /** Names of what is said, in order of the alphabet. */
  says: string;
  /** Scheme and error of `WWW-Authenticate`. */
  challenge: string;
  /** `no` where `Cache-Control` forbids it. */
  mayKeep: string;
  idToken: string;
  accessToken: string;
};
export type Facet = keyof Seen;

export async function see(side: Side, response: Response): Promise<Seen> {
  const text = await response.text();
  const { goes, said } = read(side, response, text);
  const tokens = { id: said.id_token, access: said.access_token, code: said.code };
  return {
    status: response.status >= 300 && response.status < 400 ? '3xx' : String(response.status),
    goes,
    error: typeof said.error === 'string' ? said.error : '',
    says: Object.entries(said)
      // Words for developers, which every error may have.
      .filter(([name]) => name !== 'error_description')
      .map(([name, value]) => (isWrong(side, name, value) ? `${name}!` : name))
      .sort()
      .join(' '),
    challenge: challengeOf(response.headers.get('www-authenticate')),
    mayKeep: response.headers.get('cache-control')?.includes('no-store') ? 'no' : 'yes',
    idToken: typeof tokens.id === 'string' ? describeIdToken(side, tokens.id, tokens) : '',
    accessToken: typeof tokens.access === 'string' ? describeAccessToken(side, tokens.access) : '',
  };
}

type Said = Record<string, unknown>;

function read(side: Side, response: Response, text: string): { goes: string; said: Said } {
  const location = response.headers.get('location');
  if (location !== null) return readRedirect(side, new URL(location, response.url));
  const type = response.headers.get('content-type') ?? '';
  if (text === '') return { goes: 'nothing', said: {} };
  if (type.includes('json')) return { goes: 'JSON', said: JSON.parse(text) as Said };
  if (!type.includes('html')) return { goes: 'text', said: {} };
  const target = /<form[^>]*action="(https?:[^"]*)"/.exec(text)?.[1];
  if (target !== undefined && new URL(unescaped(target)).origin !== side.site) {
    const inputs = text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
    return {
      goes: 'client by form_post',
      said: Object.fromEntries([...inputs].map(([, n = '', v = '']) => [n, unescaped(v)])),
    };
  }
  const message = /"?response"?:\s*(\{[^{}]*\})/.exec(text)?.[1];
  if (text.includes('postMessage') && message)
    return { goes: 'client by web_message', said: JSON.parse(message) as Said };
  return { goes: 'page', said: {} };
}

function readRedirect(side: Side, to: URL): { goes: string; said: Said } {
  if (to.origin === side.site) {
    return {
      goes: isScreen(to) ? 'page that asks' : `own ${to.pathname.replace(/[A-Za-z0-9_-]{15,}/, '…')}`,
      said: {},
    };
  }
  const inFragment = to.hash.length > 1;
  const said = inFragment ? new URLSearchParams(to.hash.slice(1)) : to.searchParams;
  const mode = inFragment ? ' by fragment' : said.size > 0 ? ' by query' : '';
  return { goes: `client${mode}`, said: Object.fromEntries(said) };
}

const unescaped = (text: string): string =>
  text.replaceAll(/&(amp|quot|lt|gt|#39|#x27);/g, (_all, name) => ENTITIES[name as string] ?? '');
const ENTITIES: Record<string, string> = { amp: '&', quot: '"', lt: '<', gt: '>', '#39': "'", '#x27': "'" };

function isWrong(side: Side, name: string, value: unknown): boolean {
  if (name === 'state') return value !== STATE;
  if (name === 'iss') return value !== side.issuer;
  if (name === 'sub') return value !== side.subject;
  return false;
}

function challengeOf(header: string | null): string {
  if (header === null) return '';
  const error = /error="([^"]*)"/.exec(header)?.[1];
  return `${header.split(' ')[0]}${error === undefined ? '' : ` ${error}`}`;
}

const half = (text: string): string =>
  createHash('sha256').update(text, 'ascii').digest().subarray(0, 16).toString('base64url');

function describeIdToken(side: Side, token: string, beside: { access?: unknown; code?: unknown }): string {
  const claims = decodeJwt(token);
  const { alg, typ, kid } = decodeProtectedHeader(token);
  const right: Record<string, boolean> = {
    ...timesOf(side, claims),
    iss: claims.iss === side.issuer,
    sub: claims.sub === side.subject,
    aud: typeof claims.aud === 'string',
    nonce: claims.nonce === NONCE,
    at_hash: claims.at_hash === half(String(beside.access)),
    c_hash: claims.c_hash === half(String(beside.code)),
  };
  return `alg=${alg} typ=${typ ?? 'none'} ${kid === undefined ? 'kid=none ' : ''}${names(claims, right)}`;
}

function describeAccessToken(side: Side, token: string): string {
  if (token.split('.').length !== 3) return 'opaque';
  const claims = decodeJwt(token);
  const { alg, typ } = decodeProtectedHeader(token);
  const right = { ...timesOf(side, claims), iss: claims.iss === side.issuer };
  const granted = typeof claims.scope === 'string' ? claims.scope.split(' ').map((each) => `scope=${each}`) : [];
  return ['JWT', `alg=${alg}`, `typ=${typ ?? 'none'}`, names(claims, right), ...granted].join(' ');
}

function timesOf(side: Side, { iat = 0, exp = 0, auth_time: at }: JWTPayload): Record<string, boolean> {
  const now = side.now();
  return {
    iat: Math.abs(iat - now) <= 5,
    exp: Number.isInteger(exp) && exp > now,
    auth_time: Number.isInteger(at) && Number(at) <= now + 1,
  };
}

function names(claims: JWTPayload, right: Record<string, boolean>): string {
  return Object.keys(claims)
    .map((name) => (right[name] === false ? `${name}!` : name))
    .sort()
    .join(' ');
}

/** The facets that are lists of words, in which order means nothing. */
const LISTS: readonly Facet[] = ['says', 'idToken', 'accessToken'];

/** How ours differs, one short text for each way: `status: 400 → 403`, `says: +iss`. */
export function differences(reference: Seen, ours: Seen): string[] {
  const single = (['status', 'goes', 'error', 'challenge', 'mayKeep'] as const).flatMap((facet) =>
    reference[facet] === ours[facet] ? [] : [`${facet}: ${reference[facet] || 'none'} → ${ours[facet] || 'none'}`],
  );
  // Where one of them refuses, what the other one says follows from it.
  if ((reference.error === '') !== (ours.error === '') || reference.says === '' || ours.says === '') return single;
  return [...single, ...LISTS.flatMap((facet) => wordsApart(facet, reference[facet], ours[facet]))];
}

function wordsApart(facet: Facet, reference: string, ours: string): string[] {
  if (reference === ours) return [];
  if (reference === '' || ours === '')
    return [`${facet}: ${reference ? 'given' : 'none'} → ${ours ? 'given' : 'none'}`];
  const [before, after] = [reference.split(' '), ours.split(' ')];
  return [
    ...before.filter((word) => !after.includes(word)).map((word) => `${facet}: -${word}`),
    ...after.filter((word) => !before.includes(word)).map((word) => `${facet}: +${word}`),
  ];
}
