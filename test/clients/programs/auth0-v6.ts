// Example programs: the AuthenticationClient of `auth0`, Auth0's SDK for Node, against a tenant of Sallyport. Version 6 is
// the last that has it.
import { createHash, randomBytes } from 'node:crypto';
import { AuthenticationClient } from 'auth0-v6';
import type { Application, Person } from './application.ts';

/** A code with PKCE; the tokens that come of it, renewed and given up. */
export async function codeWithPkce({ domain, clientId, clientSecret, redirectUri }: Application, { signIn }: Person) {
  const auth0 = new AuthenticationClient({ domain, clientId, clientSecret });

  const verifier = randomBytes(32).toString('base64url');
  const address = new URL(`https://${domain}/authorize`);
  address.search = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'openid email offline_access',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();

  const landing = new URL((await signIn(address)).address);
  const { data: tokens } = await auth0.oauth.authorizationCodeGrantWithPKCE({
    code: landing.searchParams.get('code') ?? '',
    code_verifier: verifier,
    redirect_uri: redirectUri,
  });
  const refreshToken = tokens.refresh_token ?? '';
  const { data: renewed } = await auth0.oauth.refreshTokenGrant({ refresh_token: refreshToken });
  await auth0.oauth.revokeRefreshToken({ token: refreshToken });
  const afterwards = await auth0.oauth
    .refreshTokenGrant({ refresh_token: refreshToken })
    .catch((error: { error?: string }) => error.error);
  return { tokens, renewed, afterwards };
}

/** The request is handed in first; the browser carries a reference. */
export async function pushed({ domain, clientId, clientSecret, redirectUri }: Application, { signIn }: Person) {
  const auth0 = new AuthenticationClient({ domain, clientId, clientSecret });

  const { data } = await auth0.oauth.pushedAuthorization({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid email',
  });
  const address = new URL(`https://${domain}/authorize`);
  address.search = new URLSearchParams({ client_id: clientId, request_uri: data.request_uri }).toString();

  const landing = new URL((await signIn(address)).address);
  const code = landing.searchParams.get('code') ?? '';
  return (await auth0.oauth.authorizationCodeGrant({ code, redirect_uri: redirectUri })).data;
}

type Access = Pick<Application, 'domain' | 'clientId' | 'clientSecret'>;

/** A machine asks for a token of its own. */
export async function machine({ domain, clientId, clientSecret, audience }: Access & { audience: string }) {
  const auth0 = new AuthenticationClient({ domain, clientId, clientSecret });
  return (await auth0.oauth.clientCredentialsGrant({ audience })).data;
}

/** The same with a private key instead of a secret. */
export async function machineWithKey({
  domain,
  clientId,
  privateKey,
  audience,
}: Omit<Access, 'clientSecret'> & { privateKey: string; audience: string }) {
  const auth0 = new AuthenticationClient({
    domain,
    clientId,
    clientAssertionSigningKey: privateKey,
    clientAssertionSigningAlg: 'ES256',
  });
  return (await auth0.oauth.clientCredentialsGrant({ audience })).data;
}

type Credentials = Access & { username: string; password: string; realm?: string };

/** The person's password, for applications that cannot open a browser; `realm` names a connection. */
export async function byPassword({ domain, clientId, clientSecret, username, password, realm }: Credentials) {
  const auth0 = new AuthenticationClient({ domain, clientId, clientSecret });
  const request = { username, password, scope: 'openid email', ...(realm === undefined ? {} : { realm }) };
  return (await auth0.oauth.passwordGrant(request)).data;
}

/** An account for somebody, from a form of the application. */
export async function signUp({
  domain,
  clientId,
  email,
  password,
  connection,
}: Omit<Access, 'clientSecret'> & { email: string; password: string; connection: string }) {
  const auth0 = new AuthenticationClient({ domain, clientId });
  return (await auth0.database.signUp({ email, password, connection })).data;
}

/** The tenant mails the person a link to a new password. */
export async function changePassword({
  domain,
  clientId,
  email,
  connection,
}: Omit<Access, 'clientSecret'> & { email: string; connection: string }) {
  const auth0 = new AuthenticationClient({ domain, clientId });
  return (await auth0.database.changePassword({ email, connection })).data;
}

/** A token from elsewhere, which an Action of the tenant believes or not, becomes tokens of the tenant. */
export async function exchange({
  domain,
  clientId,
  clientSecret,
  subjectToken,
  tokenType,
  audience,
}: Access & { subjectToken: string; tokenType: string; audience: string }) {
  const auth0 = new AuthenticationClient({ domain, clientId, clientSecret });
  return auth0.tokenExchange.exchangeToken({
    subject_token: subjectToken,
    subject_token_type: tokenType,
    audience,
    scope: 'openid email',
  });
}
