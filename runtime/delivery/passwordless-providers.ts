// Delivery: who carries the codes of a passwordless connection that sends through a provider of its own: its gateway, or
// its own account with Twilio.
import type { ConnectionRecord, MessageRecord, TenantRecord } from '#storage/records.ts';
import type { DeliveryDesk, MessageProvider } from './delivery.ts';
import { smsOptions } from './passwordless-options.ts';
import { smsGateway } from './sms-gateway.ts';
import { twilioSend } from './twilio.ts';

/** Undefined where none is chosen: the tenant's own provider of the channel carries it. */
export async function passwordlessProviderOf(
  { ports }: DeliveryDesk,
  tenant: TenantRecord,
  message: MessageRecord,
): Promise<MessageProvider | undefined> {
  if (message.channel !== 'sms') return undefined;
  const connection = await passwordlessConnectionOf(ports, tenant, message);
  if (connection?.strategy !== 'sms') return undefined;
  const options = smsOptions(connection.options);
  if (options.gateway) return smsGateway(options);
  const { twilio } = options;
  if (!twilio) return undefined;
  const account = { source: connection.id, ...twilio };
  return { name: 'twilio', send: (desk, outgoing) => twilioSend(desk, account, outgoing) };
}

/** Whose code or link a message carries, if it is one of a passwordless connection that is there still. */
export async function passwordlessConnectionOf(
  { store }: Pick<DeliveryDesk['ports'], 'store'>,
  { id: tenantId }: TenantRecord,
  { about }: MessageRecord,
): Promise<ConnectionRecord | undefined> {
  if (about?.kind !== 'passwordless-code' && about?.kind !== 'passwordless-link') return undefined;
  const id = about.place?.connectionId;
  return id === undefined ? undefined : store.connections.find(tenantId, id);
}
