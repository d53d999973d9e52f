// Tests, oracle: what a probe is, and the few ways in which most of them are made.
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { CALLBACK, clientKeys, SECRET } from './clients.ts';
import { NONCE, STATE } from './seen.ts';
import { type Parameters, type Side, spell } from './side.ts';

/** One question, asked of both servers. `first` is what came before some time went by. */
export type Probe = {
  id: string;
  run(side: Side, first: Response | undefined): Promise<Response>;
  /** Asked before, and how many seconds later the question itself follows. */
  before?: { run(side: Side): Promise<Response>; seconds: number };
};

/** Verifier and challenge of RFC 7636, appendix B. */
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
export const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
export const PKCE = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };

/** A good request for a code, changed by `more`; undefined leaves one out. */
export function request(more: Parameters = {}): Parameters {
  return {
    client_id: 'post',
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope: 'openid',
    state: STATE,
    nonce: NONCE,
    ...more,
  };
}

export type How = {
  /** Who asks; a browser without cookies unless told otherwise. */
  by?: 'ana' | 'nobody';
  /** Appended to the query as it is. */
  raw?: string;
  /** As a form. */
  posted?: true;
  /** Signs in where a page asks for it. */
  signsIn?: true;
};

export async function authorize(side: Side, parameters: Parameters, how: How = {}): Promise<Response> {
  const visitor = how.by === 'ana' ? side.ana() : side.nobody();
  const query = `${spell(side, parameters)}${how.raw ?? ''}`;
  const answer = how.posted
    ? await visitor.send('/authorize', { form: query })
    : await visitor.send(`/authorize?${query}`);
  return how.signsIn ? side.signIn(visitor, answer) : visitor.follow(answer);
}

/** A probe of the authorization endpoint. */
export function asked(id: string, more: Parameters | ((side: Side) => Promise<Parameters>), how: How = {}): Probe {
  const run = async (side: Side) => authorize(side, request(typeof more === 'function' ? await more(side) : more), how);
  return { id: `authorize/${id}`, run };
}

/** What the client hears in the query of its callback. */
function said(answer: Response): URLSearchParams {
  return new URL(answer.headers.get('location') ?? 'x:').searchParams;
}

/** A code for ana, who is signed in already. */
export async function code(side: Side, more: Parameters = {}): Promise<string> {
  const answer = await authorize(side, request(more), { by: 'ana', signsIn: true });
  const given = said(answer).get('code');
  if (given === null) throw new Error(`${side.name} gave no code: ${answer.status} ${answer.headers.get('location')}`);
  return given;
}

export function exchange(side: Side, parameters: Parameters, headers: Record<string, string> = {}): Promise<Response> {
  return side.nobody().send('/oauth/token', { form: spell(side, parameters), headers });
}

export const BY_POST = { client_id: 'post', client_secret: SECRET };

/** The exchange of a code of `post`. */
export const forCode = (given: string, more: Parameters = {}): Parameters => ({
  ...BY_POST,
  grant_type: 'authorization_code',
  code: given,
  redirect_uri: CALLBACK,
  ...more,
});

export type Tokens = { access_token: string; id_token: string; refresh_token: string };

/** The tokens of ana at `post`. */
export async function tokens(side: Side, more: Parameters = {}): Promise<Tokens> {
  const answer = await exchange(side, forCode(await code(side, more)));
  if (answer.status !== 200) throw new Error(`${side.name} gave no tokens: ${await answer.text()}`);
  return (await answer.json()) as Tokens;
}

export const basic = (id: string, secret: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
});

let count = 0;
/** Of everything that is good once. */
export const once = (): string => `once-${count++}`;

/** A JWT of a client, good unless `claims` say otherwise; a claim that is undefined is left out. */
export async function byClient(claims: Record<string, unknown>, header: Record<string, unknown> = {}): Promise<string> {
  const payload = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
  return new SignJWT(payload as JWTPayload)
    .setProtectedHeader({ alg: 'RS256', kid: 'client-key', ...header })
    .sign(clientKeys.privateKey);
}

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export async function asserted(
  side: Side,
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): Promise<Parameters> {
  const now = side.now();
  const good = { iss: 'keyed', sub: 'keyed', aud: side.issuer, iat: now, exp: now + 60, jti: once() };
  return {
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: await byClient({ ...good, ...claims }, header),
  };
}

const proofKeys = await generateKeyPair('ES256', { extractable: true });
export const otherProofKeys = await generateKeyPair('ES256', { extractable: true });

export async function proof(
  side: Side,
  claims: Record<string, unknown> = {},
  { header = {}, by = proofKeys }: { header?: Record<string, unknown>; by?: typeof proofKeys } = {},
): Promise<Record<string, string>> {
  const good = { htm: 'POST', htu: `${side.site}/oauth/token`, iat: side.now(), jti: once() };
  const payload = Object.fromEntries(Object.entries({ ...good, ...claims }).filter(([, value]) => value !== undefined));
  const jwk = await exportJWK(by.publicKey);
  const signed = await new SignJWT(payload as JWTPayload)
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk, ...header })
    .sign(by.privateKey);
  return { dpop: signed };
}
