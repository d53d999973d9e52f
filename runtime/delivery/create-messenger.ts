// Delivery: one attempt after the other. An attempt is written down before it is made, by whoever wins that write; its end
// is written with its log line. A process that dies between the two leaves an attempt that nobody repeats: it may have
// arrived, so it becomes unconfirmed.
import { setTimeout } from 'node:timers/promises';
import type { MessageOutcome, MessageRecord, TenantRecord } from '#storage/records.ts';
import type { MessageEnd } from '#storage/store.ts';
import type { TriggerStage } from '../pipeline/run-trigger.ts';
import type { Ports } from '../ports.ts';
import { makeAttempt } from './attempt.ts';
import type { Delivery, DeliveryFault, Messenger } from './delivery.ts';
import { createDueRounds } from './due-rounds.ts';
import { endingOf, UNSEEN, unconfirmed } from './ending.ts';
import { messageProviderOf } from './message-providers.ts';
import { standingOf } from './standing.ts';
import { writeEnd } from './write-end.ts';

/** Milliseconds. Measured by the server's clock, but for `attempt`, which is real time: it bounds what others do. */
export const DELIVERY_TIMES = {
  /** No provider takes longer: a gateway has 30 seconds, a script 20, a mail server 60. */
  attempt: 75_000,
  /** An attempt that was begun so long ago was left behind by a crash. */
  lost: 90_000,
  /** A message that nobody set out with for so long, too; younger ones have their own request. */
  leftBehind: 30_000,
} as const;

/** `providerOf`: who carries a message. */
export type MessengerOptions = {
  times?: { [Name in keyof typeof DELIVERY_TIMES]: number };
  providerOf?: typeof messageProviderOf;
};

const NO_TENANT: DeliveryFault = { code: 'internal', detail: 'The tenant is gone.' };
const GONE: DeliveryFault = { code: 'expired', detail: 'There is no such message any more.' };

export function createMessenger(
  ports: Ports,
  stage: TriggerStage,
  { times = DELIVERY_TIMES, providerOf = messageProviderOf }: MessengerOptions = {},
): Messenger {
  const { store, now, log } = ports;
  const underWay = new Map<string, { message: MessageRecord; done: Promise<unknown> }>();
  let isOver = false;

  const deliver: Messenger['deliver'] = async (tenantId, id) => {
    // Whoever is there after us delivers it.
    if (isOver) return { state: 'waiting' };
    const message = await store.messages.attempt(tenantId, id, now());
    if (!message) return (await standing(tenantId, id)) ?? { state: 'failed', fault: GONE };
    const done = attempt(message);
    const key = keyOf(message);
    underWay.set(key, { message, done });
    return done.finally(() => underWay.delete(key));
  };

  async function attempt(message: MessageRecord): Promise<Delivery> {
    const { tenantId, id } = message;
    const tenant = await store.tenants.find(tenantId);
    if (!tenant) return giveUp(message, NO_TENANT);
    const { provider, taken, words } = await makeAttempt(
      { ports, stage },
      { tenant, message, providerOf, mostMs: times.attempt },
    );
    // Written down as unconfirmed when the server ended; by now there may be no database to write to.
    if (isOver) return { state: 'unconfirmed', fault: UNSEEN };
    const [delivery, end] = endingOf(message, provider, taken, now());
    const isInInbox = provider === 'inbox' || message.channel === 'push' || (taken.end === 'sent' && taken.inInbox);
    const isKept = ports.inbox && isInInbox;
    const settled: MessageEnd = isKept && end.state !== 'pending' && words ? { ...end, kept: words } : end;
    if (await writeEnd(ports, tenant, message, delivery, settled)) {
      if (isKept && end.state === 'delivered') tellDeveloper(message);
      return delivery;
    }
    // Held for lost meanwhile, and told so: it is not tried again.
    return (await standing(tenantId, id)) ?? delivery;
  }

  /** What is only in the dev inbox is said in the log as well: the one place where that holds a code. */
  function tellDeveloper({ channel, to, code }: MessageRecord): void {
    if (code !== undefined) log.info({ channel, to, devCode: code }, 'a code is in the dev inbox');
  }

  /** Ends it where it stands. */
  async function giveUp(message: MessageRecord, fault: DeliveryFault): Promise<Delivery> {
    const outcome: MessageOutcome = { provider: 'none', code: fault.code, detail: fault.detail };
    const tenant: TenantRecord | undefined = await store.tenants.find(message.tenantId);
    const delivery: Delivery = { state: 'failed', fault };
    await writeEnd(ports, tenant, message, delivery, { state: 'failed', outcome });
    return delivery;
  }

  async function standing(tenantId: string, id: string): Promise<Delivery | undefined> {
    const message = await store.messages.find(tenantId, id);
    return message && standingOf(message, now());
  }

  async function lose(message: MessageRecord): Promise<void> {
    const tenant = await store.tenants.find(message.tenantId);
    await writeEnd(ports, tenant, message, { state: 'unconfirmed', fault: UNSEEN }, unconfirmed(UNSEEN));
  }

  const rounds = createDueRounds(ports, times, {
    deliver,
    giveUp,
    lose,
    isUnderWay: (reference) => underWay.has(keyOf(reference)),
  });

  return {
    deliver,
    standing,
    deliverDue: rounds.next,

    drain: async (withinMs) => {
      rounds.stop();
      const waiting = Promise.allSettled([...underWay.values()].map(({ done }) => done));
      const { signal, abort } = aborting();
      await Promise.race([waiting, setTimeout(withinMs, undefined, { signal }).catch(() => undefined)]);
      abort();
      isOver = true;
      // Their answers will not be seen: said now, nobody has to find it out.
      await Promise.all(
        [...underWay.values()].map(({ message }) =>
          lose(message).catch((cause: unknown) => log.error({ cause }, 'the end of a message was not written')),
        ),
      );
    },
  };
}

function aborting() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

const keyOf = ({ tenantId, id }: Pick<MessageRecord, 'tenantId' | 'id'>): string => `${tenantId} ${id}`;
