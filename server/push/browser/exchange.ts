// In the browser of a phone: everything that is said to the server is one statement, signed by the key of the account, for
// one address and this minute (RFC 7515). Time is the server's: a phone's clock may be wrong.
import type { Account } from './accounts.ts';
import { known, root } from './known.ts';

/** Either what was asked for, or a code of the server's; `offline`: it was not reached. */
export type Answer = { ok: true; body: Record<string, unknown> } | { ok: false; code: string };

let offset = known.now - Date.now();

/** Milliseconds since 1970 by the server's clock. */
export const now = (): number => Date.now() + offset;

export function ask(account: Account, verb: string, claims: Record<string, unknown> = {}): Promise<Answer> {
  return say(verb, account.key, { kid: account.device }, claims);
}

/** The statement by which a phone becomes a device: it brings its public key along. */
export function introduce(key: CryptoKeyPair, jwk: JsonWebKey, claims: Record<string, unknown>): Promise<Answer> {
  const { kty, crv, x, y } = jwk;
  return say('enroll', key.privateKey, { jwk: { kty, crv, x, y } }, claims);
}

/** What the key of a picture stands for. */
export function askOffer(key: string): Promise<Answer> {
  return send('offer', 'application/json', JSON.stringify({ key }));
}

async function say(
  verb: string,
  key: CryptoKey,
  by: Record<string, unknown>,
  claims: Record<string, unknown>,
): Promise<Answer> {
  const first = await send(verb, 'application/jose', await sign(verb, key, by, claims));
  // Its answer has set the clock.
  if (first.ok || first.code !== 'stale-proof') return first;
  return send(verb, 'application/jose', await sign(verb, key, by, claims));
}

async function sign(
  verb: string,
  key: CryptoKey,
  by: Record<string, unknown>,
  claims: Record<string, unknown>,
): Promise<string> {
  const header = { alg: 'ES256', typ: 'device+jwt', ...by };
  const jti = toBase64Url(crypto.getRandomValues(new Uint8Array(16)));
  const body = { aud: `${known.base}/push/api/${verb}`, iat: Math.floor(now() / 1000), jti, ...claims };
  const text = [header, body].map((part) => toBase64Url(new TextEncoder().encode(JSON.stringify(part)))).join('.');
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
  const signature = await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(text));
  return `${text}.${toBase64Url(new Uint8Array(signature))}`;
}

async function send(verb: string, type: string, body: string): Promise<Answer> {
  let answer: Response;
  try {
    answer = await fetch(`${root}/push/api/${verb}`, { method: 'POST', headers: { 'content-type': type }, body });
  } catch {
    return { ok: false, code: 'offline' };
  }
  const read = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  if (typeof read.now === 'number') offset = read.now - Date.now();
  return answer.ok ? { ok: true, body: read } : { ok: false, code: String(read.error ?? 'failed') };
}

function toBase64Url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
