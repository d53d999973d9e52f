// Work that nobody waits for: a few pieces at a time for each tenant, none of them able to hurt another.
import { expect, test } from 'vitest';
import { createAfterwards } from '#runtime/afterwards.ts';

function open() {
  const told: string[] = [];
  const say = (_fields: object, message: string) => void told.push(message);
  return { told, afterwards: createAfterwards({ error: say, warn: say }) };
}

test('a tenant has four pieces under way; others do not wait for it', async () => {
  const { afterwards } = open();
  const gate = Promise.withResolvers<void>();
  let begun = 0;
  for (let i = 0; i < 9; i++) {
    afterwards.start('busy', () => {
      begun++;
      return gate.promise;
    });
  }
  let other = false;
  afterwards.start('quiet', async () => {
    other = true;
  });
  expect([begun, other]).toEqual([4, true]);
  gate.resolve();
  await afterwards.done(1000);
  expect(begun).toBe(9);
});

test('a piece that fails is told to the operator and stops nothing', async () => {
  const { afterwards, told } = open();
  const done: number[] = [];
  for (let i = 0; i < 6; i++) {
    afterwards.start('one', async () => {
      if (i === 0) throw new Error('gone');
      done.push(i);
    });
  }
  await afterwards.done(1000);
  expect([done.length, told]).toEqual([5, ['what follows an answer failed']]);
});

test('beyond a thousand that wait, pieces are dropped and the operator is told', async () => {
  const { afterwards, told } = open();
  const gate = Promise.withResolvers<void>();
  let ended = 0;
  for (let i = 0; i < 1006; i++) afterwards.start('one', () => gate.promise.then(() => ended++));
  expect(told).toHaveLength(2);
  gate.resolve();
  await afterwards.done(1000);
  expect(ended).toBe(1004);
});

test('an end that is in a hurry waits no longer than it says', async () => {
  const { afterwards } = open();
  afterwards.start('one', () => new Promise(() => {}));
  const before = performance.now();
  await afterwards.done(30);
  expect(performance.now() - before).toBeLessThan(500);
});
