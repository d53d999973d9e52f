// Test: what a scene is: one page of the product as somebody meets it, and how to bring a browser there. The way there is
// walked by a plain client, because it costs a hundredth of walking it in a browser.
import { generateSync } from 'otplib';
import type { Page as BrowserPage } from 'playwright-core';
import { createSoftKey } from '#server/testing/soft-key.ts';
import type { AuthenticatorRecord } from '#storage/records.ts';
import { TOTP_KEY } from '#test/kit/house.ts';
import type { Page } from '#test/kit/plain-browser.ts';
import { type Call, type Gallery, PERSON, SITE, type Visitor } from './stage.ts';

export const FLOWS = ['sign-in', 'factor', 'enrollment', 'password', 'account', 'device', 'phone', 'problem'] as const;
export type Flow = (typeof FLOWS)[number];

export type Scene = {
  /** Names the page's picture: that of its screen, and what is special about it. */
  name: string;
  flow: Flow;
  /** Where the page lies. */
  path: string;
  /** Brings a visitor there; the address of the page. */
  reach(gallery: Gallery, visitor: Visitor): Promise<string>;
  /** What has to be done in the browser itself to see it: it is the answer to a form, or drawn by a script. */
  act?(page: BrowserPage, gallery: Gallery, visitor: Visitor): Promise<void>;
  /** How somebody gets on who has no scripts: fields by name, a button by its action, and the path it leads to. */
  plainly?: { fill?(gallery: Gallery): Record<string, string>; tick?: string; press?: string; to: RegExp };
  /** An empty answer is refused on the page itself, with the key of the error. */
  refuses?: string;
  /** Nothing can be done on it. */
  isEnd?: true;
  /** It is made by its script, or of use with it only. */
  needsScript?: true;
  /** It loads itself again after a second. */
  reloads?: true;
  /** A script leaves it at once: nobody sees it but those who have none. */
  passes?: true;
};

/** The address of a page, and a fault where the way has led elsewhere. */
export function arrived(page: Page, path: string): string {
  if (page.url.pathname !== path) {
    throw new Error(`the way to ${path} has led to ${page.url.pathname} (${page.status}): ${page.html.slice(-600)}`);
  }
  return page.url.pathname + page.url.search;
}

export const app: Partial<AuthenticatorRecord> = { type: 'totp', name: 'Authenticator app', secret: TOTP_KEY };
export const phone: Partial<AuthenticatorRecord> = { type: 'phone', phoneNumber: PERSON.phone };
export const secondPhone: Partial<AuthenticatorRecord> = { type: 'phone', phoneNumber: '+818012345678' };
export const pushPhone = (name = 'Pixel 10'): Partial<AuthenticatorRecord> => ({
  type: 'push',
  name,
  secret: TOTP_KEY,
  device: { publicKey: createJwk() },
});
export const securityKey = (name = 'Blue security key'): Partial<AuthenticatorRecord> => ({
  type: 'webauthn-roaming',
  name,
  credential: createSoftKey().credential(new URL(SITE).hostname),
});
export const platformKey = (name = 'Chrome on Linux'): Partial<AuthenticatorRecord> => ({
  type: 'webauthn-platform',
  name,
  credential: createSoftKey().credential(new URL(SITE).hostname, { transports: ['internal'] }),
});
export const passkey = (name = 'Safari on iPhone'): Partial<AuthenticatorRecord> => ({
  type: 'passkey',
  name,
  credential: createSoftKey().credential(new URL(SITE).hostname, { transports: ['internal', 'hybrid'] }),
});

/** A point of P-256 that nobody signs with. */
const createJwk = () => ({
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
});

export const challengeWith = (type: string, options: object = {}, more: object = {}): Call[] => [
  ['authentication', 'challengeWith', { type, options }, more],
];
export const challengeWithAny = (...types: string[]): Call[] => [
  ['authentication', 'challengeWithAny', types.map((type) => ({ type }))],
];
export const enrollWithAny = (...types: string[]): Call[] => [
  ['authentication', 'enrollWithAny', types.map((type) => ({ type }))],
];

type Meeting = { has?: Partial<AuthenticatorRecord>[]; verified?: true; types?: ('sms' | 'voice')[] };

/** A person signs in and a script calls for a factor. */
export async function meet(gallery: Gallery, visitor: Visitor, calls: Call[], meeting: Meeting = {}): Promise<Page> {
  const { has = [], verified, types = ['sms'] } = meeting;
  await gallery.person({ has, emailVerified: verified === true });
  await gallery.house.editTenant((tenant) => ({ ...tenant, messageTypes: types }));
  return gallery.signIn(visitor, calls);
}

/** A scene that is met right after the password. */
export function met(
  name: string,
  flow: Flow,
  calls: Call[],
  {
    path = `/u/${name}`,
    has,
    verified,
    types,
    ...more
  }: Meeting & Partial<Omit<Scene, 'name' | 'flow' | 'reach'>> = {},
): Scene {
  const meeting = {
    ...(has ? { has } : {}),
    ...(verified ? { verified } : {}),
    ...(types ? { types } : {}),
  };
  return {
    name,
    flow,
    path,
    reach: async (gallery, visitor) => arrived(await meet(gallery, visitor, calls, meeting), path),
    ...more,
  };
}

/** What the page asks an authenticator for, answered by one in software. */
export function attested(page: Page): { response: string } {
  const found = /data-options="([^"]*)"/.exec(page.html)?.[1]?.replaceAll('&quot;', '"');
  if (found === undefined) throw new Error(`${page.url.pathname} asks for no key`);
  const { challenge, rp } = JSON.parse(found) as { challenge: string; rp: { id: string } };
  const asked = { challenge, relyingPartyId: rp.id, origin: SITE };
  return { response: JSON.stringify(createSoftKey().create(asked)) };
}

/** What a login page's script would have said of a browser that can do everything. */
export const CAPABLE = {
  'js-available': 'true',
  'is-brave': 'false',
  'webauthn-available': 'true',
  'webauthn-platform-available': 'true',
  'allow-passkeys': 'true',
};

/** The code that an app shows at a moment of the house. */
export const appCode = (at: number, secret = TOTP_KEY): string =>
  generateSync({ secret, epoch: Math.floor(at / 1000) });
