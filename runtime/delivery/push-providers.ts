// Delivery: who carries push messages to devices. A closed table: one that carries them to applications of a store (APNs,
// FCM, SNS) is one more file here, one more name in the table, and one more way for a device to be reached.
import type { AuthenticatorRecord } from '#storage/records.ts';
import type { PushProvider } from './push-provider.ts';
import { webPush } from './web-push.ts';

const PROVIDERS: Readonly<Record<'web-push', PushProvider>> = { 'web-push': webPush };

/** The first that reaches the device; undefined where the device can only ask by itself. */
export function pushProviderFor(device: AuthenticatorRecord): PushProvider | undefined {
  return Object.values(PROVIDERS).find((provider) => provider.reaches(device));
}
