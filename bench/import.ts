// An import of users: how many a second, and what those feel who sign in meanwhile. Through the real app and SQLite on disk:
// the file is read as it comes, and judged, laid down and written by the process that serves the logins.
import { createPasswords } from '#runtime/factors/password-hash.ts';
import { grantManagement, newClient } from '#runtime/lifecycle/client.ts';
import { managementAudience } from '#runtime/lifecycle/scopes.ts';
import { type BenchLine, pause, percentile } from './bench-line.ts';
import { type Logins, openLogins } from './whole-login.ts';

const USERS = 100_000;
const WANTED_PER_SECOND = 3000;
const LOGINS = 60;
const TURNS = 3;
/** Between two logins: with nobody in between, an import would only run beside logins that wait for each other. */
const THINK_MS = 40;

export async function benchImport(): Promise<BenchLine[]> {
  const bare = await rate((index) => ({ email: `bare-${index}@example.com` }));
  const full = await rate((index) => ({
    email: `full-${index}@example.com`,
    email_verified: true,
    user_id: `full-${index}`,
    username: `full${index}`,
    given_name: 'Ada',
    family_name: 'Lovelace',
    name: 'Ada Lovelace',
    password_hash: `$2b$10$${'abcdefghij'.repeat(5)}abc`,
    user_metadata: { city: 'London', tags: ['a', 'b', 'c'], theme: 'dark' },
    app_metadata: { plan: 'gold', seats: index },
  }));
  const beside = await latency();
  const line = (name: string, perSecond: number): BenchLine => ({
    name,
    value: perSecond,
    yardstick: WANTED_PER_SECOND,
    ratio: perSecond / WANTED_PER_SECOND,
    goal: 1,
    atLeast: true,
    note: `${USERS} in one job, from the first byte of the file to the end of the job`,
  });
  return [
    line('users imported a second, an address each', bare),
    line('the same with a bcrypt hash, names and metadata', full),
    {
      name: 'a login while users are imported (p50, ms), against one without',
      value: beside.with,
      yardstick: beside.without,
      ratio: beside.with / beside.without,
      goal: 1.2,
      note: `the middle of ${TURNS} turns; p95 ${beside.p95With.toFixed(0)} against ${beside.p95Without.toFixed(0)} ms; ${beside.perSecond.toFixed(0)} users a second meanwhile`,
    },
  ];
}

/** Users a second. */
async function rate(user: (index: number) => object): Promise<number> {
  const logins = await openLogins(createPasswords());
  try {
    const startedAt = performance.now();
    const job = await begin(
      logins,
      Array.from({ length: USERS }, (_each, index) => user(index)),
    );
    const { inserted } = await job.ended();
    if (inserted !== USERS) throw new Error(`${inserted} of ${USERS} users were imported`);
    return USERS / ((performance.now() - startedAt) / 1000);
  } finally {
    await logins.close();
  }
}

async function latency() {
  const logins = await openLogins(createPasswords());
  const turns: { with: number; without: number; p95With: number; p95Without: number; perSecond: number }[] = [];
  try {
    await measure(logins);
    for (let turn = 0; turn < TURNS; turn++) {
      const without = await measure(logins);
      const users = Array.from({ length: USERS }, (_each, index) => ({ email: `${turn}-${index}@example.com` }));
      const job = await begin(logins, users);
      const startedAt = performance.now();
      const beside = await measure(logins);
      const { inserted, done } = await job.now();
      if (done) throw new Error('the import was over before the logins were');
      const perSecond = inserted / ((performance.now() - startedAt) / 1000);
      await job.ended();
      turns.push({
        with: percentile(beside, 0.5),
        without: percentile(without, 0.5),
        p95With: percentile(beside, 0.95),
        p95Without: percentile(without, 0.95),
        perSecond,
      });
    }
  } finally {
    await logins.close();
  }
  const middle = turns.toSorted((a, b) => a.with / a.without - b.with / b.without)[Math.floor(TURNS / 2)];
  if (!middle) throw new Error('no turn');
  return middle;
}

/** How long each of some logins took. */
async function measure(logins: Logins): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < LOGINS; i++) {
    const startedAt = performance.now();
    await logins.once();
    times.push(performance.now() - startedAt);
    await pause(THINK_MS);
  }
  return times;
}

type Counted = { inserted: number; done: boolean };

/** Begins an import. The job that it answers is under way. */
async function begin(
  { house, send }: Logins,
  users: object[],
): Promise<{ now(): Promise<Counted>; ended(): Promise<Counted> }> {
  const { ports, tenant } = house;
  const client = await newClient(ports, tenant.id, { name: 'Operator', grantTypes: ['client_credentials'] });
  if (client === 'conflict') throw new Error('no client');
  await grantManagement(ports, tenant, client.id, ['create:users', 'read:connections']);
  const answer = await send(`${tenant.baseUrl}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_type: 'client_credentials',
      client_id: client.id,
      client_secret: client.secret,
      audience: managementAudience(tenant.baseUrl),
    }),
  });
  const { access_token } = (await answer.json()) as { access_token: string };
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await send(`${tenant.baseUrl}/api/v2${path}`, {
      ...init,
      headers: { authorization: `Bearer ${access_token}` },
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as never;
  };
  const [connection] = (await ask('/connections?strategy=auth0')) as { id: string }[];
  const form = new FormData();
  form.set('users', new Blob([JSON.stringify(users)]), 'users.json');
  form.set('connection_id', connection?.id ?? '');
  const { id } = (await ask('/jobs/users-imports', { method: 'POST', body: form })) as { id: string };
  const now = async (): Promise<Counted> => {
    const job = (await ask(`/jobs/${id}`)) as { status: string; summary?: { inserted: number } };
    return { inserted: job.summary?.inserted ?? 0, done: job.status === 'completed' };
  };
  return {
    now,
    async ended() {
      for (;;) {
        const counted = await now();
        if (counted.done) return counted;
        await pause(50);
      }
    },
  };
}
