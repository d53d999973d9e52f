// Test: what a script does, seen from outside: browsers behind a trusted proxy, the Management API, logs, executions.
import { decodeJwt, type JWTPayload } from 'jose';
import { generateSync } from 'otplib';
import { grantManagement, newClient } from '#runtime/lifecycle/client.ts';
import { MANAGEMENT_SCOPES, managementAudience } from '#runtime/lifecycle/scopes.ts';
import type { UserRecord } from '#storage/records.ts';
import { type House, type HouseOptions, PASSWORD, TOTP_KEY } from '#test/kit/house.ts';
import { createPlainBrowser, type Page, type PlainBrowser } from '#test/kit/plain-browser.ts';
import { type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';

/** A body is looked at key by key; what its values are is the very thing under test. */
export type Json = { [key: string]: Json };
export const items = (body: Json | undefined): Json[] => (body ?? []) as unknown as Json[];

/** A browser whose headers may change between two requests. */
export type Visitor = PlainBrowser & { headers: Record<string, string> };
type Parameters = Record<string, string | undefined>;

export type Stage = {
  door: FrontDoor;
  /** Headers of a browser of its own, as the proxy passes them on. */
  visitor(headers?: Record<string, string>): Visitor;
  /** With every scope of the Management API; answers the body. */
  manage(method: string, path: string, body?: unknown): Promise<Json>;
  /** Opens the application's login and gives the password where it is asked for. */
  signIn(browser: PlainBrowser, who: string, more?: Parameters): Promise<Page>;
  /** What the two tokens of a finished login hold. */
  tokens(end: Page): Promise<{ id: JWTPayload; access: JWTPayload; scope: unknown }>;
  /** Somebody with an identity of their own, as the Management API makes them. */
  person(name: string, has?: ('otp' | 'phone' | 'email')[], more?: Partial<UserRecord>): Promise<UserRecord>;
  /** Newest first. */
  executions(userId: string): Promise<Json[]>;
  /** The newest of a person's lines, oldest first. */
  logs(userId: string): Promise<Json[]>;
  totp(secret?: string): string;
  close(): Promise<void>;
};

/** Where the test's proxy says that a browser is. */
export const at = (ip: string, userAgent?: string): Record<string, string> => ({
  'x-forwarded-for': ip,
  ...(userAgent === undefined ? {} : { 'user-agent': userAgent }),
});

/** A form and two roles that every stage has. */
export const FORM = 'ap_questions';
export const ROLES = { owner: 'rol_owner', editor: 'rol_editor' } as const;

async function furnish({ store, tenant, clock }: House): Promise<void> {
  const made = { tenantId: tenant.id, createdAt: clock.at, updatedAt: clock.at };
  for (const [name, id] of Object.entries(ROLES)) await store.roles.insert({ ...made, id, name });
  const nick = { id: 'nick', type: 'TEXT', category: 'FIELD', label: 'Your nick' };
  const nodes = [{ id: 'one', type: 'STEP', config: { components: [nick], next_node: '$ending' } }];
  await store.forms.insert({
    ...made,
    id: FORM,
    name: 'Questions',
    definition: { start: { next_node: 'one' }, nodes },
  });
}

export async function openStage(options: HouseOptions): Promise<Stage> {
  const door = await openFrontDoor(options);
  const { house, deps, app, site } = door;
  const { ports } = house;
  await furnish(house);
  deps.config = { ...deps.config, trustProxy: 1 };
  const made = await newClient(ports, house.tenant.id, { name: 'Operator', grantTypes: ['client_credentials'] });
  if (made === 'conflict') throw new Error('no client');
  await grantManagement(ports, house.tenant, made.id, [...MANAGEMENT_SCOPES]);
  let token = { value: '', at: Number.NEGATIVE_INFINITY };
  /** The clock moves by days: a token is fetched anew when the last one may be too old. */
  const bearer = async (): Promise<string> => {
    if (Math.abs(house.clock.at - token.at) < 3_600_000) return token.value;
    const audience = managementAudience(site);
    const asked = { grant_type: 'client_credentials', client_id: made.id, client_secret: made.secret ?? '', audience };
    token = { value: String((await door.token(asked)).body.access_token), at: house.clock.at };
    return token.value;
  };

  const stage: Stage = {
    door,
    visitor(headers = {}) {
      const browser = createPlainBrowser(site, (url, init) =>
        app.request(url, { ...init, headers: { ...(init.headers as Record<string, string>), ...visitor.headers } }),
      );
      const visitor: Visitor = { ...browser, headers };
      return visitor;
    },
    async manage(method, path, body) {
      const response = await app.request(`${site}/api/v2${path}`, {
        method,
        headers: {
          authorization: `Bearer ${await bearer()}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return text === '' ? {} : (JSON.parse(text) as Json);
    },
    async signIn(browser, who, more = {}) {
      const page = await browser.open(door.authorizeUrl(more));
      if (page.url.pathname !== '/u/login') return page;
      return browser.post(page, { username: `${who}@example.com`, password: PASSWORD, action: 'default' });
    },
    async tokens(end) {
      const { body } = await door.exchange(end.url.searchParams.get('code') ?? '');
      const access = String(body.access_token);
      // Without an API the access token is for us alone to read.
      const readable = access.split('.').length === 3;
      return { id: decodeJwt(String(body.id_token)), access: readable ? decodeJwt(access) : {}, scope: body.scope };
    },
    person(name, has = [], more = {}) {
      const id = ports.random.hex(24);
      const own = { connection: 'Username-Password-Authentication', provider: 'auth0', userId: id, isSocial: false };
      return house.user(name, has, { id: `auth0|${id}`, identities: [own], ...more });
    },
    async executions(userId) {
      const path = `/actions/executions?user_id=${encodeURIComponent(userId)}`;
      return items((await stage.manage('GET', path)).executions);
    },
    async logs(userId) {
      return items(await stage.manage('GET', `/users/${encodeURIComponent(userId)}/logs?per_page=20`)).toReversed();
    },
    totp: (secret = TOTP_KEY) => generateSync({ secret, epoch: Math.floor(house.clock.at / 1000) }),
    close: () => door.close(),
  };
  // Before any script can judge who gets a token.
  await bearer();
  return stage;
}

/** What a finished or denied login gave the application. */
export const answerOf = ({ url }: Page): { error: string | null; description: string | null; code: boolean } => ({
  error: url.searchParams.get('error'),
  description: url.searchParams.get('error_description'),
  code: url.searchParams.has('code'),
});
