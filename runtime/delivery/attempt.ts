// Delivery: one attempt: who carries the message, what it says, and how the provider took it. Whatever goes wrong before the
// provider is asked is a failure; what goes wrong afterwards may have arrived.
import { setTimeout } from 'node:timers/promises';
import type { MessageRecord, TenantRecord } from '#storage/records.ts';
import { refusedUnasked } from './admit-unasked.ts';
import type { DeliveryDesk, DeliveryFault, MessageProvider, Outgoing, Taken } from './delivery.ts';
import { LiquidFault } from './liquid.ts';
import type { messageProviderOf } from './message-providers.ts';
import { wordsOf } from './words.ts';

export type Attempt = { provider: string; taken: Taken; words?: Outgoing['words'] };

const NO_PROVIDER: DeliveryFault = { code: 'no-provider', detail: 'No provider for this channel is configured.' };
const OURS: DeliveryFault = { code: 'internal', detail: 'The server failed while it delivered the message.' };
const NO_END: DeliveryFault = { code: 'timeout', detail: 'The provider came to no end.' };

/** `mostMs`: real time after which nobody waits for the provider's answer any more. */
type Task = { tenant: TenantRecord; message: MessageRecord; providerOf: typeof messageProviderOf; mostMs: number };

/** Never throws. */
export async function makeAttempt(desk: DeliveryDesk, { tenant, message, providerOf, mostMs }: Task): Promise<Attempt> {
  let name = 'none';
  const fail = (fault: DeliveryFault): Attempt => ({ provider: name, taken: { end: 'failed', fault } });
  try {
    const provider = await providerOf(desk, tenant, message);
    if (!provider) return fail(NO_PROVIDER);
    const refused = await refusedUnasked(desk.ports, tenant, message);
    if (refused) return fail(refused);
    name = provider.name;
    const words = await wordsOf(desk, tenant, message);
    return { provider: name, words, taken: await send(desk, provider, { tenant, message, words }, mostMs) };
  } catch (cause) {
    if (cause instanceof LiquidFault) return fail({ code: 'template', detail: cause.message });
    desk.ports.log.error({ cause, tenantId: tenant.id, provider: name }, 'a message was not made');
    return fail(OURS);
  }
}

async function send(
  desk: DeliveryDesk,
  { name, send }: MessageProvider,
  outgoing: Outgoing,
  mostMs: number,
): Promise<Taken> {
  const waiting = new AbortController();
  try {
    const late = setTimeout<Taken>(mostMs, { end: 'unseen', fault: NO_END }, { signal: waiting.signal });
    return await Promise.race([send(desk, outgoing), late.catch((): Taken => ({ end: 'unseen', fault: NO_END }))]);
  } catch (cause) {
    desk.ports.log.error({ cause, tenantId: outgoing.tenant.id, provider: name }, 'a provider failed');
    return { end: 'unseen', fault: OURS };
  } finally {
    waiting.abort();
  }
}
