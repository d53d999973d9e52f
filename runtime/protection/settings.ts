// Protection: what holds for a tenant: what it has set, and for the rest the defaults that tenants are known to begin with.
import type { AttackProtectionRecord, TenantRecord } from '#storage/records.ts';

type Settings = {
  [Family in 'bruteForce' | 'suspiciousIp' | 'breachedPassword']: Required<AttackProtectionRecord>[Family];
};

const DEFAULTS: Settings = {
  bruteForce: {
    enabled: true,
    shields: ['block', 'user_notification'],
    mode: 'count_per_identifier_and_ip',
    allowlist: [],
    max_attempts: 10,
  },
  suspiciousIp: {
    enabled: true,
    shields: ['admin_notification', 'block'],
    allowlist: [],
    stage: {
      // A hundred a day.
      'pre-login': { max_attempts: 100, rate: 864_000 },
      // Fifty a minute.
      'pre-user-registration': { max_attempts: 50, rate: 1200 },
      'pre-custom-token-exchange': { max_attempts: 10, rate: 600_000 },
    },
  },
  breachedPassword: {
    enabled: false,
    shields: [],
    admin_notification_frequency: [],
    method: 'standard',
    stage: { 'pre-user-registration': { shields: [] }, 'pre-change-password': { shields: [] } },
  },
};

type Protected = Pick<TenantRecord, 'attackProtection'>;

export const bruteForceOf = ({ attackProtection }: Protected): Settings['bruteForce'] =>
  attackProtection?.bruteForce ?? DEFAULTS.bruteForce;

export const suspiciousIpOf = ({ attackProtection }: Protected): Settings['suspiciousIp'] =>
  attackProtection?.suspiciousIp ?? DEFAULTS.suspiciousIp;

export const breachedPasswordOf = ({ attackProtection }: Protected): Settings['breachedPassword'] =>
  attackProtection?.breachedPassword ?? DEFAULTS.breachedPassword;
