// Example programs: @auth0/auth0-auth-js, on which Auth0's SDKs for web frameworks are built, against a tenant of Sallyport.
import { AuthClient, isMfaRequiredError } from '@auth0/auth0-auth-js';
import type { Application, Person } from './application.ts';

/** A code with PKCE, then everything that is done with its tokens. */
export async function codeWithPkce({ domain, clientId, clientSecret, redirectUri }: Application, { signIn }: Person) {
  const auth0 = new AuthClient({ domain, clientId, clientSecret, authorizationParams: { redirect_uri: redirectUri } });

  const { authorizationUrl, codeVerifier } = await auth0.buildAuthorizationUrl({
    authorizationParams: { scope: 'openid email offline_access' },
  });
  const landing = new URL((await signIn(authorizationUrl)).address);
  const tokens = await auth0.getTokenByCode(landing, { codeVerifier });

  const profile = await auth0.getUserInfo({ accessToken: tokens.accessToken });
  const renewed = await auth0.getTokenByRefreshToken({ refreshToken: tokens.refreshToken ?? '' });
  await auth0.revokeToken({ token: renewed.refreshToken ?? '' });
  const afterwards = await auth0
    .getTokenByRefreshToken({ refreshToken: renewed.refreshToken ?? '' })
    .catch((error: { cause?: { error?: string } }) => error.cause?.error);
  const logout = await auth0.buildLogoutUrl({ returnTo: redirectUri });
  return { claims: tokens.claims, profile, renewed: renewed.claims, afterwards, logout: logout.href };
}

/** The request is handed in first; the browser carries a reference. */
export async function pushed({ domain, clientId, clientSecret, redirectUri }: Application, { signIn }: Person) {
  const auth0 = new AuthClient({ domain, clientId, clientSecret, authorizationParams: { redirect_uri: redirectUri } });

  const { authorizationUrl, codeVerifier } = await auth0.buildAuthorizationUrl({ pushedAuthorizationRequests: true });
  const landing = new URL((await signIn(authorizationUrl)).address);
  return { claims: (await auth0.getTokenByCode(landing, { codeVerifier })).claims };
}

type Access = Pick<Application, 'domain' | 'clientId' | 'clientSecret'>;

/** A machine asks for a token of its own. */
export async function machine({ domain, clientId, clientSecret, audience }: Access & { audience: string }) {
  const auth0 = new AuthClient({ domain, clientId, clientSecret });
  const { accessToken, scope, tokenType } = await auth0.getTokenByClientCredentials({ audience });
  return { accessToken, scope, tokenType };
}

type Credentials = Access & { username: string; password: string };

/** A password, then a code by SMS: the pause of a script, on a page of the application's own. */
export async function passwordAndSms(
  { domain, clientId, clientSecret, username, password, phone }: Credentials & { phone: string },
  { readCode }: Person,
) {
  const auth0 = new AuthClient({ domain, clientId, clientSecret });
  try {
    await auth0.getTokenByPassword({ username, password, scope: 'openid email' });
  } catch (error) {
    if (!isMfaRequiredError(error)) throw error;
    const { mfa_token: mfaToken } = error.cause;

    const enrolled = await auth0.mfa.listAuthenticators({ mfaToken });
    const sms = enrolled.find(({ id }) => id.startsWith('sms|'));
    const challenge = await auth0.mfa.challengeAuthenticator({
      challengeType: 'oob',
      mfaToken,
      ...(sms ? { authenticatorId: sms.id } : {}),
    });
    const tokens = await auth0.mfa.verify({
      factorType: 'oob',
      mfaToken,
      oobCode: challenge.oobCode ?? '',
      bindingCode: await readCode({ to: phone }),
    });
    return { enrolled, claims: tokens.claims };
  }
  throw new Error('nothing more than the password was asked for');
}

/** A password of somebody who has no factor yet: an authenticator app is enrolled on the way. */
export async function passwordAndNewApp(
  { domain, clientId, clientSecret, username, password }: Credentials,
  { readCode }: Person,
) {
  const auth0 = new AuthClient({ domain, clientId, clientSecret });
  try {
    await auth0.getTokenByPassword({ username, password, scope: 'openid email' });
  } catch (error) {
    if (!isMfaRequiredError(error)) throw error;
    const { mfa_token: mfaToken, mfa_requirements: requirements } = error.cause;

    const enrollment = await auth0.mfa.enrollAuthenticator({ authenticatorTypes: ['otp'], mfaToken });
    if (enrollment.authenticatorType !== 'otp') throw new Error('another factor was enrolled');
    const otp = await readCode({ key: enrollment.secret });
    const tokens = await auth0.mfa.verify({ factorType: 'otp', mfaToken, otp });
    return { requirements, barcode: enrollment.barcodeUri, claims: tokens.claims };
  }
  throw new Error('nothing more than the password was asked for');
}

/** An account for somebody, from a form of the application. */
export async function signUp({
  domain,
  clientId,
  email,
  password,
  connection,
}: Omit<Access, 'clientSecret'> & { email: string; password: string; connection: string }) {
  const auth0 = new AuthClient({ domain, clientId });
  return auth0.database.signUp({ email, password, connection });
}

/** The tenant mails the person a link to a new password. */
export async function changePassword({
  domain,
  clientId,
  email,
  connection,
}: Omit<Access, 'clientSecret'> & { email: string; connection: string }) {
  const auth0 = new AuthClient({ domain, clientId });
  return auth0.database.changePassword({ email, connection });
}

/** A token from elsewhere, which an Action of the tenant believes or not, becomes tokens of the tenant. */
export async function exchange({
  domain,
  clientId,
  clientSecret,
  subjectToken,
  subjectTokenType,
}: Access & { subjectToken: string; subjectTokenType: string }) {
  const auth0 = new AuthClient({ domain, clientId, clientSecret });
  const tokens = await auth0.exchangeToken({ subjectToken, subjectTokenType, scope: 'openid email' });
  return { kind: tokens.issuedTokenType, claims: tokens.claims };
}
