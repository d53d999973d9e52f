// Server, protocol: the ways to get tokens, in one table: name on the wire, who does it, how it is logged.
import { MFA_GRANTS } from '../mfa-api/client.ts';
import { exchangeOob, exchangeOtp, exchangeRecoveryCode } from '../mfa-api/mfa-grants.ts';
import { grantToClient } from './client-credentials-grant.ts';
import { exchangeCode } from './code-grant.ts';
import { DEVICE_GRANT, exchangeDeviceCode } from './device-grant.ts';
import type { Grant } from './grant.ts';
import { exchangePassword, exchangePasswordInRealm } from './password-grant.ts';
import { exchangePasswordlessCode, PASSWORDLESS_GRANT } from './passwordless-grant.ts';
import { exchangeRefreshToken } from './refresh-grant.ts';
import { exchangeToken } from './token-exchange.ts';
import { mayExchangeTokens } from './token-exchange-request.ts';

/** The wire has one pair of types for everybody who brings a name and what only its owner knows. */
const PASSWORD_LOG = { succeeded: 'sepft', failed: 'fepft' } as const;

export const GRANTS: ReadonlyMap<string, Grant> = new Map([
  ['authorization_code', { run: exchangeCode, log: { succeeded: 'seacft', failed: 'feacft' }, public: true }],
  ['client_credentials', { run: grantToClient, log: { succeeded: 'seccft', failed: 'feccft' }, public: false }],
  ['refresh_token', { run: exchangeRefreshToken, log: { succeeded: 'sertft', failed: 'fertft' }, public: true }],
  ['password', { run: exchangePassword, log: PASSWORD_LOG, public: true }],
  [
    'http://auth0.com/oauth/grant-type/password-realm',
    { run: exchangePasswordInRealm, log: PASSWORD_LOG, public: true },
  ],
  [PASSWORDLESS_GRANT, { run: exchangePasswordlessCode, log: PASSWORD_LOG, public: true }],
  [DEVICE_GRANT, { run: exchangeDeviceCode, log: { succeeded: 'sede', failed: 'fede' }, public: true }],
  [
    'urn:ietf:params:oauth:grant-type:token-exchange',
    {
      run: exchangeToken,
      log: { succeeded: 'secte', failed: 'fecte' },
      public: true,
      isOpenTo: mayExchangeTokens,
    },
  ],
  [MFA_GRANTS.otp, { run: exchangeOtp, log: { succeeded: 'seotpft', failed: 'feotpft' }, public: true }],
  [MFA_GRANTS.oob, { run: exchangeOob, log: { succeeded: 'seoobft', failed: 'feoobft' }, public: true }],
  [
    MFA_GRANTS.recoveryCode,
    { run: exchangeRecoveryCode, log: { succeeded: 'sercft', failed: 'fercft' }, public: true },
  ],
]);
