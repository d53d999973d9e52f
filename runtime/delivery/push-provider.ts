// Delivery: what carries a push message to a device. The table of those there are is `push-providers.ts`.
import type { AuthenticatorRecord, TenantRecord } from '#storage/records.ts';
import type { Ports } from '../ports.ts';

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
