// The table of factors: one house with everything on, people of its own for each cell, and browsers that are driven by the
// forms of their pages, without scripts.
import { decodeJwt } from 'jose';
import { expect } from 'vitest';
import { grantManagement, newClient } from '#runtime/lifecycle/client.ts';
import { MANAGEMENT_SCOPES, managementAudience } from '#runtime/lifecycle/scopes.ts';
import type { AuthenticatorRecord, BindingRecord, GuardianFactorName, UserRecord } from '#storage/records.ts';
import { type House, PASSWORD } from '#test/kit/house.ts';
import type { Page, PlainBrowser } from '#test/kit/plain-browser.ts';
import { type MfaDesk, openMfaDesk } from '../mfa-api/mfa-desk.ts';
import { type Exchange, openExchange } from '../push/phone.ts';

const ON: GuardianFactorName[] = [
  'otp',
  'sms',
  'email',
  'push-notification',
  'webauthn-platform',
  'webauthn-roaming',
  'recovery-code',
];
const CLAIM = 'https://app.example/proven';
/** Tells the application what the Actions before it saw proved. */
const TELLER = `exports.onExecutePostLogin = async (event, api) =>
  api.idToken.setCustomClaim('${CLAIM}', event.authentication.methods.map(({ name, type }) => type ?? name));`;

export type Person = { name: string; user: UserRecord };
export type Fields = Record<string, string>;

/** One window of a browser. */
export type Tab = {
  browser: PlainBrowser;
  page: Page;
  /** Posts the form of the page that is shown, and is where that leads. */
  press(fields: Fields): Promise<Page>;
  /** Another window with the same page. */
  twin(): Tab;
  /** The name of the screen; `callback` at the application. */
  at(): string;
  /** `data-error` of the form. */
  error(): string | undefined;
};

export type FactorDesk = {
  house: House;
  mfa: MfaDesk;
  phones: Exchange;
  newPerson(): Promise<Person>;
  /** Writes an authenticator as if it had been enrolled; returns its id. */
  give(person: Person, row: Partial<AuthenticatorRecord> & Pick<AuthenticatorRecord, 'type'>): Promise<string>;
  /** What the first script asks; the second one tells the application what was proved. */
  ask(call: string): Promise<void>;
  /** The password is given, in a new browser or this one. `fields`: beside it. */
  signIn(person: Person, browser?: PlainBrowser, fields?: Fields): Promise<Tab>;
  /** The login page. */
  open(browser?: PlainBrowser): Promise<Tab>;
  /** Reads what the login tells, and takes its code: what the second script saw proved. */
  finish(tab: Tab, reads?: (page: Page) => void): Promise<string[]>;
  /** What the second script saw, by the answer of the token endpoint. */
  provenBy(answer: Awaited<ReturnType<MfaDesk['token']>>): string[];
  /** Passes the Management API. */
  manage(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  /** Takes an authenticator away as an administrator does. */
  remove(person: Person, id: string): Promise<void>;
  /** Switches a factor off while this runs. */
  without(factor: GuardianFactorName, run: () => Promise<void>): Promise<void>;
  /** Types of the lines about this person, newest first. */
  logged(person: Person): Promise<string[]>;
  /** What a login can leave behind: sessions and authenticators. */
  standing(person: Person): Promise<{ sessions: number; authenticators: string[] }>;
  /** Time passes between two people. */
  pause(): void;
  close(): Promise<void>;
};

export async function openFactorDesk(): Promise<FactorDesk> {
  const mfa = await openMfaDesk({ on: ON });
  const { door } = mfa;
  const { house } = door;
  const { store, ports, tenant } = house;
  const operator = await newClient(ports, tenant.id, { name: 'Operator', grantTypes: ['client_credentials'] });
  if (operator === 'conflict') throw new Error('no operator');
  await grantManagement(ports, tenant, operator.id, [...MANAGEMENT_SCOPES]);
  let people = 0;
  /** The same text is bound again as it was: a new Action would be compiled anew. */
  const asks = new Map<string, BindingRecord[]>();

  function tabOf(browser: PlainBrowser, first: Page): Tab {
    const tab: Tab = {
      browser,
      page: first,
      press: async (fields) => {
        tab.page = await browser.post(tab.page, fields);
        return tab.page;
      },
      twin: () => tabOf(browser, tab.page),
      at: () => (tab.page.status === 0 ? 'callback' : tab.page.url.pathname.replace('/u/', '')),
      error: () => /<form[^>]* data-error="([^"]*)"/.exec(tab.page.html)?.[1],
    };
    return tab;
  }

  const desk: FactorDesk = {
    house,
    mfa,
    phones: openExchange(house),
    newPerson: async () => {
      const name = `person-${++people}`;
      return { name, user: await house.user(name) };
    },
    give: async ({ user }, row) => {
      const id = `dev_${ports.random.letters(16)}`;
      const whose = { tenantId: tenant.id, userId: user.id, confirmed: true, createdAt: house.clock.at };
      await store.authenticators.insert({ id, ...whose, ...row });
      return id;
    },
    ask: async (call) => {
      const known = asks.get(call);
      if (known) return store.bindings.replace(tenant.id, 'post-login', known);
      await house.bind(`exports.onExecutePostLogin = async (event, api) => { ${call} };`, TELLER);
      asks.set(call, await store.bindings.list(tenant.id, 'post-login'));
    },
    open: async (browser = door.browser()) =>
      tabOf(browser, await browser.open(door.authorizeUrl({ prompt: 'login' }))),
    signIn: async ({ name }, browser, fields = {}) => {
      house.clock.advance(1000);
      const tab = await desk.open(browser);
      await tab.press({ username: `${name}@example.com`, password: PASSWORD, action: 'default', ...fields });
      return tab;
    },
    finish: async (tab, reads) => {
      for (let notes = 0; notes < 4 && tab.page.status !== 0; notes++) {
        reads?.(tab.page);
        const fields = NOTES[tab.at()];
        if (!fields) throw new Error(`the login is still at ${tab.at()}: ${tab.error() ?? 'no error'}`);
        await tab.press(fields);
      }
      const code = tab.page.url.searchParams.get('code');
      if (code === null) throw new Error(`no code: ${tab.page.url.search}`);
      return desk.provenBy(await door.exchange(code));
    },
    provenBy: ({ status, body }) => {
      expect({ status, error: body.error }).toEqual({ status: 200, error: undefined });
      return decodeJwt(String(body.id_token))[CLAIM] as string[];
    },
    manage: async (method, path, body) => {
      const grant = { grant_type: 'client_credentials', audience: managementAudience(tenant.baseUrl) };
      const client = { client_id: operator.id, client_secret: operator.secret ?? '' };
      const token = await door.token({ ...grant, ...client });
      const response = await door.app.request(`${door.site}/api/v2${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token.body.access_token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    },
    remove: async ({ user }, id) => {
      const methods = `/users/${encodeURIComponent(user.id)}/authentication-methods`;
      const listed = (await desk.manage('GET', methods)).body as { id: string }[];
      const wire = listed.find((method) => method.id.endsWith(id))?.id ?? 'none';
      const { status } = await desk.manage('DELETE', `${methods}/${encodeURIComponent(wire)}`);
      expect(status).toBe(204);
    },
    without: async (factor, run) => {
      const path = `/guardian/factors/${factor}`;
      expect((await desk.manage('PUT', path, { enabled: false })).status).toBe(200);
      try {
        await run();
      } finally {
        await desk.manage('PUT', path, { enabled: true });
      }
    },
    logged: async ({ user }) => {
      const page = { offset: 0, limit: 60 };
      const { records } = await store.logs.list(tenant.id, { order: 'newest', page });
      return records.filter(({ userId }) => userId === user.id).map(({ type }) => type);
    },
    standing: async ({ user }) => {
      const sessions = await store.sessions.ofUser(tenant.id, user.id, { offset: 0, limit: 10 });
      const rows = await store.authenticators.ofUser(tenant.id, user.id);
      return { sessions: sessions.records.length, authenticators: rows.map(({ type }) => type).sort() };
    },
    pause: () => house.clock.advance(60_000),
    close: () => mfa.close(),
  };
  return desk;
}

/** What people do on the pages that only tell something. */
const NOTES: Record<string, Fields> = {
  'mfa-recovery-code-enrollment': { saved: 'on' },
  'mfa-recovery-code-challenge-new-code': {},
  'mfa-push-success': { action: 'continue' },
  'mfa-webauthn-change-key-nickname': { nickname: 'Blue key', action: 'default' },
  'mfa-webauthn-enrollment-success': { action: 'default' },
};
