// Delivery: a push message to a device. One that cannot be reached asks by itself, so that is no failure; one whose browser
// has left is reached no more.
import type { DeliveryDesk, DeliveryFault, MessageProvider, Taken } from './delivery.ts';
import type { PushOutcome } from './push-provider.ts';
import { pushProviderFor } from './push-providers.ts';

export const push: MessageProvider = {
  name: 'push',
  send: async ({ ports }, { tenant, message }) => {
    const { store, now } = ports;
    const request = await store.pushRequests.find(tenant.id, message.id);
    // Taken back, or answered before it left.
    if (request?.state !== 'pending' || now() >= request.expiresAt) return failed('expired');
    const device = await store.authenticators.find(tenant.id, request.deviceId);
    const provider = device && pushProviderFor(device);
    if (!provider) return { end: 'sent' };
    const { deviceId, about, expiresAt } = request;
    const { application } = about;
    const outcome = await provider.send(ports, tenant, device, {
      requestId: message.id,
      deviceId,
      application,
      expiresAt,
    });
    if (outcome === 'gone') await forget({ ports }, tenant.id, deviceId, device.device?.subscription?.endpoint);
    return outcome === 'sent' ? { end: 'sent' } : failed(outcome);
  },
};

const DETAILS = {
  expired: 'The sign-in was answered or taken back before the device was told.',
  gone: 'The browser of the device has unsubscribed.',
  failed: 'The push service did not take it.',
} as const;
const CODES = { expired: 'expired', gone: 'refused', failed: 'unreachable' } as const satisfies Record<
  keyof typeof DETAILS,
  DeliveryFault['code']
>;

function failed(why: Exclude<PushOutcome, 'sent'> | 'expired'): Taken {
  return { end: 'failed', fault: { code: CODES[why], detail: DETAILS[why] } };
}

async function forget(
  { ports: { store } }: Pick<DeliveryDesk, 'ports'>,
  tenantId: string,
  deviceId: string,
  endpoint: string | undefined,
): Promise<void> {
  await store.authenticators.update(tenantId, deviceId, (current) => {
    // The browser may have subscribed anew meanwhile.
    if (!current.device || current.device.subscription?.endpoint !== endpoint) return current;
    const { subscription: _left, ...kept } = current.device;
    return { ...current, device: kept };
  });
}
