// Tests of storage: records with every property set or none, which tests change where they care.
import { randomBytes } from 'node:crypto';
import type {
  ActionRecord,
  ActionVersionRecord,
  AuthenticatorRecord,
  ClientGrantRecord,
  ClientRecord,
  ConnectionRecord,
  HandleRecord,
  LogRecord,
  MessageRecord,
  OrganizationRecord,
  ResourceServerRecord,
  RoleRecord,
  SessionRecord,
  SigningKeyRecord,
  TenantRecord,
  TransactionRecord,
  UserRecord,
} from '#storage/records.ts';

export const AT = 1_800_000_000_000;
export const LATER = AT + 3_600_000;

/** A name that no other test uses. */
export const fresh = (what: string): string => `${what}_${randomBytes(9).toString('hex')}`;

const dated = { createdAt: AT, updatedAt: AT };

export const aTenant = (changes: Partial<TenantRecord> = {}): TenantRecord => {
  const id = fresh('ten');
  return {
    id,
    name: id,
    baseUrl: `http://${id.replace('_', '-')}.localhost:3000`,
    ownerId: 'org_1',
    enabledLocales: ['en'],
    customizeMfa: true,
    factors: {
      sms: true,
      'push-notification': false,
      otp: true,
      email: false,
      duo: false,
      'webauthn-roaming': false,
      'webauthn-platform': false,
      'recovery-code': false,
    },
    policies: [],
    messageTypes: ['sms'],
    session: { lifetimeSeconds: 604_800, idleLifetimeSeconds: 259_200, cookieMode: 'persistent' },
    settings: { support_email: 'help@example.com' },
    ...dated,
    ...changes,
  };
};

export const aClient = (tenantId: string, changes: Partial<ClientRecord> = {}): ClientRecord => ({
  tenantId,
  id: fresh('client'),
  name: 'Shop',
  secret: 'plain-client-secret',
  appType: 'regular_web',
  callbacks: ['https://shop.example.com/callback'],
  grantTypes: ['authorization_code'],
  authMethod: 'client_secret_post',
  metadata: { tier: 'gold' },
  settings: { custom: [1, { deep: null }] },
  ...dated,
  ...changes,
});

export const aConnection = (tenantId: string, changes: Partial<ConnectionRecord> = {}): ConnectionRecord => ({
  tenantId,
  id: fresh('con'),
  name: fresh('Directory'),
  strategy: 'auth0',
  metadata: {},
  enabledClients: ['a', 'b'],
  options: { gateway_authentication: 'plain-gateway-credential' },
  settings: {},
  ...dated,
  ...changes,
});

export const aResourceServer = (
  tenantId: string,
  changes: Partial<ResourceServerRecord> = {},
): ResourceServerRecord => ({
  tenantId,
  id: fresh('api'),
  identifier: fresh('https://api.example.com/'),
  scopes: [{ value: 'read:orders', description: 'Read orders' }],
  signingAlg: 'RS256',
  tokenLifetimeSeconds: 86_400,
  tokenLifetimeForWebSeconds: 7_200,
  allowOfflineAccess: false,
  isSystem: false,
  settings: {},
  ...dated,
  ...changes,
});

export const aClientGrant = (tenantId: string, changes: Partial<ClientGrantRecord> = {}): ClientGrantRecord => ({
  tenantId,
  id: fresh('cgr'),
  clientId: fresh('client'),
  audience: 'https://api.example.com/',
  scope: ['read:orders'],
  settings: {},
  ...dated,
  ...changes,
});

export const aRole = (tenantId: string, changes: Partial<RoleRecord> = {}): RoleRecord => ({
  tenantId,
  id: fresh('rol'),
  name: fresh('Role'),
  ...dated,
  ...changes,
});

export const anOrganization = (tenantId: string, changes: Partial<OrganizationRecord> = {}): OrganizationRecord => ({
  tenantId,
  id: fresh('org'),
  name: fresh('org'),
  metadata: { plan: 'enterprise' },
  settings: {},
  ...dated,
  ...changes,
});

const trigger = { id: 'post-login', version: 'v3' };

export const anAction = (tenantId: string, changes: Partial<ActionRecord> = {}): ActionRecord => ({
  tenantId,
  id: fresh('act'),
  name: 'phone-or-otp',
  trigger,
  runtime: 'node22',
  code: 'exports.onExecutePostLogin = async () => {};',
  dependencies: [{ name: 'lodash', version: '4.17.21' }],
  secrets: [{ name: 'KEY', value: 'plain-action-secret', updatedAt: AT }],
  status: 'built',
  errors: [],
  allChangesDeployed: false,
  ...dated,
  ...changes,
});

export const anActionVersion = (tenantId: string, changes: Partial<ActionVersionRecord> = {}): ActionVersionRecord => ({
  tenantId,
  id: fresh('ver'),
  actionId: fresh('act'),
  number: 1,
  trigger,
  runtime: 'node22',
  code: 'exports.onExecutePostLogin = async () => {};',
  dependencies: [],
  secrets: [{ name: 'KEY', value: 'plain-version-secret', updatedAt: AT }],
  status: 'built',
  errors: [],
  builtAt: AT,
  ...dated,
  ...changes,
});

export const aUser = (tenantId: string, changes: Partial<UserRecord> = {}): UserRecord => ({
  tenantId,
  id: fresh('auth0|'),
  connection: 'Directory',
  emailVerified: false,
  phoneVerified: false,
  blocked: false,
  identities: [],
  userMetadata: {},
  appMetadata: {},
  loginsCount: 0,
  ...dated,
  ...changes,
});

export const anAuthenticator = (
  tenantId: string,
  userId: string,
  changes: Partial<AuthenticatorRecord> = {},
): AuthenticatorRecord => ({
  tenantId,
  id: fresh('dev'),
  userId,
  type: 'totp',
  confirmed: true,
  secret: 'PLAINTOTPSECRETBASE32',
  createdAt: AT,
  ...changes,
});

export const aTransaction = (tenantId: string, changes: Partial<TransactionRecord> = {}): TransactionRecord => ({
  tenantId,
  id: fresh('tx'),
  revision: 1,
  snapshot: '{"state":"plain-snapshot"}',
  expiresAt: LATER,
  ...changes,
});

export const aHandle = (tenantId: string, changes: Partial<HandleRecord> = {}): HandleRecord => ({
  tenantId,
  kind: 'state',
  key: fresh('key'),
  targetId: fresh('tx'),
  ask: 0,
  expiresAt: LATER,
  ...changes,
});

export const aSession = (tenantId: string, userId: string, changes: Partial<SessionRecord> = {}): SessionRecord => ({
  tenantId,
  id: fresh('ses'),
  userId,
  methods: [{ name: 'pwd', at: AT }],
  clients: ['client_1'],
  device: { initialIp: '203.0.113.7', lastUserAgent: 'Browser/1' },
  createdAt: AT,
  updatedAt: AT,
  authenticatedAt: AT,
  expiresAt: LATER,
  idleExpiresAt: LATER,
  ...changes,
});

export const aMessage = (tenantId: string, changes: Partial<MessageRecord> = {}): MessageRecord => ({
  tenantId,
  id: fresh('msg'),
  channel: 'sms',
  to: '+81312345678',
  text: 'plain-message-text',
  code: 'plain-message-code',
  transactionId: fresh('tx'),
  state: 'pending',
  attempts: 0,
  at: AT,
  expiresAt: LATER,
  ...changes,
});

export const aSigningKey = (tenantId: string, changes: Partial<SigningKeyRecord> = {}): SigningKeyRecord => ({
  tenantId,
  id: fresh('kid'),
  algorithm: 'RS256',
  place: 'previous',
  privateJwk: { kty: 'RSA', d: 'plain-private-exponent' },
  publicJwk: { kty: 'RSA', n: 'modulus', e: 'AQAB' },
  createdAt: AT,
  ...changes,
});

let logs = 0;

/** Each is newer than the one before. */
export const aLog = (tenantId: string, changes: Partial<LogRecord> = {}): LogRecord => {
  logs += 1;
  const id = `9${String(logs).padStart(55, '0')}`;
  return { tenantId, id, at: AT, type: 's', description: 'Success Login', ...changes };
};

/** Every value above that must never lie on a disk as it is. */
export const PLAIN_SECRETS = [
  'plain-client-secret',
  'plain-gateway-credential',
  'plain-action-secret',
  'plain-version-secret',
  'PLAINTOTPSECRETBASE32',
  'plain-snapshot',
  'plain-message-text',
  'plain-message-code',
  'plain-private-exponent',
];
