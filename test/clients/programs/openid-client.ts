// Example programs: openid-client, a general client for OpenID Connect, against a tenant of Sallyport.
import * as client from 'openid-client';
import { type Application, type Person, requestOf } from './application.ts';

/** The ordinary way: a code with PKCE, then everything that is done with its tokens. */
export async function codeWithPkce({ domain, clientId, clientSecret, redirectUri }: Application, { signIn }: Person) {
  const config = await client.discovery(new URL(`https://${domain}/`), clientId, clientSecret);

  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid email offline_access',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
  });

  const landing = await signIn(address);
  const tokens = await client.authorizationCodeGrant(config, requestOf(landing), {
    pkceCodeVerifier: verifier,
    expectedState: state,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  const profile = await client.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '');
  const renewed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
  await client.tokenRevocation(config, renewed.refresh_token ?? '');
  const afterwards = await client
    .refreshTokenGrant(config, renewed.refresh_token ?? '')
    .catch((error: client.ResponseBodyError) => error.error);

  const logout = client.buildEndSessionUrl(config, {
    id_token_hint: tokens.id_token ?? '',
    post_logout_redirect_uri: redirectUri,
  });
  const left = await signIn(logout);
  return { claims, profile, renewed: renewed.claims(), afterwards, left };
}

/** A code and an ID token at once, posted to the application by the person's browser. */
export async function hybridByForm({ domain, clientId, clientSecret, redirectUri }: Application, { signIn }: Person) {
  const config = await client.discovery(new URL(`https://${domain}/`), clientId, clientSecret);
  client.useCodeIdTokenResponseType(config);

  const nonce = client.randomNonce();
  const state = client.randomState();
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid email',
    response_mode: 'form_post',
    nonce,
    state,
  });

  const tokens = await client.authorizationCodeGrant(config, requestOf(await signIn(address)), {
    expectedNonce: nonce,
    expectedState: state,
  });
  return { claims: tokens.claims() };
}

/** An ID token alone, without a call to the token endpoint. */
export async function implicitByForm({ domain, clientId, redirectUri }: Application, { signIn }: Person) {
  const config = await client.discovery(new URL(`https://${domain}/`), clientId);
  client.useIdTokenResponseType(config);

  const nonce = client.randomNonce();
  const state = client.randomState();
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid email',
    response_mode: 'form_post',
    nonce,
    state,
  });

  return client.implicitAuthentication(config, requestOf(await signIn(address)), nonce, { expectedState: state });
}

/** The parameters are handed in first (RFC 9126); the browser carries a reference alone. */
export async function pushed({ domain, clientId, clientSecret, redirectUri }: Application, { signIn }: Person) {
  const config = await client.discovery(new URL(`https://${domain}/`), clientId, clientSecret);

  const verifier = client.randomPKCECodeVerifier();
  const address = await client.buildAuthorizationUrlWithPAR(config, {
    redirect_uri: redirectUri,
    scope: 'openid email',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });

  const tokens = await client.authorizationCodeGrant(config, requestOf(await signIn(address)), {
    pkceCodeVerifier: verifier,
  });
  return { carried: [...address.searchParams.keys()], claims: tokens.claims() };
}

/** An application with a private key: it signs its requests (RFC 9101) and proves who it is without a secret (RFC 7523). */
export async function signedRequest(
  { domain, clientId, redirectUri, privateKey }: Omit<Application, 'clientSecret'> & { privateKey: JsonWebKey },
  { signIn }: Person,
) {
  const key = await signingKey(privateKey);
  const config = await client.discovery(new URL(`https://${domain}/`), clientId, undefined, client.PrivateKeyJwt(key));

  const verifier = client.randomPKCECodeVerifier();
  const address = await client.buildAuthorizationUrlWithJAR(
    config,
    {
      redirect_uri: redirectUri,
      scope: 'openid email',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    },
    key,
  );

  const tokens = await client.authorizationCodeGrant(config, requestOf(await signIn(address)), {
    pkceCodeVerifier: verifier,
  });
  return { carried: [...address.searchParams.keys()], claims: tokens.claims() };
}

/** A machine with a private key asks for a token of its own. */
export async function machineWithKey({
  domain,
  clientId,
  privateKey,
  audience,
}: Pick<Application, 'domain' | 'clientId'> & { privateKey: JsonWebKey; audience: string }) {
  const key = await signingKey(privateKey);
  const config = await client.discovery(new URL(`https://${domain}/`), clientId, undefined, client.PrivateKeyJwt(key));
  return client.clientCredentialsGrant(config, { audience });
}

/** Tokens that are of use to whoever holds a key, and to nobody else (RFC 9449). */
export async function boundToKey({ domain, clientId, clientSecret, redirectUri }: Application, { signIn }: Person) {
  const config = await client.discovery(new URL(`https://${domain}/`), clientId, clientSecret);
  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair());

  const verifier = client.randomPKCECodeVerifier();
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid email offline_access',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    dpop_jkt: await DPoP.calculateThumbprint(),
  });

  const landing = requestOf(await signIn(address));
  const tokens = await client.authorizationCodeGrant(config, landing, { pkceCodeVerifier: verifier }, undefined, {
    DPoP,
  });
  const claims = tokens.claims();
  const profile = await client.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '', { DPoP });
  const renewed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP });
  return { kinds: [tokens.token_type, renewed.token_type], claims, profile };
}

/** A device without a browser: the person opens an address elsewhere and says that the device is theirs (RFC 8628). */
export async function device({ domain, clientId }: Pick<Application, 'domain' | 'clientId'>, { signIn }: Person) {
  const config = await client.discovery(new URL(`https://${domain}/`), clientId, undefined, client.None());

  const wait = await client.initiateDeviceAuthorization(config, { scope: 'openid email' });
  await signIn(new URL(wait.verification_uri_complete ?? wait.verification_uri));
  const tokens = await client.pollDeviceAuthorizationGrant(config, wait);
  return { claims: tokens.claims() };
}

/** The person's password, for applications that cannot open a browser. */
export async function byPassword({
  domain,
  clientId,
  clientSecret,
  username,
  password,
}: Omit<Application, 'redirectUri'> & { username: string; password: string }) {
  const config = await client.discovery(new URL(`https://${domain}/`), clientId, clientSecret);
  const tokens = await client.genericGrantRequest(config, 'password', { username, password, scope: 'openid email' });
  return { claims: tokens.claims() };
}

const signingKey = (key: JsonWebKey): Promise<CryptoKey> =>
  crypto.subtle.importKey('jwk', key, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
