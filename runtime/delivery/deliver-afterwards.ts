// Delivery: messages that no login waits for; nobody waits for their delivery either.
import type { Change } from '#storage/store.ts';
import type { Afterwards } from '../afterwards.ts';
import type { Messenger } from './delivery.ts';

/** Has those of a written batch delivered. */
export function deliverAfterwards(
  { afterwards, messenger }: { afterwards: Pick<Afterwards, 'start'>; messenger: Pick<Messenger, 'deliver'> },
  tenantId: string,
  changes: readonly Change[],
): void {
  for (const change of changes) {
    if (change.kind !== 'message.insert' || change.message.transactionId !== undefined) continue;
    afterwards.start(tenantId, () => messenger.deliver(tenantId, change.message.id));
  }
}
