// Server, protocol: answers that reach the client by a page of ours instead of a redirect. These two pages run a script:
// one each, written here, and allowed by its hash alone; whatever else got into the page would not run.
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { html, raw } from 'hono/html';
import type { Env } from '../deps.ts';
import { STYLESHEET_PATH } from '../hosted/assets.ts';
import type { Markup } from '../hosted/page.ts';
import { speak } from '../hosted/speak.ts';
import { directionOf } from '../hosted/texts/catalogue.ts';
import { voiceAt } from '../hosted/voice.ts';

type Parameters = Record<string, string>;

/** OAuth 2.0 Form Post Response Mode §2: a form that sends itself, or waits for a press of its button. */
export function formPostPage(c: Context<Env>, redirectUri: string, said: Parameters): Response | Promise<Response> {
  const fields = Object.entries(said).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">\n`,
  );
  return sendScriptedPage(c, {
    script: 'document.forms[0].submit()',
    frameAncestors: "'none'",
    // Under `no-referrer` the form would come from `Origin: null` (Fetch §3.2), which relying parties take for a forgery.
    referrer: 'strict-origin',
    body: (submit) => html`<form method="post" action="${redirectUri}">
${fields}<button type="submit" autofocus>${submit}</button>
</form>`,
  });
}

/**
 * The answer for the page that opened us, in a frame or a window (OAuth 2.0 Web Message Response Mode, draft 01, §4.1). The
 * browser gives it to that origin only.
 */
export function webMessagePage(c: Context<Env>, origin: string, said: Parameters): Response | Promise<Response> {
  const message = scriptLiteral({ type: 'authorization_response', response: said });
  return sendScriptedPage(c, {
    script: `(window.opener || window.parent).postMessage(${message}, ${scriptLiteral(origin)})`,
    frameAncestors: frameAncestor(origin),
    referrer: 'no-referrer',
    body: () => html``,
  });
}

/** JSON that can neither end the script element it stands in nor a line of it. */
function scriptLiteral(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Nothing of a registered text may end the directive. */
function frameAncestor(origin: string): string {
  return /^https?:\/\/[A-Za-z0-9.:[\]-]+$/.test(origin) ? origin : "'none'";
}

type ScriptedPage = {
  script: string;
  frameAncestors: string;
  referrer: 'strict-origin' | 'no-referrer';
  body(submit: string): Markup;
};

async function sendScriptedPage(c: Context<Env>, page: ScriptedPage): Promise<Response> {
  const voice = await voiceAt(c, { prompt: 'common', name: 'redirecting' });
  const say = speak(voice, 'common', 'redirecting');
  const hash = createHash('sha256').update(page.script).digest('base64');
  c.header('cache-control', 'no-store');
  c.header('referrer-policy', page.referrer);
  c.header('x-content-type-options', 'nosniff');
  // No `form-action`: browsers hold every redirect behind the form to it, and where those lead is the client's business.
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    "style-src 'self'",
    'img-src data:',
    `frame-ancestors ${page.frameAncestors}`,
    "base-uri 'none'",
  ];
  c.header('content-security-policy', policy.join('; '));
  if (page.frameAncestors === "'none'") c.header('x-frame-options', 'DENY');
  return c.html(html`<!doctype html>
<html lang="${voice.language}" dir="${directionOf(voice.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${say('pageTitle')}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${(c.var.base ?? '') + STYLESHEET_PATH}">
</head>
<body>
<main>
<h1>${say('title')}</h1>
<p class="lead" role="status">${say('description')}</p>
${page.body(say('buttonText'))}
</main>
<script>${raw(page.script)}</script>
</body>
</html>
`);
}
