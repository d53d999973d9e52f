// Tests of the protocol: the whole application over a real store, the real runtime and real cells, called in-process.
import type { Hono } from 'hono';
import { createBuilds } from '#runtime/builds/create-builds.ts';
import { type ClientInput, newClient } from '#runtime/lifecycle/client.ts';
import { createApp } from '#server/app.ts';
import { readConfig } from '#server/config.ts';
import type { Deps, Env } from '#server/deps.ts';
import type { ClientRecord } from '#storage/records.ts';
import { type House, type HouseOptions, openHouse, PASSWORD } from '#test/kit/house.ts';
import { createPlainBrowser, type PlainBrowser } from '#test/kit/plain-browser.ts';

export const CALLBACK = 'https://app.example/callback';
/** Verifier and challenge of RFC 7636, appendix B. */
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
export const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

type Json = Record<string, unknown>;

export type FrontDoor = {
  house: House;
  deps: Deps;
  app: Hono<Env>;
  site: string;
  issuer: string;
  /** A public client (PKCE) and a confidential one. */
  spa: ClientRecord;
  web: ClientRecord;
  browser(): PlainBrowser;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Parameters of a good request of the public client, changed by `more`; undefined removes one. */
  authorizeUrl(more?: Record<string, string | undefined>): string;
  token(
    body: Record<string, string> | string,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: Json; headers: Headers }>;
  /** Signs in on the pages and returns the parameters that the callback got. */
  signIn(browser: PlainBrowser, who: string, more?: Record<string, string | undefined>): Promise<URLSearchParams>;
  /** Exchanges a code of the public client. */
  exchange(code: string, more?: Record<string, string>): Promise<{ status: number; body: Json; headers: Headers }>;
  close(): Promise<void>;
};

/** `env`: what the operator has set. */
export async function openFrontDoor(
  options: HouseOptions & { registry?: string; env?: Record<string, string> } = {},
): Promise<FrontDoor> {
  const house = await openHouse(options);
  const { store, ports, tenant } = house;
  const builds = createBuilds(options.registry === undefined ? {} : { registry: options.registry });
  const deps: Deps = {
    config: readConfig({ SALLYPORT_TENANT: 'nobody', ...options.env }, { start: false }),
    store,
    runtime: house.runtime,
    builds,
    egress: house.egress,
    clock: { now: ports.now, advance: (seconds) => house.clock.advance(seconds * 1000) },
    random: ports.random,
    passwords: ports.passwords,
    log: ports.log,
  };
  const app = createApp(deps);
  const make = async (input: ClientInput) => {
    const made = await newClient(ports, tenant.id, { callbacks: [CALLBACK], ...input });
    if (made === 'conflict') throw new Error('no client');
    return made;
  };
  const spa = await make({ id: 'spa', name: 'Spa', authMethod: 'none', grantTypes: ['authorization_code'] });
  const web = await make({
    id: 'web',
    name: 'Web',
    secret: 'web secret + more',
    grantTypes: ['authorization_code', 'client_credentials'],
    callbacks: [CALLBACK, 'https://app.example/second?kept=1'],
  });
  await store.resourceServers.insert({
    tenantId: tenant.id,
    id: 'api',
    identifier: 'https://api.example/',
    scopes: [{ value: 'read:things' }, { value: 'write:things' }],
    signingAlg: 'RS256',
    tokenLifetimeSeconds: 3600,
    tokenLifetimeForWebSeconds: 600,
    allowOfflineAccess: false,
    isSystem: false,
    settings: {},
    createdAt: ports.now(),
    updatedAt: ports.now(),
  });

  const site = tenant.baseUrl;
  const send = async (url: string, init: RequestInit) => app.request(url, init);
  const door: FrontDoor = {
    house,
    deps,
    app,
    site,
    issuer: `${site}/`,
    spa,
    web,
    browser: () => createPlainBrowser(site, send),
    get: (path, headers = {}) => send(`${site}${path}`, { headers }),
    authorizeUrl: (more = {}) => {
      const parameters = {
        client_id: 'spa',
        redirect_uri: CALLBACK,
        response_type: 'code',
        scope: 'openid profile email',
        state: 'the state',
        nonce: 'the-nonce',
        code_challenge: CHALLENGE,
        code_challenge_method: 'S256',
        ...more,
      };
      const sent = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
      return `/authorize?${new URLSearchParams(sent)}`;
    },
    token: async (body, headers = {}) => {
      const text = typeof body === 'string' ? body : String(new URLSearchParams(body));
      const type = { 'content-type': 'application/x-www-form-urlencoded' };
      const response = await send(`${site}/oauth/token`, {
        method: 'POST',
        headers: { ...type, ...headers },
        body: text,
      });
      return { status: response.status, body: (await response.json()) as Json, headers: response.headers };
    },
    signIn: async (browser, who, more = {}) => {
      const page = await browser.open(door.authorizeUrl(more));
      if (page.status === 0) return page.url.searchParams;
      const end = await browser.post(page, { username: `${who}@example.com`, password: PASSWORD, action: 'default' });
      return end.url.searchParams;
    },
    exchange: (code, more = {}) =>
      door.token({
        grant_type: 'authorization_code',
        client_id: 'spa',
        code,
        redirect_uri: CALLBACK,
        code_verifier: VERIFIER,
        ...more,
      }),
    close: async () => void (await Promise.all([house.close(), builds.close()])),
  };
  return door;
}
