// Tests of the runtime: who waits for an answer goes before work that nobody waits for, and neither waits for ever.
import { expect, test } from 'vitest';
import { createJobWork } from '#runtime/job-work.ts';
import { createPace } from '#runtime/pace.ts';

const soon = () => new Promise((resolve) => setTimeout(resolve, 10));
const quiet = { error() {}, warn() {} };

test('a step waits for whoever is served, and comes all the same where that never ends', async () => {
  const pace = createPace();
  expect(await pace.turn()).toBe(true);
  const order: string[] = [];
  const leave = pace.enter();
  const turn = pace.turn().then(() => order.push('step'));
  await soon();
  order.push('answer');
  leave();
  // Twice is once.
  leave();
  await turn;
  expect(order).toEqual(['answer', 'step']);

  pace.enter();
  expect(pace.isCalm()).toBe(false);
  expect(await pace.turn()).toBe(true);
});

test('steps of several jobs come one after the other', async () => {
  const pace = createPace();
  let atOnce = 0;
  const order: number[] = [];
  const job = async (name: number) => {
    for (let step = 0; step < 3; step++) {
      await pace.turn();
      expect(atOnce).toBe(0);
      atOnce += 1;
      order.push(name);
      atOnce -= 1;
    }
  };
  await Promise.all([job(1), job(2)]);
  expect(order).toEqual([1, 2, 1, 2, 1, 2]);
});

test('at the end no step begins, however long somebody is served', async () => {
  const pace = createPace();
  pace.enter();
  const turn = pace.turn();
  pace.end();
  expect([await turn, await pace.turn()]).toEqual([false, false]);
});

test('a job is under way once, its fault is its own, and the end waits for its step', async () => {
  const pace = createPace();
  const work = createJobWork(pace, quiet);
  const order: string[] = [];
  const [job, other] = ['job_a', 'job_b'].map((id) => ({ tenantId: 'ten', id })) as [never, never];
  work.start(other, () => Promise.reject(new Error('no')));
  work.start(job, async () => {
    while (await pace.turn()) {
      order.push('begun');
      await soon();
      order.push('done');
    }
  });
  work.start(job, () => expect.unreachable());
  while (order.length === 0) await soon();
  await work.end(10_000);
  expect([order.at(-1), order.filter((each) => each === 'begun').length]).toEqual(['done', order.length / 2]);
  work.start(job, async () => {
    order.push('again');
  });
  await work.done(10_000);
  expect(order.at(-1)).toBe('again');
});
