// Push: everything that a phone may do, put together.
import type { TenantRecord } from '#storage/records.ts';
import type { Caller, Ports } from '../ports.ts';
import { tenantLog } from '../tenant-log.ts';
import { answerRequest, pendingRequests } from './answer-request.ts';
import { enrollDevice, offerEnrollment } from './enroll-device.ts';
import type { Device, PushDevices, Subscription } from './push.ts';

/** @param publicKey of the keys that the tenant's push messages are signed by. */
export function createPushDevices(ports: Ports, publicKey: (tenant: TenantRecord) => Promise<string>): PushDevices {
  const { store } = ports;
  return {
    offer: (tenant, key) => offerEnrollment(ports, tenant, key),
    enroll: (tenant, key, draft) => enrollDevice(ports, tenant, key, draft),
    find: async (tenant, deviceId) => {
      const found = await store.authenticators.find(tenant.id, deviceId);
      return found?.type === 'push' && found.device ? { ...found, device: found.device } : undefined;
    },
    pending: async (tenant, device) => {
      if (!device.confirmed && !device.device.heard) {
        await store.authenticators.update(tenant.id, device.id, (current) =>
          current.device ? { ...current, device: { ...current.device, heard: true } } : current,
        );
      }
      return pendingRequests(ports, tenant, device);
    },
    answer: (tenant, device, decision) => answerRequest(ports, tenant, device, decision),
    subscribe: async (tenant, { id }, subscription) => {
      await store.authenticators.update(tenant.id, id, (current) =>
        current.device ? { ...current, device: withSubscription(current.device, subscription) } : current,
      );
    },
    remove: (tenant, device, caller) => remove(ports, tenant, device, caller),
    publicKey,
  };
}

function withSubscription(
  { subscription: _former, ...device }: Device['device'],
  subscription: Subscription,
): Device['device'] {
  return subscription ? { ...device, subscription } : device;
}

async function remove(
  { store, now, random }: Ports,
  { id: tenantId, baseUrl }: TenantRecord,
  { id, userId, confirmed }: Device,
  { ip }: Caller,
): Promise<void> {
  // What was never confirmed was no factor of anybody's.
  if (!(await store.authenticators.remove(tenantId, id)) || !confirmed) return;
  const details = { authenticator: { id, type: 'push-notification' } };
  const place = { tenantId, now: now(), random, userId, ip, hostname: new URL(baseUrl).host };
  const log = tenantLog({ type: 'gd_unenroll', description: 'Second factor removed by its device', details }, place);
  await store.commit([{ kind: 'log.insert', log }]);
}
