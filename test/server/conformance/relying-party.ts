// Tests, conformance: a relying party as the OpenID Foundation's suite plays one: it keeps a browser in which the person has
// signed in, asks for codes, exchanges them and checks what it gets with nothing but the public documents.
import { createLocalJWKSet, type JWTPayload, jwtVerify, type ProtectedHeaderParameters } from 'jose';
import type { UserRecord } from '#storage/records.ts';
import type { Page, PlainBrowser } from '#test/kit/plain-browser.ts';
import { CALLBACK, type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';

export const SECRET = 'web secret + more';
export const NONCE = 'the-nonce';
const BASIC = {
  authorization: `Basic ${Buffer.from(`web:${encodeURIComponent(SECRET)}`).toString('base64')}`,
};

type Asked = Record<string, string | undefined>;
export type Tokens = { access_token: string; id_token: string; refresh_token?: string };

export type RelyingParty = {
  door: FrontDoor;
  user: UserRecord;
  browser: PlainBrowser;
  /** The address of a request of the confidential client, without PKCE unless `more` brings it. */
  address(more?: Asked): string;
  /** What the callback of a signed-in person's request is told. */
  ask(more?: Asked): Promise<URLSearchParams>;
  /** Follows a request and signs in where a page asks for it. */
  signIn(page: Page): Promise<URLSearchParams>;
  exchange(
    code: string,
    more?: Record<string, string>,
    headers?: Record<string, string>,
  ): ReturnType<FrontDoor['token']>;
  /** The tokens of a code. */
  tokens(said: URLSearchParams): Promise<Tokens>;
  /** Verified by the published keys, for this client. */
  verify(idToken: string): Promise<{ payload: JWTPayload; protectedHeader: ProtectedHeaderParameters }>;
  userinfo(accessToken: string): Promise<Record<string, unknown>>;
  close(): Promise<void>;
};

export async function openRelyingParty(): Promise<RelyingParty> {
  const door = await openFrontDoor();
  const { store } = door.deps;
  const tenantId = door.house.tenant.id;
  await store.clients.update(tenantId, 'web', (client) => ({
    ...client,
    grantTypes: [...client.grantTypes, 'refresh_token'],
  }));
  const user = await door.house.user('ana', ['email'], {
    nickname: 'ana',
    givenName: 'Ana',
    familyName: 'Example',
    picture: 'https://app.example/ana.png',
    phoneNumber: '+447700900123',
    phoneVerified: true,
  });
  const browser = door.browser();
  const party: RelyingParty = {
    door,
    user,
    browser,
    address: (more = {}) =>
      door.authorizeUrl({
        client_id: 'web',
        scope: 'openid',
        nonce: NONCE,
        code_challenge: undefined,
        code_challenge_method: undefined,
        ...more,
      }),
    ask: async (more) => (await browser.open(party.address(more))).url.searchParams,
    signIn: async (page) => {
      const form = { username: 'ana@example.com', password: 'correct horse battery', action: 'default' };
      return (await browser.post(page, form)).url.searchParams;
    },
    exchange: (code, more = {}, headers = BASIC) =>
      door.token({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK, ...more }, headers),
    tokens: async (said) => {
      const { status, body } = await party.exchange(said.get('code') ?? '');
      if (status !== 200) throw new Error(`no tokens: ${JSON.stringify(body)}`);
      return body as Tokens;
    },
    verify: async (idToken) => {
      const keys = (await (await door.get('/.well-known/jwks.json')).json()) as Parameters<typeof createLocalJWKSet>[0];
      const currentDate = new Date(door.house.clock.at);
      const { payload, protectedHeader } = await jwtVerify(idToken, createLocalJWKSet(keys), {
        issuer: door.issuer,
        audience: 'web',
        currentDate,
      });
      return { payload, protectedHeader };
    },
    userinfo: async (accessToken) => {
      const response = await door.get('/userinfo', { authorization: `Bearer ${accessToken}` });
      return (await response.json()) as Record<string, unknown>;
    },
    close: () => door.close(),
  };
  await party.signIn(await browser.open(party.address()));
  return party;
}
