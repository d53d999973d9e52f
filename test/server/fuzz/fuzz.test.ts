// Fuzz: well-formed requests for every address of the house, each changed in one to three places. Whatever comes, the answer
// is a documented one: no fault of ours, no word of our inside, no way elsewhere, no secret in the log. `SALLYPORT_FUZZ_SEED` plays a run again.
import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEgress } from '#runtime/egress/create-egress.ts';
import { createSandbox } from '#runtime/sandbox/cells.ts';
import type { Sandbox } from '#runtime/sandbox/sandbox.ts';
import { listen } from '#server/listen.ts';
import { count } from '#test/kit/counts.ts';
import { createDice } from '#test/kit/dice.ts';
import { freePort } from '#test/kit/free-port.ts';
import { complaintOf } from './judge.ts';
import { mutate } from './mutate.ts';
import { sendBytes } from './socket.ts';
import { openRange, type Range } from './targets.ts';
import { bytesOf, requestOf, type Wire } from './wire.ts';

const SEED = Number(process.env.SALLYPORT_FUZZ_SEED ?? randomInt(1_000_000));
const REQUESTS = count(900, 24_000);
const RAW_REQUESTS = count(100, 2_000);
/** So many are sent to one tenant; then codes are spent, clients gone and everybody out, and a new one is opened. */
const PER_TENANT = 300;

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = createSandbox({ egress: createEgress({ allow: [] }), log: { info() {}, warn() {}, error() {} } });
});
afterAll(() => sandbox.drain(0));

test('every address has a well-formed request', async () => {
  const range = await openRange(sandbox);
  try {
    const answers = await Promise.all(range.targets.map((wire) => send(range, wire)));
    const faults = answers.filter(({ complaint }) => complaint !== undefined);
    expect(faults).toEqual([]);
    // What is well formed gets in: were they all refused at the door, nothing behind it would be tried.
    expect(answers.filter(({ status }) => status < 400).length).toBeGreaterThan(answers.length / 2);
  } finally {
    await range.close();
  }
});

test(
  `${REQUESTS} changed requests, seed ${SEED}`,
  async () => {
    const dice = createDice(SEED);
    const faults: unknown[] = [];
    for (let sent = 0; sent < REQUESTS; sent += PER_TENANT) {
      const range = await openRange(sandbox);
      try {
        for (let nth = 0; nth < PER_TENANT; nth++) {
          const target = nth < range.targets.length ? range.targets[nth] : undefined;
          const wire = mutate(target ?? dice.one(range.targets), { dice, known: range.known });
          const answer = await send(range, wire);
          if (answer.complaint !== undefined) faults.push(answer);
        }
        faults.push(...range.said.filter(({ level }) => level === 'error'));
        const told = range.said.map(({ fields, message }) => fields + message).join('\n');
        faults.push(...range.secrets.filter((secret) => told.includes(secret)).map((secret) => `told: ${secret}`));
      } finally {
        await range.close();
      }
    }
    expect(faults.slice(0, 40)).toEqual([]);
  },
  count(120_000, 3_600_000),
);

test(
  `${RAW_REQUESTS} requests with wrong bytes over a real socket, seed ${SEED}`,
  async () => {
    const dice = createDice(SEED);
    const range = await openRange(sandbox);
    const port = await freePort();
    const listener = await listen(range.door.app, { host: '127.0.0.1', port });
    const statuses: (number | undefined)[] = [];
    try {
      for (let nth = 0; nth < RAW_REQUESTS; nth++) {
        const bytes = bytesOf(range.door.site, dice.one(range.targets));
        for (let left = 1 + dice.below(4); left > 0; left--) bytes[dice.below(bytes.length)] = dice.below(256);
        statuses.push(await sendBytes(port, bytes));
      }
      expect(statuses.filter((status) => status !== undefined && status >= 500)).toEqual([]);
      expect(range.said.filter(({ level }) => level === 'error')).toEqual([]);
      expect(new Set(statuses).size).toBeGreaterThan(3);
    } finally {
      await listener.close(0);
      await range.close();
    }
  },
  count(120_000, 1_200_000),
);

async function send({ door }: Range, wire: Wire) {
  const { url, init } = requestOf(door.site, wire);
  if (!URL.canParse(url)) return { status: 0 };
  const response = await door.app.request(url, init);
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
  if (isStream) await response.body?.cancel();
  const text = isStream ? '' : await response.text();
  const complaint = complaintOf(
    { asked: wire.method, status: response.status, headers: response.headers, text },
    door.site,
  );
  return complaint === undefined
    ? { status: response.status }
    : { complaint, status: response.status, wire: brief(wire) };
}

/** Enough to send it again. */
const brief = (wire: Wire): string =>
  JSON.stringify(wire)
    .replaceAll(/(.)\1{50,}/g, '$1…')
    .slice(0, 2000);
