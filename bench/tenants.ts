// What a tenant costs that nobody logs in to: memory of its keys and rows once it has given a token, and what it adds to the
// start of a server. Beside them what a Provider of oidc-provider takes.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Provider } from 'oidc-provider';
import { grantManagement, newClient } from '#runtime/lifecycle/client.ts';
import { managementAudience } from '#runtime/lifecycle/scopes.ts';
import { openHouse } from '#test/kit/house.ts';
import { openFrontDoor } from '#test/server/oauth/front-door.ts';
import { type BenchLine, percentile } from './bench-line.ts';

const TENANTS = 1000;
const KIBIBYTES_EACH = 50;
const MS_EACH = 0.3;
const SECRET = 'a secret of the benchmark';

export async function benchTenants(): Promise<BenchLine[]> {
  const ours = await measureOurs();
  const theirs = measureTheirs();
  return [
    {
      name: 'memory of an idle tenant that has given a token (KiB), against the goal',
      value: ours.kibibytes,
      yardstick: KIBIBYTES_EACH,
      ratio: ours.kibibytes / KIBIBYTES_EACH,
      goal: 1,
      note: `${TENANTS} tenants; a Provider that has given none: ${theirs.kibibytes.toFixed(0)} KiB`,
    },
    {
      name: 'start of a server, for each tenant it has (ms), against the goal',
      value: ours.startMs,
      yardstick: MS_EACH,
      ratio: ours.startMs / MS_EACH,
      goal: 1,
      note: `a tenant is made ready when it is first asked for: its first token takes ${ours.firstMs.toFixed(2)} ms more than the next; constructing a Provider: ${theirs.ms.toFixed(2)} ms`,
    },
  ];
}

const heapKibibytes = (): number => {
  for (let pass = 0; pass < 3; pass++) globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1024;
};

async function measureOurs() {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
  const databaseUrl = `sqlite:${join(folder, 'bench.db')}`;
  const start = async (): Promise<number> => {
    const times: number[] = [];
    for (let nth = 0; nth < 5; nth++) {
      const startedAt = performance.now();
      const started = await openHouse({ databaseUrl });
      times.push(performance.now() - startedAt);
      await started.close();
    }
    return percentile(times, 0.5);
  };
  const emptyMs = await start();
  const filled = await openHouse({ databaseUrl });
  const hosts = await fill(filled);
  await filled.close();
  const startMs = Math.max(0, (await start()) - emptyMs) / TENANTS;
  const door = await openFrontDoor({ databaseUrl, env: { SALLYPORT_RATE_LIMITS: 'off' } });
  const token = async (host: string): Promise<void> => {
    const response = await door.app.request(`http://${host}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'bench',
        client_secret: SECRET,
        audience: managementAudience(`http://${host}`),
      }),
    });
    if (!(await response.text()).includes('access_token')) throw new Error(`no token: ${response.status}`);
  };
  const pass = async (): Promise<number> => {
    const began = performance.now();
    for (const host of hosts) await token(host);
    return (performance.now() - began) / hosts.length;
  };
  try {
    // The first of all pays for compiling the code.
    const [warm = ''] = hosts.splice(0, 1);
    for (let i = 0; i < 300; i++) await token(warm);
    const before = heapKibibytes();
    const first = await pass();
    const kibibytes = (heapKibibytes() - before) / hosts.length;
    const next = Math.min(await pass(), await pass());
    return { startMs, kibibytes, firstMs: first - next };
  } finally {
    await door.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Tenants with rows of their own; only the key pair is the same, since making a thousand of them takes minutes. */
async function fill({ store, ports, tenant }: Awaited<ReturnType<typeof openHouse>>): Promise<string[]> {
  const keys = await store.signingKeys.list(tenant.id);
  const api = await store.resourceServers.findByKey(tenant.id, managementAudience(tenant.baseUrl));
  if (!api) throw new Error('the tenant has no Management API');
  const hosts: string[] = [];
  for (let nth = 0; nth < TENANTS; nth++) {
    const host = `bench-${nth}.localhost:3000`;
    const id = ports.random.uuid();
    const baseUrl = `http://${host}`;
    await store.tenants.insert({ ...tenant, id, name: `bench-${nth}`, baseUrl });
    for (const key of keys) await store.signingKeys.insert({ ...key, tenantId: id, id: ports.random.letters(21) });
    await store.resourceServers.insert({
      ...api,
      tenantId: id,
      id: ports.random.hex(24),
      identifier: managementAudience(baseUrl),
    });
    const made = await newClient(ports, id, {
      id: 'bench',
      secret: SECRET,
      name: 'Bench',
      grantTypes: ['client_credentials'],
    });
    if (made === 'conflict') throw new Error('no client');
    await grantManagement(ports, { ...tenant, id, baseUrl }, 'bench', ['read:users']);
    hosts.push(host);
  }
  return hosts;
}

function measureTheirs() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig' };
  const make = (nth: number) =>
    new Provider(`http://bench-${nth}.localhost:3000`, {
      clients: [
        {
          client_id: 'bench',
          client_secret: SECRET,
          grant_types: ['client_credentials'],
          redirect_uris: [],
          response_types: [],
        },
      ],
      jwks: { keys: [key] },
      cookies: { keys: ['a key'] },
      features: { devInteractions: { enabled: false }, clientCredentials: { enabled: true } },
    });
  for (let nth = 0; nth < 20; nth++) make(nth);
  const before = heapKibibytes();
  const startedAt = performance.now();
  const all = Array.from({ length: TENANTS }, (_each, nth) => make(nth));
  const ms = (performance.now() - startedAt) / TENANTS;
  return { ms, kibibytes: (heapKibibytes() - before) / all.length };
}
