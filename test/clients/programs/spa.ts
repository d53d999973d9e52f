// Example programs: a page with @auth0/auth0-spa-js, bundled for a browser. The page is its own redirect URI.
import { type Auth0Client, createAuth0Client } from '@auth0/auth0-spa-js';

/** How a page is set up; the tenant has its origin in `callbacks`, `allowed_logout_urls` and `web_origins` of the client. */
export type Settings = {
  domain: string;
  clientId: string;
  /** Without refresh tokens the SDK renews through a hidden frame (`prompt=none`, `web_message`). */
  useRefreshTokens: boolean;
  /** Tokens bound to a key of this browser. */
  useDpop: boolean;
};

/** Made once for a page. */
export async function start({ domain, clientId, useRefreshTokens, useDpop }: Settings): Promise<Auth0Client> {
  const auth0 = await createAuth0Client({
    domain,
    clientId,
    useRefreshTokens,
    useDpop,
    authorizationParams: { redirect_uri: location.origin },
  });
  if (/[?&](code|error)=/.test(location.search)) {
    await auth0.handleRedirectCallback();
    history.replaceState({}, '', '/');
  }
  return auth0;
}

export const signIn = (auth0: Auth0Client): Promise<void> => auth0.loginWithRedirect();

/** The same in a window of its own (`web_message`), while the page stays. */
export const signInByWindow = (auth0: Auth0Client): Promise<void> => auth0.loginWithPopup();

/** New tokens without a page. */
export async function renew(auth0: Auth0Client) {
  const tokens = await auth0.getTokenSilently({ cacheMode: 'off', detailedResponse: true });
  return { accessToken: tokens?.access_token, kind: tokens?.token_type, claims: await auth0.getIdTokenClaims() };
}

/** Asks an API; with DPoP every request proves the key. */
export async function askApi(auth0: Auth0Client, address: string): Promise<unknown> {
  const api = auth0.createFetcher({ dpopNonceId: 'api' });
  const answer = await api.fetchWithAuth(address);
  return answer.json();
}

export const signOut = (auth0: Auth0Client): Promise<void> =>
  auth0.logout({ logoutParams: { returnTo: location.origin } });
