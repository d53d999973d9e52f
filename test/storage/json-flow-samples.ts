// Tests of storage: records of the JSON flow with every property set.
import type {
  AuthenticationConfigurationRecord,
  AuthenticationPolicyRecord,
  SecurityEventRecord,
} from '#storage/records.ts';
import { AT, fresh } from './samples.ts';

export const PLAIN_SERVICE_SECRET = 'plain-secret-of-a-service';

const dated = { createdAt: AT, updatedAt: AT };

export const aConfiguration = (
  tenantId: string,
  changes: Partial<AuthenticationConfigurationRecord> = {},
): AuthenticationConfigurationRecord => ({
  tenantId,
  id: fresh('configuration'),
  type: fresh('type'),
  enabled: true,
  attributes: { note: 'kept' },
  metadata: { expire_seconds: 300 },
  interactions: {
    'sms-authentication': { execution: { http_request: { hmac_authentication: { secret: PLAIN_SERVICE_SECRET } } } },
  },
  ...dated,
  ...changes,
});

export const aPolicy = (
  tenantId: string,
  changes: Partial<AuthenticationPolicyRecord> = {},
): AuthenticationPolicyRecord => ({
  tenantId,
  id: fresh('policy'),
  flow: fresh('flow'),
  enabled: false,
  policies: [{ priority: 1, success_conditions: { any_of: [[]] } }],
  ...dated,
  ...changes,
});

export const aSecurityEvent = (tenantId: string, changes: Partial<SecurityEventRecord> = {}): SecurityEventRecord => ({
  tenantId,
  id: fresh('event'),
  type: 'password_success',
  description: 'A password was right',
  at: AT,
  clientId: 'shop',
  clientName: 'Shop',
  userId: 'auth0|1',
  userName: 'Éva_Müller@example.com',
  externalUserId: 'ext-1',
  ip: '203.0.113.7',
  userAgent: 'Čurl/8 (100%)',
  detail: { user: { sub: 'auth0|1' }, retries: 3, right: true, text: 'a "quoted" É' },
  ...changes,
});
