// Delivery: messages that nobody waits for at a page, links and notices: the tenant pays for these too. They are counted when
// somebody sets out with them for the first time; codes that people ask for are counted before they are written.
import type { MessageKind, MessageRecord, TenantRecord } from '#storage/records.ts';
import type { Ports } from '../ports.ts';
import { admitMessage } from './admit-message.ts';
import type { DeliveryFault } from './delivery.ts';

const ASKED_FOR: readonly MessageKind[] = [
  'second-factor',
  'enrollment',
  'passwordless-code',
  'passwordless-link',
  'push',
];

/** Why it is not delivered; undefined where nothing stands against it. */
export async function refusedUnasked(
  ports: Pick<Ports, 'store' | 'now' | 'random'>,
  tenant: TenantRecord,
  { channel, to, about, attempts }: MessageRecord,
): Promise<DeliveryFault | undefined> {
  if (channel === 'push' || attempts > 1 || !about || ASKED_FOR.includes(about.kind)) return undefined;
  const admitted = await admitMessage(ports, tenant, { channel, to, kind: about.kind, whose: {} });
  return admitted.ok ? undefined : admitted.fault;
}
