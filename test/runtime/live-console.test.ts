// The live console by itself: who hears what, and what becomes of those who do not listen.
import { expect, test } from 'vitest';
import { createLiveConsole, type LiveRun } from '#runtime/live-console.ts';

const aRun = (executionId: string, actionId = 'a'): LiveRun => ({
  executionId,
  transactionId: 't',
  result: {
    actionId,
    actionName: 'n',
    versionId: 'v',
    bindingId: 'b',
    startedAt: 0,
    endedAt: 0,
    durationMs: 0,
    cpuMs: 0,
    commands: [],
    console: [],
  },
});

test('each listener hears its tenant and its Action, in order, at once or later', async () => {
  const live = createLiveConsole();
  const [all, one, other] = [live.listen('x'), live.listen('x', { actionId: 'b' }), live.listen('y')];
  const waiting = all?.next(10_000);
  for (const [id, action] of [
    ['1', 'a'],
    ['2', 'b'],
    ['3', 'b'],
  ] as const)
    live.publish('x', aRun(id, action));
  expect(await waiting).toMatchObject({ heard: 'run', run: { executionId: '1' }, dropped: 0 });
  expect(await all?.next(0)).toMatchObject({ run: { executionId: '2' } });
  expect(await one?.next(0)).toMatchObject({ run: { executionId: '2' } });
  expect(await one?.next(0)).toMatchObject({ run: { executionId: '3' } });
  expect(await one?.next(0)).toEqual({ heard: 'nothing' });
  expect(await other?.next(0)).toEqual({ heard: 'nothing' });
});

test('whoever reads too slowly keeps the newest hundred and is told how many were dropped', async () => {
  const live = createLiveConsole();
  const slow = live.listen('x');
  for (let i = 0; i < 1000; i += 1) live.publish('x', aRun(String(i)));
  expect(await slow?.next(0)).toMatchObject({ run: { executionId: '900' }, dropped: 900 });
  expect(await slow?.next(0)).toMatchObject({ run: { executionId: '901' }, dropped: 0 });
});

test('a tenant has twenty listeners; one that stops makes room and hears the end', async () => {
  const live = createLiveConsole();
  const all = Array.from({ length: 20 }, () => live.listen('x'));
  expect(all.every((listening) => listening !== undefined)).toBe(true);
  expect(live.listen('x')).toBeUndefined();
  expect(live.listen('y')).toBeDefined();
  const waiting = all[0]?.next(10_000);
  all[0]?.stop();
  expect(await waiting).toEqual({ heard: 'end' });
  expect(live.listen('x')).toBeDefined();
});

test('the end ends those who wait and those who come later', async () => {
  const live = createLiveConsole();
  const waiting = live.listen('x')?.next(10_000);
  live.end();
  expect(await waiting).toEqual({ heard: 'end' });
  expect(await live.listen('x')?.next(10_000)).toEqual({ heard: 'end' });
  live.publish('x', aRun('1'));
});
