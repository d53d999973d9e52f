// Delivery: a push message that is already written. A device that cannot be reached asks by itself, so that is no failure;
// one whose browser has left is reached no more.
import type { Ports } from '../ports.ts';
import type { Delivery } from './delivery.ts';
import type { PushPorts } from './push-provider.ts';
import { pushProviderFor } from './push-providers.ts';

/** @param id of the message, which is that of the request it tells of. */
export async function deliverPush(
  ports: PushPorts & Pick<Ports, 'inbox'>,
  tenantId: string,
  id: string,
): Promise<Delivery> {
  const state = await send(ports, tenantId, id);
  await ports.store.messages.settle(tenantId, id, state, { kept: ports.inbox });
  return state;
}

async function send(ports: PushPorts, tenantId: string, id: string): Promise<Delivery> {
  const { store, now } = ports;
  const request = await store.pushRequests.find(tenantId, id);
  // Taken back, or answered before it left.
  if (request?.state !== 'pending' || now() >= request.expiresAt) return 'failed';
  const [tenant, device] = await Promise.all([
    store.tenants.find(tenantId),
    store.authenticators.find(tenantId, request.deviceId),
  ]);
  const provider = device && pushProviderFor(device);
  if (!tenant || !provider) return 'delivered';
  const { deviceId, about, expiresAt } = request;
  const { application } = about;
  const outcome = await provider.send(ports, tenant, device, { requestId: id, deviceId, application, expiresAt });
  if (outcome === 'gone') {
    const left = device.device?.subscription;
    await store.authenticators.update(tenantId, deviceId, (current) => {
      // The browser may have subscribed anew meanwhile.
      if (!current.device || current.device.subscription?.endpoint !== left?.endpoint) return current;
      const { subscription: _left, ...kept } = current.device;
      return { ...current, device: kept };
    });
  }
  return outcome === 'sent' ? 'delivered' : 'failed';
}
