// Benchmarks, protocol: Sallyport in a process of its own, as an operator runs it: SQLite on disk, real cells, and two
// scripts bound.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBuilds } from '#runtime/builds/create-builds.ts';
import { newClient } from '#runtime/lifecycle/client.ts';
import { createApp } from '#server/app.ts';
import { readConfig } from '#server/config.ts';
import { listen } from '#server/listen.ts';
import { freePort } from '#test/kit/free-port.ts';
import { openHouse } from '#test/kit/house.ts';
import { API, CALLBACK, CLIENT, type Listening } from './told.ts';

const SHAPE = `exports.onExecutePostLogin = async (event, api) => {
  api.idToken.setCustomClaim('https://example.com/logins', event.stats.logins_count);
};`;
const JUDGE = `exports.onExecutePostLogin = async (event, api) => {
  if (event.user.app_metadata.barred) api.access.deny('barred');
};`;

const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
const house = await openHouse({ databaseUrl: `sqlite:${join(folder, 'bench.db')}` });
const builds = createBuilds();
const { ports, tenant, store, runtime } = house;
await house.user('ana');
await house.bind(SHAPE, JUDGE);
const client = await newClient(ports, tenant.id, {
  id: CLIENT.client_id,
  secret: CLIENT.client_secret,
  name: 'Bench',
  callbacks: [CALLBACK],
  grantTypes: ['authorization_code', 'client_credentials'],
});
if (client === 'conflict') throw new Error('no client');
await store.resourceServers.insert({
  tenantId: tenant.id,
  id: 'api',
  identifier: API,
  scopes: [{ value: 'read:things' }],
  signingAlg: 'RS256',
  tokenLifetimeSeconds: 3600,
  tokenLifetimeForWebSeconds: 3600,
  allowOfflineAccess: false,
  isSystem: false,
  settings: {},
  createdAt: ports.now(),
  updatedAt: ports.now(),
});
await store.clientGrants.insert({
  tenantId: tenant.id,
  id: 'cgr_bench',
  clientId: CLIENT.client_id,
  audience: API,
  scope: ['read:things'],
  createdAt: ports.now(),
  updatedAt: ports.now(),
  settings: {},
});
const app = createApp({
  config: readConfig({ SALLYPORT_TENANT: 'nobody', SALLYPORT_RATE_LIMITS: 'off' }, { start: false }),
  store,
  runtime,
  builds,
  egress: house.egress,
  clock: { now: ports.now, advance: (seconds) => house.clock.advance(seconds * 1000) },
  random: ports.random,
  passwords: ports.passwords,
  log: ports.log,
});
const port = await freePort();
const listener = await listen(app, { host: '127.0.0.1', port });
process.once('disconnect', async () => {
  await listener.close(0);
  await Promise.all([house.close(), builds.close()]);
  rmSync(folder, { recursive: true, force: true });
  process.exit();
});
const listening: Listening = {
  port,
  host: new URL(tenant.baseUrl).host,
  paths: { authorize: '/authorize', token: '/oauth/token' },
  resource: { audience: API },
};
process.send?.(listening);
