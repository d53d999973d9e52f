// Delivery: the end of an attempt with its line in the tenant's log: both or neither, and once, whoever writes it.
import type { MessageAbout, MessageRecord, TenantRecord } from '#storage/records.ts';
import type { Change, MessageEnd } from '#storage/store.ts';
import type { Ports } from '../ports.ts';
import { tenantLog } from '../tenant-log.ts';
import type { Delivery } from './delivery.ts';
import { deliveryLog } from './delivery-log.ts';

/**
 * False: it has an end already.
 * @param tenant undefined: it is gone, and its log with it.
 */
export async function writeEnd(
  { store, now, random }: Pick<Ports, 'store' | 'now' | 'random'>,
  tenant: TenantRecord | undefined,
  message: MessageRecord,
  delivery: Delivery,
  end: MessageEnd,
): Promise<boolean> {
  const { tenantId, id, attempts: attempt, about } = message;
  const drafts = tenant ? deliveryLog(message, delivery, end.outcome) : [];
  const place = {
    hostname: tenant ? new URL(tenant.baseUrl).host : '',
    ...about?.place,
    tenantId,
    now: now(),
    random,
  };
  const written = await store.commit([
    { kind: 'message.settle', tenantId, id, attempt, end: about ? withKind(end, about) : end },
    ...drafts.map((draft): Change => ({ kind: 'log.insert', log: tenantLog(draft, place) })),
  ]);
  return written.ok;
}

/** What it was for is told of it longer than what it said. */
function withKind<E extends MessageEnd>(end: E, { kind }: MessageAbout): E {
  return { ...end, outcome: { ...end.outcome, kind } };
}
