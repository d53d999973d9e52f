// Delivery: the provider `auth0`. There is none behind it: it is for trying things out, so it sends a tenant's first
// hundred text messages to the dev inbox, calls nobody, and sends nothing in production.
import type { DeliveryFault, MessageProvider, Taken } from './delivery.ts';

/** In the life of a tenant. */
export const SHARED_SMS_MOST = 100;
const KEY = 'shared-sms';
/** A bucket that gains nothing while anybody is there to see it. */
const A_CENTURY_SECONDS = 100 * 365 * 24 * 60 * 60;

export const sharedSms: MessageProvider = {
  name: 'auth0',
  send: async ({ ports: { store, now, inbox } }, { tenant, message }) => {
    if (message.channel !== 'sms') return failed('refused', 'The provider auth0 sends text messages only, no calls.');
    if (!inbox) {
      const instead = 'select twilio or phone-message-hook (PUT /api/v2/guardian/factors/phone/selected-provider)';
      return failed(
        'configuration',
        `The provider auth0 is for development, and this server is in production: ${instead}.`,
      );
    }
    // Taken before anything is sent: two at once never make one too many.
    const bucket = { capacity: SHARED_SMS_MOST, refillSeconds: A_CENTURY_SECONDS };
    const { taken } = await store.takeAttempt(tenant.id, KEY, bucket, now());
    if (!taken) {
      return failed(
        'quota',
        `The provider auth0 sends ${SHARED_SMS_MOST} messages in the life of a tenant: all are used.`,
      );
    }
    return { end: 'sent', inInbox: true };
  },
};

function failed(code: DeliveryFault['code'], detail: string): Taken {
  return { end: 'failed', fault: { code, detail } };
}
