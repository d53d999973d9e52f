// Delivery: who carries text messages and calls: what the tenant has selected for its phone factor. A closed table, one
// row for each name that can be selected.
import type { MessageRecord, TenantRecord } from '#storage/records.ts';
import { consolidatedPhoneProviderOf, isConsolidated } from './consolidated-phone.ts';
import type { DeliveryDesk, MessageProvider } from './delivery.ts';
import { sendPhoneMessage } from './send-phone-message.ts';
import { sharedSms } from './shared-sms.ts';
import { twilioSend } from './twilio.ts';
import { mfaTwilioAccount } from './twilio-accounts.ts';

const twilio: MessageProvider = {
  name: 'twilio',
  send: async (desk, outgoing) =>
    twilioSend(desk, await mfaTwilioAccount(desk.ports.store, outgoing.tenant.id), outgoing),
};

const PROVIDERS: Readonly<Record<NonNullable<TenantRecord['phoneProvider']>, MessageProvider>> = {
  auth0: sharedSms,
  twilio,
  'phone-message-hook': sendPhoneMessage,
};

/** Undefined where none is selected. */
export async function phoneProviderOf(
  desk: DeliveryDesk,
  tenant: TenantRecord,
  message: MessageRecord,
): Promise<MessageProvider | undefined> {
  if (isConsolidated(tenant, message)) return consolidatedPhoneProviderOf(desk, tenant, message);
  const { phoneProvider } = tenant;
  return phoneProvider === undefined ? undefined : PROVIDERS[phoneProvider];
}
