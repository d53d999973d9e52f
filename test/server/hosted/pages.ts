// Test: the hosted pages over the real runtime, without the rest of the server: a browser is a cookie and a form.
import { Hono } from 'hono';
import { SAME_USER_LOGINS } from '#runtime/rate-limit.ts';
import type { LoginRequest } from '#runtime/transaction/transaction.ts';
import { continueRoutes } from '#server/continue.ts';
import type { Deps, Env } from '#server/deps.ts';
import { hostedRoutes } from '#server/hosted/hosted.ts';
import { CALLER, type House, PASSWORD, REPLY } from '#test/kit/house.ts';

export const BROWSER = 'b'.repeat(43);

export type Pages = {
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, fields: Record<string, string> | string, headers?: Record<string, string>): Promise<Answer>;
};

export type Answer = {
  status: number;
  location: string | undefined;
  headers: Headers;
  text: string;
  /** `data-error` of the form. */
  error: string | undefined;
  hasForm: boolean;
};

export function openPages(house: House): Pages {
  const deps = {
    store: house.store,
    runtime: house.runtime,
    random: house.ports.random,
    clock: { now: () => house.clock.at },
  } as unknown as Deps;
  const app = new Hono<Env>()
    .use(async (c, next) => {
      c.set('tenant', house.tenant);
      c.set('pageStore', house.store);
      c.set('caller', { ...CALLER, method: c.req.method });
      await next();
    })
    .route('/', hostedRoutes(deps))
    .route('/', continueRoutes(deps));
  const ask = async (path: string, init: RequestInit): Promise<Answer> => {
    const answer = await app.request(house.tenant.baseUrl + path, init);
    const text = await answer.text();
    return {
      status: answer.status,
      location: answer.headers.get('location') ?? undefined,
      headers: answer.headers,
      text,
      error: /<form[^>]* data-error="([^"]*)"/.exec(text)?.[1],
      hasForm: text.includes('<form'),
    };
  };
  return {
    get: (path, headers = {}) => ask(path, { headers: { cookie: cookie(BROWSER), ...headers } }),
    post: (path, fields, headers = {}) =>
      ask(path, {
        method: 'POST',
        headers: {
          cookie: cookie(BROWSER),
          'content-type': 'application/x-www-form-urlencoded',
          ...headers,
        },
        body: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
      }),
  };
}

/** A fresh login of this house in the browser of these pages, and the page it begins at. */
export async function beginLogin(
  house: House,
  request: Partial<LoginRequest> = {},
): Promise<{ key: string; path: string }> {
  // As often as one person may log in from one address.
  house.clock.advance(SAME_USER_LOGINS.refillSeconds * 1000);
  const usual: LoginRequest = {
    clientId: house.client.id,
    reply: { ...REPLY, state: 'app-state' },
    protocol: 'oidc-basic-profile',
    scope: ['openid'],
    prompt: [],
    uiLocales: [],
    acrValues: [],
    locale: 'en',
    query: {},
    body: {},
  };
  const { key } = await house.begin({ binding: BROWSER, request: { ...usual, ...request } });
  return { key, path: `/u/login?state=${key}` };
}

/** The password of somebody is given; answers with where that leads. */
export async function signInOn(
  house: House,
  pages: Pages,
  who: string,
  request: Partial<LoginRequest> = {},
): Promise<Answer> {
  const { key, path } = await beginLogin(house, request);
  return pages.post(path, { state: key, username: `${who}@example.com`, password: PASSWORD, action: 'default' });
}

export function cookie(binding: string): string {
  return `sallyport_browser=${binding}`;
}

/** The key of the login in a redirect. */
export function stateIn({ location }: Answer): string {
  const state = location === undefined ? null : new URL(location, 'http://x').searchParams.get('state');
  if (state === null) throw new Error(`no state in ${location}`);
  return state;
}
