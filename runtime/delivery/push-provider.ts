// Delivery: who carries a push message to a device. A closed table: one that carries them to applications of a store (APNs,
// FCM, SNS) is one more file here, one more name in the table, and one more way for a device to be reached.
import type { AuthenticatorRecord, TenantRecord } from '#storage/records.ts';
import type { Ports } from '../ports.ts';
import { webPush } from './web-push.ts';

/** What is carried: ids and names, never a secret, for it passes through the hands of others. */
export type PushNotice = { requestId: string; deviceId: string; application: string; expiresAt: number };

/** `gone`: nobody is there any more, and it need not be tried again. */
export type PushOutcome = 'sent' | 'gone' | 'failed';

export type PushPorts = Pick<Ports, 'store' | 'egress' | 'now' | 'random' | 'log'>;

export type PushProvider = {
  /** Whether the device can be reached by it. */
  reaches(device: AuthenticatorRecord): boolean;
  send(ports: PushPorts, tenant: TenantRecord, device: AuthenticatorRecord, notice: PushNotice): Promise<PushOutcome>;
};

const PROVIDERS: Readonly<Record<'web-push', PushProvider>> = { 'web-push': webPush };

/** The first that reaches the device; undefined where the device can only ask by itself. */
export function pushProviderFor(device: AuthenticatorRecord): PushProvider | undefined {
  return Object.values(PROVIDERS).find((provider) => provider.reaches(device));
}
