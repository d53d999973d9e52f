// A person with factors, for tests of selection and of single factors.
import type { Person } from '#runtime/factors/factor.ts';
import type { LoginTransaction, ProvenMethod } from '#runtime/transaction/transaction.ts';
import type { AuthenticatorRecord, GuardianFactorName, TenantRecord, UserRecord } from '#storage/records.ts';

/** Switches of every factor that works. */
export const ALL = ['otp', 'sms', 'email'] as const;

/** A login on pages in which nothing was shown yet. */
export const ON_PAGES: Pick<LoginTransaction, 'methods' | 'selection'> = { methods: [], selection: 'server' };

/** A second factor that was shown. */
export const passed = (
  type: 'otp' | 'phone' | 'email',
  where: 'session' | 'transaction' = 'transaction',
): ProvenMethod => ({
  name: 'mfa',
  type,
  at: 0,
  in: where,
});

const NAMES: GuardianFactorName[] = [
  'sms',
  'push-notification',
  'otp',
  'email',
  'duo',
  'webauthn-roaming',
  'webauthn-platform',
  'recovery-code',
];

/** @param on switches that are on. @param has kinds the person has; `email` means a verified address. */
export function aPerson(on: GuardianFactorName[], has: ('otp' | 'phone' | 'email')[]): Person {
  const factors = Object.fromEntries(NAMES.map((name) => [name, on.includes(name)])) as TenantRecord['factors'];
  const tenant: TenantRecord = {
    id: 't',
    name: 'dev',
    baseUrl: 'http://localhost:3000',
    ownerId: 'o',
    enabledLocales: ['en'],
    customizeMfa: true,
    factors,
    policies: [],
    messageTypes: ['sms'],
    session: { lifetimeSeconds: 604_800, idleLifetimeSeconds: 259_200, cookieMode: 'persistent' },
    settings: {},
    createdAt: 0,
    updatedAt: 0,
  };
  const user: UserRecord = {
    tenantId: 't',
    id: 'auth0|1',
    connection: 'Username-Password-Authentication',
    email: 'ana@example.com',
    emailVerified: has.includes('email'),
    phoneVerified: false,
    blocked: false,
    identities: [],
    userMetadata: {},
    appMetadata: {},
    loginsCount: 0,
    createdAt: 0,
    updatedAt: 0,
  };
  const base = { tenantId: 't', userId: user.id, confirmed: true, createdAt: 0 };
  const authenticators: AuthenticatorRecord[] = [
    ...(has.includes('otp')
      ? [{ ...base, id: 'dev_otp', type: 'totp', secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' } as const]
      : []),
    ...(has.includes('phone')
      ? [{ ...base, id: 'dev_phone', type: 'phone', phoneNumber: '+44 7700 900123' } as const]
      : []),
  ];
  return { tenant, user, authenticators };
}
