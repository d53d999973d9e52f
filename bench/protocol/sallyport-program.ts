// Benchmarks, protocol: Sallyport in a process of its own, as an operator runs it: SQLite on disk, real cells, and two
// scripts bound.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newClient } from '#runtime/lifecycle/client.ts';
import { listen } from '#server/listen.ts';
import { freePort } from '#test/kit/free-port.ts';
import { openFrontDoor } from '#test/server/oauth/front-door.ts';
import { API, CALLBACK, CLIENT, type Listening } from './told.ts';

const SHAPE = `exports.onExecutePostLogin = async (event, api) => {
  api.idToken.setCustomClaim('https://example.com/logins', event.stats.logins_count);
};`;
const JUDGE = `exports.onExecutePostLogin = async (event, api) => {
  if (event.user.app_metadata.barred) api.access.deny('barred');
};`;

const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
const door = await openFrontDoor({
  databaseUrl: `sqlite:${join(folder, 'bench.db')}`,
  env: { SALLYPORT_RATE_LIMITS: 'off' },
});
const { house, app } = door;
const { ports, tenant, store } = house;
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
const port = await freePort();
const listener = await listen(app, { host: '127.0.0.1', port });
process.once('disconnect', async () => {
  await listener.close(0);
  await door.close();
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
