// Delivery: the worker. It takes what a dead process left behind and what a provider wants to be asked again, a few at a
// time of each tenant, so that nobody's slow provider holds up the messages of others. Several servers may do so side by
// side: each attempt is written down by one of them.
import type { MessageKind, MessageRecord } from '#storage/records.ts';
import type { MessageReference } from '#storage/store.ts';
import type { Ports } from '../ports.ts';
import { decode } from '../transaction/snapshot.ts';
import { isAwaitedBy } from './awaited-message.ts';
import type { Delivery, DeliveryFault } from './delivery.ts';
import { TOO_LATE } from './ending.ts';

const AT_ONCE = 32;
const AT_ONCE_PER_TENANT = 4;
const ROWS_AT_ONCE = 100;

const NOT_AWAITED: DeliveryFault = { code: 'expired', detail: 'Nobody waited for it any more.' };

/** What a page waits for. */
const CODES: ReadonlySet<MessageKind | undefined> = new Set(['second-factor', 'enrollment', 'passwordless-code']);

type Hands = {
  deliver(tenantId: string, id: string): Promise<Delivery>;
  /** Ends one that is not attempted (again). */
  giveUp(message: MessageRecord, fault: DeliveryFault): Promise<Delivery>;
  /** Writes that nobody saw how an attempt ended. */
  lose(message: MessageRecord): Promise<void>;
  isUnderWay(message: MessageReference): boolean;
};

export type DueRounds = {
  /** Resolves when all that was due is through, however many others it took in on the way. */
  next(): Promise<void>;
  /** Begins nothing any more. */
  stop(): void;
};

/** @param times milliseconds after which an attempt is lost, and a message left behind. */
export function createDueRounds(
  { store, now, log }: Pick<Ports, 'store' | 'now' | 'log'>,
  times: { lost: number; leftBehind: number },
  { deliver, giveUp, lose, isUnderWay }: Hands,
): DueRounds {
  const taken = new Set<string>();
  const running = new Map<string, number>();
  let isStopped = false;

  async function take({ tenantId, id }: MessageReference): Promise<void> {
    const message = await store.messages.find(tenantId, id);
    if (message?.state !== 'pending') return;
    if (now() >= message.expiresAt) await giveUp(message, TOO_LATE);
    else if (await isAwaited(message)) await deliver(tenantId, id);
    else await giveUp(message, NOT_AWAITED);
  }

  /** A code that a newer one replaced, or whose login went on without it, would only confuse. */
  async function isAwaited({ tenantId, id, about, transactionId }: MessageRecord): Promise<boolean> {
    if (transactionId === undefined || !CODES.has(about?.kind)) return true;
    const row = await store.transactions.find(tenantId, transactionId);
    const tx = row && decode(row.transaction.snapshot);
    return tx ? isAwaitedBy(tx, id) : false;
  }

  /** Whatever goes wrong with one is its own affair. */
  const guarded = (work: Promise<unknown>, { tenantId }: MessageReference) =>
    work.catch((cause: unknown) => log.error({ cause, tenantId }, 'a message was not delivered'));

  function begin(reference: MessageReference, key: string): Promise<unknown> {
    const { tenantId } = reference;
    taken.add(key);
    running.set(tenantId, (running.get(tenantId) ?? 0) + 1);
    return guarded(take(reference), reference).finally(() => {
      taken.delete(key);
      const left = (running.get(tenantId) ?? 1) - 1;
      if (left === 0) running.delete(tenantId);
      else running.set(tenantId, left);
    });
  }

  /** Begins what there is room for. @param tried is not begun again: what fails each time must not keep us busy. */
  async function scan(tried: Set<string>): Promise<Promise<unknown>[]> {
    const begun: Promise<unknown>[] = [];
    for (let more = true; more && !isStopped; ) {
      more = false;
      const except = [...running].filter(([, count]) => count >= AT_ONCE_PER_TENANT).map(([tenantId]) => tenantId);
      const when = { before: now() - times.leftBehind, now: now(), except };
      for (const found of await store.messages.due(when, ROWS_AT_ONCE)) {
        const key = `${found.tenantId} ${found.id}`;
        if (taken.size >= AT_ONCE || isStopped) return begun;
        const isFull = (running.get(found.tenantId) ?? 0) >= AT_ONCE_PER_TENANT;
        if (isFull || taken.has(key) || tried.has(key)) continue;
        tried.add(key);
        begun.push(begin(found, key));
        more = true;
      }
    }
    return begun;
  }

  /** Each that ends makes room for another. */
  async function round(tried: Set<string>): Promise<void> {
    await Promise.all((await scan(tried)).map((begun) => begun.then(() => round(tried))));
  }

  async function findLost(): Promise<void> {
    for (const reference of await store.messages.lost(now() - times.lost, ROWS_AT_ONCE)) {
      // Ours, and slow, or the clock was moved.
      if (!isUnderWay(reference)) await guarded(loseOne(reference), reference);
    }
  }

  async function loseOne({ tenantId, id }: MessageReference): Promise<void> {
    const message = await store.messages.find(tenantId, id);
    if (message?.state === 'attempting') await lose(message);
  }

  return {
    next: async () => {
      if (isStopped) return;
      await findLost();
      await round(new Set());
    },
    stop: () => {
      isStopped = true;
    },
  };
}
