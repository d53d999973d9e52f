// The program of a cell: a child process that runs scripts for many tenants and holds no keys, no database, no network.
// It says nothing but what `protocol.ts` lists, and it ends when its parent does.

import { createSend } from './channel.ts';
import { createHomes } from './isolates.ts';
import { watchParent } from './orphan-watch.ts';
import type { PrefetchOrder, RunOrder, ScriptText, ToCell } from './protocol.ts';
import { createPump } from './pump.ts';
import { createSpares } from './spares.ts';

const MAX_TEXTS = 2000;

const send = createSend();

function createCell(boot: Extract<ToCell, { type: 'boot' }>) {
  const texts = new Map<string, ScriptText>();
  const homes = createHomes(boot);
  /** How far the server's clock, and so that of the scripts, is ahead of this machine's. */
  let skewMs = 0;
  let busyAt = Number.NEGATIVE_INFINITY;
  const spares = createSpares({
    homes,
    send,
    now: () => Date.now() + skewMs,
    loadMs: boot.loadMs,
    busyAt: () => busyAt,
  });
  const textOf = (versionId: string): ScriptText | undefined => texts.get(versionId);
  const pump = createPump({ homes, send, textOf, ran: spares.replace });

  /** Kept in order of last use. */
  function remember(versionId: string, text: ScriptText | undefined): void {
    const kept = text ?? texts.get(versionId);
    if (kept === undefined) return;
    texts.delete(versionId);
    texts.set(versionId, kept);
    for (const oldest of texts.keys()) {
      if (texts.size <= MAX_TEXTS) return;
      texts.delete(oldest);
    }
  }

  function prefetch({ tenantId, versionId, memoryMb }: PrefetchOrder): void {
    const text = texts.get(versionId);
    if (text === undefined) return;
    const home = homes.open(tenantId, memoryMb);
    try {
      spares.want(home, homes.program(home, versionId, text));
    } catch {
      // V8 refuses the text. Nobody waits for an answer here; the script's run will say why.
    }
  }

  return {
    run(order: RunOrder): void {
      remember(order.versionId, order.text);
      skewMs = order.now - Date.now();
      pump.begin(order);
      busyAt = performance.now();
    },
    prefetch(order: PrefetchOrder): void {
      remember(order.versionId, order.text);
      prefetch(order);
    },
    expect: pump.expect,
    answer: pump.answer,
    stop: pump.stop,
  };
}

let cell: ReturnType<typeof createCell> | undefined;

watchParent();
// Ctrl-C in a terminal reaches the whole group; when a cell ends is the server's to say.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('disconnect', () => process.exit(0));
process.on('message', (message: ToCell) => {
  switch (message.type) {
    case 'boot':
      cell = createCell(message);
      send({ type: 'up' });
      return;
    case 'run':
      cell?.run(message);
      return;
    case 'prefetch':
      cell?.prefetch(message);
      return;
    case 'expect':
      cell?.expect(message.tenantId, message.versionId);
      return;
    case 'answer':
      cell?.answer(message);
      return;
    case 'stop':
      cell?.stop(message.id);
      return;
  }
});
