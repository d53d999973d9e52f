// The Management API at size: lists, reads and look-ups over HTTP in a tenant of a hundred thousand users, SQLite on disk.
// Beside the answer to a probe in the same seconds, which costs the network, the server's loop and nothing else.
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, get, type RequestOptions } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { grantManagement, newClient } from '#runtime/lifecycle/client.ts';
import { managementAudience } from '#runtime/lifecycle/scopes.ts';
import { newUser } from '#runtime/lifecycle/user.ts';
import { listen } from '#server/listen.ts';
import { freePort } from '#test/kit/free-port.ts';
import { type FrontDoor, openFrontDoor } from '#test/server/oauth/front-door.ts';
import { type BenchLine, type Block, inTurns, percentile } from './bench-line.ts';

const USERS = 100_000;
const AT_ONCE = 500;
const GOAL_MS = 3;
const BLOCKS = 9;
const PER_BLOCK = 60;

const MIDDLE = USERS / 2;
const address = (index: number): string => `user-${index}@example.com`;

const ASKED: readonly [name: string, path: string][] = [
  ['GET /users, the first page with totals', '/users?include_totals=true'],
  ['GET /users, the twentieth page', '/users?page=19&per_page=50'],
  ['GET /users/{id}', `/users/${encodeURIComponent(`auth0|u${MIDDLE}`)}`],
  ['GET /users-by-email', `/users-by-email?email=${encodeURIComponent(address(MIDDLE))}`],
  ['GET /users?q=email', `/users?q=${encodeURIComponent(`email:"${address(MIDDLE)}"`)}`],
  ['GET /users?q=username', `/users?q=${encodeURIComponent(`username:"u${MIDDLE}"`)}`],
  ['GET /roles', '/roles'],
  ['GET /clients', '/clients'],
];

export async function benchManagement(): Promise<BenchLine[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
  const door = await openFrontDoor({
    databaseUrl: `sqlite:${join(folder, 'bench.db')}`,
    env: { SALLYPORT_RATE_LIMITS: 'off' },
  });
  const port = await freePort();
  const listener = await listen(door.app, { host: '127.0.0.1', port });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const { tenant } = door.house;
    await fill(door);
    const token = await operate(door);
    const ask = (path: string) =>
      time({ agent, port, path, headers: { host: new URL(tenant.baseUrl).host, authorization: `Bearer ${token}` } });
    const p50 = async (path: string): Promise<number> => {
      const times: number[] = [];
      for (let nth = 0; nth < PER_BLOCK; nth++) times.push(await ask(path));
      return percentile(times, 0.5);
    };
    const lines: BenchLine[] = [];
    for (const [name, path] of ASKED) {
      const blocks: Block[] = [];
      for (let block = 0; block < BLOCKS; block++) {
        blocks.push({ value: await p50(`/api/v2${path}`), yardstick: await p50('/healthz') });
      }
      const { value, yardstick, ratio } = inTurns(blocks);
      const met = value <= GOAL_MS ? 'met' : 'missed';
      lines.push({
        name: `${name} (p50, ms), against a probe`,
        value,
        yardstick,
        ratio,
        goal: Number.POSITIVE_INFINITY,
        note: `${USERS} users; ${GOAL_MS} ms: ${met}`,
      });
    }
    return lines;
  } finally {
    agent.destroy();
    await listener.close(0);
    await door.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill({ house }: FrontDoor): Promise<void> {
  const { ports, tenant } = house;
  const [connection] = (await ports.store.connections.list(tenant.id)).records;
  if (!connection) throw new Error('no connection');
  for (let from = 0; from < USERS; from += AT_ONCE) {
    const users = Array.from({ length: AT_ONCE }, (_each, nth) => {
      const index = from + nth;
      return newUser(ports, connection, {
        id: `u${index}`,
        email: address(index),
        username: `u${index}`,
        name: `Person ${index}`,
        appMetadata: { plan: index % 10 === 0 ? 'gold' : 'free' },
      });
    });
    // The disk is waited for once for all of them.
    await Promise.all(users.map((user) => ports.store.users.insert(user)));
  }
}

async function operate({ app, house }: FrontDoor): Promise<string> {
  const { ports, tenant } = house;
  const client = await newClient(ports, tenant.id, { name: 'Operator', grantTypes: ['client_credentials'] });
  if (client === 'conflict') throw new Error('no client');
  await grantManagement(ports, tenant, client.id, ['read:users', 'read:roles', 'read:clients']);
  const answer = await app.request(`${tenant.baseUrl}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_type: 'client_credentials',
      client_id: client.id,
      client_secret: client.secret,
      audience: managementAudience(tenant.baseUrl),
    }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** Milliseconds until the whole answer is there. */
function time(options: RequestOptions): Promise<number> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    get(options, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${String(response.statusCode)} for what is measured`));
      response.resume();
      response.once('end', () => resolve(performance.now() - startedAt));
    }).once('error', reject);
  });
}
