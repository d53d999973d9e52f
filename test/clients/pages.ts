// Test: pages of applications in a real Chromium, and a person who signs in there. Chromium takes the private
// authority's word because the context ignores who signed a certificate.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { BrowserContext, Page } from 'playwright-core';
import { certFile, keyFile, type Person } from './site.ts';

/** Serves one page and its script over https. */
export async function servePage(port: number, title: string, script: string): Promise<() => void> {
  const tls = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  const server = createServer(tls, (request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(isScript ? script : `<!doctype html><title>${title}</title><script src="/page.js"></script>`);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return () => {
    server.close();
    server.closeAllConnections();
  };
}

/** Enters the password on the page of the tenant and waits until the browser is back at `origin`. */
export async function enterPassword(page: Page, person: Person, origin: string): Promise<void> {
  await fillPassword(page, person);
  await page.waitForURL((url) => url.origin === origin);
}

export async function fillPassword(page: Page, { email, password }: Person): Promise<void> {
  await page.fill('[name=username]', email);
  await page.fill('[name=password]', password);
  await page.click('button[name=action][value=default]');
}

/** What the pages of a context asked the protocol for, one line a request: by which response mode or grant. */
export function requestsOf(context: BrowserContext, site: string): string[] {
  const seen: string[] = [];
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== site) return;
    const body = new URLSearchParams(request.postData() ?? '');
    const mode = url.searchParams.get('response_mode') ?? body.get('grant_type') ?? '';
    if (request.method() !== 'OPTIONS' && mode !== '') seen.push(`${request.method()} ${url.pathname} ${mode}`);
  });
  return seen;
}
