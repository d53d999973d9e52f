// The real server, killed with SIGKILL while messages with codes are on their way, at every point of that way. The receiver
// drops nothing that comes twice. Whatever is left, another process brings to an end: each message came once and is known
// as delivered, or it is listed as unconfirmed and came at most once; the tenant's log has one line for each.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import pg from 'pg';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { createEgress } from '#runtime/egress/create-egress.ts';
import { newClient } from '#runtime/lifecycle/client.ts';
import type { MessageRecord } from '#storage/records.ts';
import { CHILD_ENV } from '#test/kit/child-env.ts';
import { count } from '#test/kit/counts.ts';
import { freePort } from '#test/kit/free-port.ts';
import { type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import { SECRET } from '#test/kit/open-database.ts';
import { createDatabase } from '#test/kit/postgres.ts';
import { openReceiver, type Receiver } from '#test/kit/receiver.ts';

const CLIENT = { client_id: 'native', client_secret: 'its secret' };
/** Logins that ask for a code at the same time. */
const PEOPLE = 3;

const folder = mkdtempSync(join(tmpdir(), 'sallyport-kill-messages-'));
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const server of running) server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A database that can hold a server up where it writes an attempt down: everything before that is committed. */
type Subject = { url: string; hold(): Promise<void>; release(): Promise<void>; close(): Promise<void> };

const DATABASES: [name: string, open: () => Promise<Subject>][] = [
  ['SQLite', openSqlite],
  ['PostgreSQL', openPostgres],
];

async function openSqlite(): Promise<Subject> {
  const file = join(folder, 'sallyport.db');
  const url = `sqlite:${file}`;
  const many = 'abcdefgh'.split('').map((name) => `sqlite_schema ${name}`);
  // A trigger cannot sleep; it can count for a very long time.
  const hold = `create trigger hold before update on messages when new.state = 'attempting'
    begin select count(*) from ${many.join(', ')}; end`;
  const run = async (sql: string) => {
    const db = new Database(file, { timeout: 20_000 });
    db.exec(sql);
    db.close();
  };
  return { url, hold: () => run(hold), release: () => run('drop trigger if exists hold'), close: async () => {} };
}

async function openPostgres(): Promise<Subject> {
  const { url } = await createDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const run = async (sql: string) => {
    await client.query(sql);
  };
  return {
    url,
    hold: () =>
      run(`create or replace function hold() returns trigger language plpgsql
        as $$ begin perform pg_sleep(60); return new; end $$;
        create trigger hold before update on messages for each row
        when (new.state = 'attempting') execute function hold()`),
    // What a dead server has begun would go on, and hold the table.
    release: async () => {
      await run(`set lock_timeout = '500ms'`);
      await vi.waitFor(
        async () => {
          await run(`select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and wait_event = 'PgSleep'`);
          await run('drop trigger if exists hold on messages');
        },
        { timeout: 20_000, interval: 100 },
      );
    },
    close: () => client.end(),
  };
}

/** What becomes of the first message that comes there. */
const POINTS = {
  'between commit and attempt': 'delivered',
  'between attempt and answer': 'unconfirmed',
  'between answer and end': 'either',
  'at any moment': 'either',
} as const;
type Point = keyof typeof POINTS;
const POINT_NAMES = Object.keys(POINTS) as Point[];

// A server that starts anew takes a while: one database each time, both in the long run.
describe.each(DATABASES.slice(0, count(1, 2)))('%s', (_name, open) => {
  test(
    'each message came once, or is listed as one of which that is not known',
    async () => {
      const subject = await open();
      const receiver = await openReceiver();
      const port = await freePort();
      const site = `http://127.0.0.1:${port}`;
      const egress = createEgress({ allow: ['127.0.0.1'] });
      /** How far the process that tidies up is ahead of the one that died. */
      let ahead = 0;
      const house = await openHouse({
        databaseUrl: subject.url,
        ports: { now: () => Date.now() + ahead, inbox: false, twilio: { origin: receiver.origin, egress } },
      });
      await furnish(house, site);
      const judge = createJudge(house, receiver);
      const server = { now: await start(port, subject.url, receiver) };
      try {
        for (let round = 0; round < count(POINT_NAMES.length, 200); round += 1) {
          if (round > 0) server.now = await start(port, subject.url, receiver);
          const point = POINT_NAMES[round % POINT_NAMES.length] ?? 'at any moment';
          const people = await Promise.all(
            Array.from({ length: PEOPLE }, (_, at) => house.user(`person-${round}-${at}`, ['phone'])),
          );
          const tokens = await Promise.all(people.map(({ email }) => signIn(site, email ?? '')));
          const died = once(server.now, 'exit');
          const first = await dying(point, { house, receiver, subject, server: server.now }, () =>
            Promise.all(tokens.map((token) => ask(site, token))),
          );
          await died;
          if (point === 'between commit and attempt') await subject.release();

          // What another process does, sooner than it would.
          ahead = 31_000;
          await house.runtime.deliverDue();
          ahead = 91_000;
          await house.runtime.deliverDue();
          ahead = 0;
          await judge(point, first);
        }
      } finally {
        server.now.kill('SIGKILL');
        await house.close();
        await Promise.all([egress.close(), receiver.close(), subject.close()]);
      }
    },
    // Two hundred starts of a server.
    count(180_000, 60 * 60_000),
  );
});

async function furnish(house: House, site: string): Promise<void> {
  await house.editTenant((tenant) => ({
    ...tenant,
    baseUrl: site,
    policies: ['all-applications'],
    phoneProvider: 'twilio',
  }));
  const { ports, tenant } = house;
  await newClient(ports, tenant.id, {
    id: CLIENT.client_id,
    name: 'Native',
    secret: CLIENT.client_secret,
    grantTypes: ['password', 'http://auth0.com/oauth/grant-type/mfa-oob'],
  });
  await house.store.providers.insert({
    tenantId: tenant.id,
    id: ports.random.uuid(),
    name: 'phone:twilio',
    settings: { sid: 'AC1', auth_token: 'token', from: '+15005550006' },
    createdAt: ports.now(),
    updatedAt: ports.now(),
  });
}

async function start(port: number, databaseUrl: string, { origin }: Receiver): Promise<ChildProcess> {
  const started = spawn(process.execPath, ['server/main.ts'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...CHILD_ENV,
      PORT: String(port),
      SALLYPORT_HOST: '127.0.0.1',
      SALLYPORT_DEV: '0',
      SALLYPORT_DEMO: '0',
      SALLYPORT_SECRET: SECRET,
      SALLYPORT_LOG_LEVEL: 'error',
      SALLYPORT_TWILIO_BASE_URL: origin,
      DATABASE_URL: databaseUrl,
    },
  });
  running.add(started);
  started.once('exit', () => running.delete(started));
  await vi.waitFor(async () => expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200), {
    timeout: 40_000,
    interval: 25,
  });
  return started;
}

/** A login that waits for its second factor. */
async function signIn(site: string, username: string): Promise<string> {
  const body = { ...CLIENT, grant_type: 'password', username, password: PASSWORD };
  const answer = await post(`${site}/oauth/token`, body);
  expect(answer).toMatchObject({ error: 'mfa_required' });
  return String(answer?.mfa_token);
}

/** Asks for the code; undefined where the server did not live to answer. */
const ask = (site: string, token: string) =>
  post(`${site}/mfa/challenge`, { ...CLIENT, mfa_token: token, challenge_type: 'oob' });

async function post(address: string, body: object): Promise<Record<string, unknown> | undefined> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) }).catch(() => undefined);
  return answer?.json().catch(() => undefined);
}

type Scene = { house: House; receiver: Receiver; subject: Subject; server: ChildProcess };

/** Has the server killed at the point while it works; the id of the message that was there, if one was. */
async function dying(
  point: Point,
  { house, receiver, subject, server }: Scene,
  work: () => Promise<unknown>,
): Promise<string | undefined> {
  let first: string | undefined;
  const kill = (id?: string) => {
    first ??= id;
    server.kill('SIGKILL');
  };
  if (point === 'between attempt and answer') {
    receiver.arrived = async (id) => {
      kill(id);
      await once(server, 'exit');
    };
  }
  if (point === 'between answer and end') receiver.answered = kill;
  if (point === 'between commit and attempt') await subject.hold();
  const worked = work();
  if (point === 'between commit and attempt') {
    const page = { offset: 0, limit: PEOPLE };
    const pending = async () => (await house.store.messages.list(house.tenant.id, { state: 'pending', page })).records;
    await vi.waitFor(async () => expect((await pending()).length).toBeGreaterThan(0), { timeout: 20_000, interval: 5 });
    kill((await pending())[0]?.id);
  }
  if (point === 'at any moment') {
    await setTimeout(Math.random() * 60);
    kill();
  }
  await worked;
  receiver.arrived = () => undefined;
  receiver.answered = () => undefined;
  return first;
}

/** Judges the messages of one round, which nobody is at work with any more. */
function createJudge({ store, tenant }: House, { counts }: Receiver) {
  const judged = new Set<string>();
  const told = { delivered: 0, unconfirmed: 0 };
  const lines = async (type: string) => {
    const query = { type, order: 'newest', page: { offset: 0, limit: 1 } } as const;
    return (await store.logs.list(tenant.id, query)).total;
  };
  return async (point: Point, first: string | undefined) => {
    // PostgreSQL may end the commit of a process that is dead already, after the round in which it died.
    const { records } = await store.messages.list(tenant.id, { page: { offset: 0, limit: 3 * PEOPLE } });
    const made = records.filter(({ id }) => !judged.has(id));
    for (const message of made) {
      judged.add(message.id);
      const came = counts.get(message.id) ?? 0;
      const seen = [message.state, message.attempts, came];
      if (message.state === 'delivered') expect(seen).toEqual(['delivered', 1, 1]);
      else expect(UNCONFIRMED).toContainEqual(seen);
      told[message.state as keyof typeof told] += 1;
    }
    expect([...counts.keys()].filter((id) => !judged.has(id))).toEqual([]);
    expect([await lines('gd_send_sms'), await lines('gd_send_sms_failure')]).toEqual([
      told.delivered,
      told.unconfirmed,
    ]);
    if (POINTS[point] !== 'either') expect(stateOf(made, first)).toBe(POINTS[point]);
  };
}

/** It may have arrived, once. */
const UNCONFIRMED = [
  ['unconfirmed', 1, 0],
  ['unconfirmed', 1, 1],
];

const stateOf = (messages: MessageRecord[], id: string | undefined) => messages.find((each) => each.id === id)?.state;
