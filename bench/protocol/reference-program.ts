// Benchmarks, protocol: oidc-provider in a process of its own. As `alike` it promises what we promise: rows in SQLite on disk,
// and two scripts in the same sandbox between the session and the code. As `bare` its rows are in memory and nothing
// stands between.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Provider } from 'oidc-provider';
import { freePort } from '#test/kit/free-port.ts';
import { openSandbox, request as runRequest } from '../typical-run.ts';
import { memoryAdapter, sqliteAdapter } from './rows.ts';
import { API, CALLBACK, CLIENT, type Listening } from './told.ts';

const isAlike = process.argv[2] === 'alike';
const folder = mkdtempSync(join(tmpdir(), 'reference-bench-'));
const sandbox = isAlike ? await openSandbox() : undefined;
let runs = 0;
const port = await freePort();
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const provider = new Provider(`http://localhost:${port}`, {
  adapter: isAlike ? sqliteAdapter(join(folder, 'bench.db')) : memoryAdapter(),
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
    for (let nth = 0; sandbox && nth < 2; nth++) {
      const ran = await sandbox.run(runRequest('bench', String(runs++)));
      if (!ran.ok) throw new Error('a script failed');
    }
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
process.once('disconnect', async () => {
  await sandbox?.drain(0);
  rmSync(folder, { recursive: true, force: true });
  process.exit();
});
