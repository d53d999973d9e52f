// Tests, oracle: the certified library `oidc-provider`, with the same keys, applications, scopes and person as our server,
// the same paths, and as many of Auth0's choices as it can be configured to make.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { importJWK, SignJWT } from 'jose';
import Provider, {
  type Adapter,
  type AdapterPayload,
  type Configuration,
  errors,
  interactionPolicy,
} from 'oidc-provider';
import { personClaims } from '#server/oauth/person-claims.ts';
import type { JsonObject, UserRecord } from '#storage/records.ts';
import { freePort } from '#test/kit/free-port.ts';
import {
  API,
  APPLICATIONS,
  type Application,
  CALLBACK,
  clientJwk,
  hasSecret,
  LOGGED_OUT,
  RESPONSE_TYPES,
  SECRET,
  usesKeys,
} from './clients.ts';
import type { Side } from './side.ts';
import { createVisitor, isScreen, type Visitor } from './visitor.ts';

export async function openReference(key: JsonObject, user: UserRecord): Promise<Side> {
  const port = await freePort();
  const site = `http://127.0.0.1:${port}`;
  const provider = new Provider(`${site}/`, configure(key, user));
  // Loopback speaks http; what a probe does wrong is no news.
  provider.on('server_error', (_ctx, error) => console.error(error));
  const handle = provider.callback();
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/interaction/')) void interact(provider, request, response, user.id);
    else void handle(request, response);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  const signedIn = createVisitor(site);
  const privateKey = await importJWK(key, 'RS256');
  const begun = await signedIn.send(`/authorize?client_id=post&response_type=code&redirect_uri=${CALLBACK}`);
  await signIn(signedIn, begun);
  return {
    name: 'reference',
    site,
    issuer: `${site}/`,
    subject: user.id,
    nobody: () => createVisitor(site),
    ana: () => createVisitor(site, new Map(signedIn.cookies)),
    signIn,
    now: () => Math.floor(Date.now() / 1000),
    sign: (claims, typ = 'JWT') =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: String(key.kid), typ }).sign(privateKey),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function signIn(visitor: Visitor, answer: Response): Promise<Response> {
  let last = answer;
  for (let pages = 0; pages < 5; pages++) {
    last = await visitor.follow(last);
    const location = last.headers.get('location');
    const at = location === null ? undefined : new URL(location, last.url);
    if (!at || !isScreen(at)) return last;
    last = await visitor.send(at.href, { method: 'POST' });
  }
  throw new Error('the pages do not end');
}

/** The page that asks the person: a POST to it says yes to everything. */
async function interact(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
  accountId: string,
): Promise<void> {
  const { prompt, params, grantId } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    response.setHeader('content-type', 'text/html').end(`<form method="post">${prompt.name}</form>`);
    return;
  }
  if (prompt.name !== 'consent') {
    const result = prompt.name === 'login' ? { login: { accountId } } : { [prompt.name]: {} };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
    return;
  }
  const clientId = String(params.client_id);
  const grant = (grantId && (await provider.Grant.find(grantId))) || new provider.Grant({ accountId, clientId });
  allow(grant);
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
}

const PERSON_SCOPES = 'openid profile email phone offline_access';
const API_SCOPES = 'read:things write:things';

function allow(grant: InstanceType<Provider['Grant']>): void {
  grant.addOIDCScope(PERSON_SCOPES);
  grant.addResourceScope(API, API_SCOPES);
}

function configure(key: JsonObject, user: UserRecord): Configuration {
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
  return {
    adapter: memory(),
    clients: APPLICATIONS.map(metadata),
    jwks: { keys: [{ ...key, use: 'sig', alg: 'RS256' }] as never },
    cookies: { keys: ['a key for cookies of tests'] },
    responseTypes: RESPONSE_TYPES as never,
    conformIdTokenClaims: false,
    clientBasedCORS: () => true,
    scopes: PERSON_SCOPES.split(' '),
    claims: {
      openid: ['sub'],
      profile: ['name', 'nickname', 'given_name', 'family_name', 'picture', 'updated_at'],
      email: ['email', 'email_verified'],
      phone: ['phone_number', 'phone_number_verified'],
    },
    findAccount: (_ctx, sub) =>
      sub === user.id
        ? {
            accountId: sub,
            claims: () => ({ sub, ...personClaims(user, ['profile', 'email', 'phone']) }),
          }
        : undefined,
    // The applications are the operator's own: nobody is asked to consent.
    loadExistingGrant: async ({ oidc }) => {
      const { client, session, provider, result } = oidc;
      const id = result?.consent?.grantId ?? session?.grantIdFor(client?.clientId ?? '');
      const known = id && (await provider.Grant.find(id));
      if (known) return known;
      const grant = new provider.Grant({ accountId: session?.accountId ?? '', clientId: client?.clientId ?? '' });
      allow(grant);
      await grant.save();
      return grant;
    },
    rotateRefreshToken: true,
    expiresWithSession: () => false,
    interactions: { policy, url: (_ctx, { uid }) => `/interaction/${uid}` },
    enabledJWA: {
      clientAuthSigningAlgValues: ['RS256', 'PS256', 'ES256'],
      requestObjectSigningAlgValues: ['RS256', 'PS256', 'ES256'],
      dPoPSigningAlgValues: ['ES256', 'EdDSA', 'Ed25519'],
    } as never,
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      claimsParameter: { enabled: true },
      deviceFlow: { enabled: true, userCodeInputSource: page, userCodeConfirmSource: page, successSource: page },
      dPoP: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      requestObjects: { enabled: true },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: { enabled: true, logoutSource: page, postLogoutSuccessSource: page },
      webMessageResponseMode: { enabled: true, ack: 'individual-draft-01' },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource) => {
          if (resource !== API) throw new errors.InvalidTarget();
          return { scope: API_SCOPES, accessTokenFormat: 'jwt', accessTokenTTL: 3600 };
        },
      },
    },
    ttl: {
      AccessToken: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? 86_400,
      ClientCredentials: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? 86_400,
      AuthorizationCode: 60,
      DeviceCode: 900,
      Grant: 30 * 86_400,
      IdToken: 36_000,
      Interaction: 3600,
      RefreshToken: 86_400,
      Session: 30 * 86_400,
    },
    routes: {
      authorization: '/authorize',
      token: '/oauth/token',
      revocation: '/oauth/revoke',
      pushed_authorization_request: '/oauth/par',
      device_authorization: '/oauth/device/code',
      code_verification: '/device',
      userinfo: '/userinfo',
      end_session: '/oidc/logout',
      jwks: '/.well-known/jwks.json',
    },
    renderError: (ctx, { error }) => {
      ctx.type = 'html';
      ctx.body = `<p>${error}</p>`;
    },
  };
}

/** Stands in the place of every page that somebody would design. */
function page(ctx: { type: string; body: unknown }, form?: string): void {
  ctx.type = 'html';
  ctx.body = `<p>${form ?? ''}</p>`;
}

function metadata(application: Application) {
  const { id, auth, grants, callbacks = [CALLBACK], native, front, pushes, signs, proves } = application;
  return {
    client_id: id,
    ...(hasSecret(application) ? { client_secret: SECRET } : {}),
    token_endpoint_auth_method: auth,
    application_type: native ? ('native' as const) : ('web' as const),
    grant_types: grants,
    redirect_uris: callbacks,
    response_types: (front ? RESPONSE_TYPES : grants.includes('authorization_code') ? ['code'] : []) as never,
    post_logout_redirect_uris: [LOGGED_OUT],
    ...(usesKeys(application) ? { jwks: { keys: [clientJwk] } as never } : {}),
    ...(pushes ? { require_pushed_authorization_requests: true } : {}),
    ...(signs ? { require_signed_request_object: true } : {}),
    ...(proves ? { dpop_bound_access_tokens: true } : {}),
  };
}

/** Rows by kind and id; the library looks at the age of each itself. */
function memory(): (name: string) => Adapter {
  const rows = new Map<string, AdapterPayload>();
  return (name) => {
    const find = async (fits: (row: AdapterPayload) => boolean) =>
      [...rows].find(([key, row]) => key.startsWith(`${name} `) && fits(row))?.[1];
    return {
      upsert: async (id, payload) => void rows.set(`${name} ${id}`, payload),
      find: async (id) => rows.get(`${name} ${id}`),
      findByUserCode: (code) => find(({ userCode }) => userCode === code),
      findByUid: (uid) => find((row) => row.uid === uid),
      consume: async (id) => {
        const row = rows.get(`${name} ${id}`);
        if (row) row.consumed = Math.floor(Date.now() / 1000);
      },
      destroy: async (id) => void rows.delete(`${name} ${id}`),
      revokeByGrantId: async (grantId) => {
        for (const [key, row] of rows) if (row.grantId === grantId) rows.delete(key);
      },
    };
  };
}
