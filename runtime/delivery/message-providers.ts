// Delivery: who carries a message. First what the message itself names (a device, a passwordless connection), then what the
// tenant has chosen for the channel, then the dev inbox; where none of them is, nobody.
import type { MessageRecord, TenantRecord } from '#storage/records.ts';
import type { DeliveryDesk, MessageProvider } from './delivery.ts';
import { inbox } from './inbox.ts';
import { mailProviderOf } from './mail-providers.ts';
import { passwordlessProviderOf } from './passwordless-providers.ts';
import { phoneProviderOf } from './phone-providers.ts';
import { push } from './push.ts';

export async function messageProviderOf(
  desk: DeliveryDesk,
  tenant: TenantRecord,
  message: MessageRecord,
): Promise<MessageProvider | undefined> {
  if (message.channel === 'push') return push;
  const chosen =
    (await passwordlessProviderOf(desk, tenant, message)) ??
    (message.channel === 'email'
      ? await mailProviderOf(desk, tenant, message)
      : await phoneProviderOf(desk, tenant, message));
  return chosen ?? (desk.ports.inbox ? inbox : undefined);
}
