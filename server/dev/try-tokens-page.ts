// Server, development: the tokens of a finished login, decoded for reading. Nothing is verified here but the nonce;
// applications verify signatures.
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Env } from '../deps.ts';
import { type Markup, sendPage } from '../hosted/page.ts';

export type TokenAnswer = {
  access_token?: string;
  id_token?: string;
  token_type?: string;
  expires_in?: number;
  scope?: string;
};

type Claims = { [claim: string]: unknown };
type Decoded = { header: Claims; claims: Claims };

/** `timeline`: the address of what happened in the login. */
export function showTokens(
  c: Context<Env>,
  answer: TokenAnswer,
  { nonce, timeline }: { nonce: string; timeline?: string },
): Response | Promise<Response> {
  const id = decode(answer.id_token);
  const access = decode(answer.access_token);
  const name = id?.claims.name ?? id?.claims.email ?? id?.claims.sub ?? 'somebody';
  return sendPage(c, {
    status: 200,
    language: 'en',
    title: 'Signed in',
    brand: c.var.tenant.friendlyName ?? c.var.tenant.name,
    wide: true,
    body: html`<h1>Signed in as ${String(name)}</h1>
<p class="lead">These are the tokens that the application received.</p>
${id && id.claims.nonce !== nonce ? html`<p class="alert" role="alert">The nonce of the ID token is not the one that was sent.</p>` : ''}
<p class="row"><a class="button" href="/dev/try/start?prompt=login">Sign in as somebody else</a><a class="button quiet-button" href="/dev/try/start">Sign in again, with the session</a>${timeline === undefined ? '' : html`<a class="button quiet-button" href="${timeline}">See what happened</a>`}<a class="button quiet-button" href="/dev/inbox">Open the inbox</a></p>
${tokenSection('ID token', id, answer.id_token)}
${tokenSection('Access token', access, answer.access_token)}
<h2>The rest of the answer</h2>
${table({ token_type: answer.token_type, expires_in: answer.expires_in, scope: answer.scope })}`,
  });
}

function tokenSection(title: string, decoded: Decoded | undefined, token: string | undefined): Markup {
  if (token === undefined) return html`<h2>${title}</h2><p>None was given.</p>`;
  if (!decoded) return html`<h2>${title}</h2><p>It is opaque: only this server can read it.</p><pre>${token}</pre>`;
  return html`<h2>${title}</h2>
${table(decoded.claims)}
<details><summary>Header, raw claims and the token itself</summary>
<pre>${JSON.stringify(decoded.header, null, 2)}</pre>
<pre>${JSON.stringify(decoded.claims, null, 2)}</pre>
<pre>${token}</pre>
</details>`;
}

function table(claims: Claims): Markup {
  return html`<div class="scroll"><table>
<thead><tr><th scope="col">Claim</th><th scope="col">Value</th></tr></thead>
<tbody>${Object.entries(claims)
    .filter(([, value]) => value !== undefined)
    .map(
      ([claim, value]) => html`<tr><th scope="row">${claim}</th><td>${readable(claim, value)}</td></tr>
`,
    )}</tbody>
</table></div>`;
}

const TIMES: ReadonlySet<string> = new Set(['iat', 'exp', 'auth_time', 'nbf']);

function readable(claim: string, value: unknown): string {
  if (TIMES.has(claim) && typeof value === 'number') return `${new Date(value * 1000).toISOString()} (${value})`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Header and claims of a JWT; undefined for anything else. */
function decode(token: string | undefined): Decoded | undefined {
  const parts = token?.split('.') ?? [];
  if (parts.length !== 3) return undefined;
  const [header, claims] = parts.slice(0, 2).map(parse);
  return header && claims ? { header, claims } : undefined;
}

function parse(part: string): Claims | undefined {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Claims;
  } catch {
    return undefined; // Not a JWT after all.
  }
}
