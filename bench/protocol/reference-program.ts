// Benchmarks, protocol: oidc-provider in a process of its own, with its rows in memory and nothing between the session and
// the code.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';
import { freePort } from '#test/kit/free-port.ts';
import { API, CALLBACK, CLIENT, type Listening } from './told.ts';

const port = await freePort();
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const provider = new Provider(`http://localhost:${port}`, {
  clients: [
    {
      ...CLIENT,
      redirect_uris: [CALLBACK],
      grant_types: ['authorization_code', 'client_credentials'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_post',
    },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig' }] },
  cookies: { keys: ['a key of the benchmark'] },
  interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'read:things',
        audience: API,
        accessTokenFormat: 'jwt',
        accessTokenTTL: 3600,
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
  findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId, email: 'ana@example.com' }) }),
  loadExistingGrant: async (ctx) => {
    const { client, session } = ctx.oidc;
    const known = session?.grantIdFor(client?.clientId ?? '');
    if (known) return provider.Grant.find(known);
    const { clientId = '' } = client ?? {};
    const grant = new provider.Grant({ clientId, accountId: session?.accountId ?? '' });
    grant.addOIDCScope('openid email');
    grant.addResourceScope(API, 'read:things');
    await grant.save();
    return grant;
  },
});
const callback = provider.callback();
const server = createServer((request, response) =>
  request.url?.startsWith('/interaction/')
    ? void provider.interactionFinished(request, response, { login: { accountId: 'ana' } })
    : void callback(request, response),
);
server.listen(port, '127.0.0.1', () => {
  const listening: Listening = {
    port,
    host: `localhost:${port}`,
    paths: { authorize: '/auth', token: '/token' },
    resource: { resource: API },
  };
  process.send?.(listening);
});
process.once('disconnect', () => process.exit());
