// Delivery: Twilio accounts of a tenant, each under the name by which reports of it come back: the one of the phone factor,
// the one for everything it sends to phones, and those that passwordless connections send with.
import type { Json } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import { brandingTwilioOf, findBrandingPhone } from './branding-phone.ts';
import { smsOptions } from './passwordless-options.ts';
import type { TwilioAccount } from './twilio.ts';

/** Of the phone factor: as a source, and the name of its row among the providers. */
const MFA_SOURCE = 'mfa';
export const MFA_TWILIO = 'phone:twilio';

/** The account of the phone factor; empty where its settings were never written. */
export async function mfaTwilioAccount(
  { providers }: Pick<Store, 'providers'>,
  tenantId: string,
): Promise<TwilioAccount> {
  const row = await providers.findByKey(tenantId, MFA_TWILIO);
  const { sid, auth_token, from, messaging_service_sid } = row?.settings ?? {};
  return {
    source: MFA_SOURCE,
    sid: textOf(sid),
    authToken: textOf(auth_token),
    from: textOf(from),
    messagingServiceSid: textOf(messaging_service_sid),
  };
}

const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Undefined: there is no such account of this tenant. */
export async function twilioAccountOf(
  store: Pick<Store, 'providers' | 'connections'>,
  tenantId: string,
  source: string,
): Promise<TwilioAccount | undefined> {
  if (source === MFA_SOURCE) return mfaTwilioAccount(store, tenantId);
  const provider = await findBrandingPhone(store, tenantId);
  if (provider?.id === source) return brandingTwilioOf(provider);
  const connection = await store.connections.find(tenantId, source);
  const twilio = connection && smsOptions(connection.options).twilio;
  return twilio && { source, ...twilio };
}
