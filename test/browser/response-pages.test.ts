// The two pages that carry an answer by a script of ours, in a real browser: the policy lets that script run, the form
// arrives, and the message reaches the page that asked, and no other.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Hono } from 'hono';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Env } from '#server/deps.ts';
import { formPostPage, webMessagePage } from '#server/oauth/response-pages.ts';
import type { TenantRecord } from '#storage/records.ts';

const SAID = { code: 'the code', state: `</script><b>"'&\u2028` };

let browser: Browser;
let client: Server;
let other: Server;
let ours: Server;
let site: string;
const posted: string[] = [];
const origins: (string | undefined)[] = [];

const listen = (server: Server) =>
  new Promise<string>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
  );

beforeAll(async () => {
  browser = await chromium.connect(inject('chromium'));
  const page = () =>
    createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        if (request.method === 'POST') {
          posted.push(body);
          origins.push(request.headers.origin);
        }
        response.setHeader('content-type', 'text/html');
        response.end('<title>client</title>');
      });
    });
  [client, other] = [page(), page()];
  const clientSite = await listen(client);
  await listen(other);
  const app = new Hono<Env>()
    .use(async (c, next) => {
      c.set('tenant', { enabledLocales: ['en'] } as TenantRecord);
      await next();
    })
    .get('/form', (c) => formPostPage(c, `${clientSite}/cb`, SAID))
    .get('/message', (c) => webMessagePage(c, clientSite, SAID));
  ours = createServer(async (request, response) => {
    const answer = await app.request(`http://ours${request.url}`);
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(await answer.text());
  });
  site = await listen(ours);
});

afterAll(async () => {
  await browser.close();
  for (const server of [client, other, ours]) server.close();
});

const at = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

test('the form sends itself', async () => {
  const page = await browser.newPage();
  await page.goto(`${site}/form`);
  await page.waitForURL(`${at(client)}cb`);
  expect(Object.fromEntries(new URLSearchParams(posted[0]))).toEqual(SAID);
  // Relying parties take `Origin: null` for a forgery.
  expect(origins).toEqual([site]);
});

test('without JavaScript its button does', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${site}/form`);
  await page.click('button');
  await page.waitForURL(`${at(client)}cb`);
  expect(posted).toHaveLength(2);
});

/** What a page of `server` hears from a frame of ours within a moment. */
async function heard(server: Server): Promise<unknown> {
  const page = await browser.newPage();
  await page.goto(at(server));
  return page.evaluate(
    (address) =>
      new Promise((resolve) => {
        window.addEventListener('message', ({ data, origin }) => resolve({ data, origin }));
        const frame = document.createElement('iframe');
        frame.src = address;
        document.body.append(frame);
        frame.addEventListener('load', () => setTimeout(resolve, 200, 'nothing'));
      }),
    `${site}/message`,
  );
}

test('the message reaches the page it is for, and no other', async () => {
  expect(await heard(client)).toEqual({ origin: site, data: { type: 'authorization_response', response: SAID } });
  expect(await heard(other)).toBe('nothing');
});
