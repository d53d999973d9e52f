// What callers of the JSON flow hear of a code of ours that could not be sent, or of which nobody knows whether it was.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEgress } from '#runtime/egress/create-egress.ts';
import { PASSWORD } from '#test/kit/house.ts';
import { openReceiver, type Receiver } from '#test/kit/receiver.ts';
import { type FlowDesk, OWN_CODES, openFlowDesk } from './flow-desk.ts';

const egress = createEgress({ allow: ['127.0.0.1'] });
let receiver: Receiver;
let desk: FlowDesk;
beforeAll(async () => {
  receiver = await openReceiver();
  desk = await openFlowDesk({ ports: { twilio: { origin: receiver.origin, egress } } });
  const { house } = desk.door;
  await house.editTenant((tenant) => ({ ...tenant, phoneProvider: 'twilio' }));
  await house.store.providers.insert({
    tenantId: house.tenant.id,
    id: house.ports.random.uuid(),
    name: 'phone:twilio',
    settings: { sid: 'AC1', auth_token: 'token', from: '+15005550006' },
    createdAt: house.ports.now(),
    updatedAt: house.ports.now(),
  });
  await desk.configure('sms', OWN_CODES('sms'));
  await house.user('ana', [], { phoneNumber: '+447700900777', phoneVerified: true });
});
afterAll(async () => {
  await desk.close();
  await Promise.all([egress.close(), receiver.close()]);
});

const FAILED = { error: 'server_error', error_description: 'Failed to connect to external authentication service' };

test.each<[number, number, object]>([
  [201, 200, { expires_in: 300 }],
  [400, 503, FAILED],
  [500, 200, { expires_in: 300, delivery: 'unconfirmed' }],
])('a gateway that answers %d', async (gateway, status, body) => {
  const { id } = await desk.begin();
  await desk.call(id, 'password-authentication', { username: 'ana@example.com', password: PASSWORD });
  receiver.status = gateway;
  const asked = await desk.call(id, 'sms-authentication-challenge');
  expect(asked).toMatchObject({ status, body });
  if (gateway === 201) expect(asked.body).not.toHaveProperty('delivery');
  if (status === 503) expect(asked.body).toEqual(FAILED);

  // Asked for again once it can be sent, it is, and nothing is said of the one before.
  receiver.status = 201;
  const again = await desk.call(id, 'sms-authentication-challenge');
  expect(again.status).toBe(200);
  expect(again.body).not.toHaveProperty('delivery');
});
