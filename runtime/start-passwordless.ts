// Passwordless: a code or a link asked for outside of any login, as applications with a form of their own do. The answer
// waits for the delivery, and takes the same way whether or not anybody has the address.
import type { TenantRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import { admitMessage } from './delivery/admit-message.ts';
import type { Messenger } from './delivery/delivery.ts';
import { type Composed, compose, placeOf, whose } from './passwordless/compose.ts';
import { CLOSED, canonical, isClosed, strategyOf } from './passwordless/connection.ts';
import { isVerified } from './passwordless/verified.ts';
import type { Caller, Ports } from './ports.ts';
import type { PasswordlessRequest, PasswordlessStarted } from './runtime.ts';
import { tenantLog } from './tenant-log.ts';
import type { LogDraft } from './transaction/input.ts';

export async function startPasswordless(
  ports: Ports,
  { messenger }: { messenger: Pick<Messenger, 'deliver'> },
  tenant: TenantRecord,
  request: PasswordlessRequest,
  caller: Caller,
): Promise<PasswordlessStarted> {
  const { store, now, random } = ports;
  const strategy = strategyOf(request.connection);
  if (!strategy) throw new Error('a code was asked of a connection that sends none');
  const address = canonical(strategy, request.address);
  const connection = { ...request.connection, strategy };
  const wanted = { ...request, tenant, connection, address, caller };
  const user = await store.users.findByIdentifier(tenant.id, connection.name, address);
  const lines = (drafts: readonly LogDraft[]): Change[] => {
    const place = { ...placeOf(wanted, user), tenantId: tenant.id, now: now(), random };
    return drafts.map((draft) => ({ kind: 'log.insert', log: tenantLog(draft, place) }));
  };
  if (!user && isClosed(connection)) {
    await store.commit(lines([{ type: 'fs', description: CLOSED }]));
    return { ok: false, refusal: { kind: 'signup-disabled' } };
  }
  const kind = request.send === 'link' ? 'passwordless-link' : 'passwordless-code';
  const admitted = await admitMessage(ports, tenant, {
    channel: strategy,
    to: address,
    whose: whose(address, user),
    kind,
  });
  if (!admitted.ok) {
    const { fault, retryAfterSeconds, logs } = admitted;
    await store.commit(lines(logs));
    const refusal =
      fault.code === 'limit' ? ({ kind: 'limit', retryAfterSeconds } as const) : ({ kind: 'delivery', fault } as const);
    return { ok: false, refusal };
  }
  const composed: Composed = await compose(ports, wanted, user);
  await store.commit(composed.changes);
  const delivery = await messenger.deliver(tenant.id, composed.messageId);
  switch (delivery.state) {
    case 'delivered':
    case 'waiting':
      return { ok: true, id: composed.account, verified: user !== undefined && isVerified(strategy, user) };
    case 'failed':
      await store.commit([composed.undo]);
      return { ok: false, refusal: { kind: 'delivery', fault: delivery.fault } };
    case 'unconfirmed':
      // It may have arrived: whoever reads it can use it.
      return { ok: false, refusal: { kind: 'delivery', fault: delivery.fault } };
  }
}
