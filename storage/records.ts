// Every stored shape, as the rest of the house sees it: sealed columns are open here, hashed handles are plain.
// Times are milliseconds since 1970. No record knows a login rule, an URL or a script.
// Longer than 300 lines because it is the one list of what is remembered.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Who owns tenants. Not Auth0's organization of users. */
export type OwnerRecord = { id: string; name: string; createdAt: number };

/** Names of the eight switches of the Guardian API, in its order. `sms` is the factor that scripts call `phone`. */
export type GuardianFactorName =
  | 'sms'
  | 'push-notification'
  | 'otp'
  | 'email'
  | 'duo'
  | 'webauthn-roaming'
  | 'webauthn-platform'
  | 'recovery-code';

export type TenantRecord = {
  id: string;
  name: string;
  /** Scheme, host and port, and a path of one segment where the tenant is named by one; without a slash at the end. */
  baseUrl: string;
  /** What its tokens say where that is not `baseUrl` plus `/`: `baseUrl` itself. */
  issuer?: string;
  ownerId: string;
  friendlyName?: string;
  enabledLocales: string[];
  /** Name of the connection that signs people in when nothing names another. */
  defaultDirectory?: string;
  defaultAudience?: string;
  /** `customize_mfa_in_postlogin_action`: off means that a script that commands a challenge fails its login. */
  customizeMfa: boolean;
  factors: Record<GuardianFactorName, boolean>;
  policies: ('all-applications' | 'confidence-score')[];
  messageTypes: ('sms' | 'voice')[];
  /** How security keys and the devices' own authenticators are asked; the runtime knows what holds where it is absent. */
  webauthn?: WebAuthnSettingsRecord;
  /** Who delivers push messages; our own Web Push when absent. */
  pushProvider?: 'guardian' | 'sns' | 'direct';
  /** Who carries text messages and calls of the phone factor; where none is selected, the dev inbox or nobody. */
  phoneProvider?: 'auth0' | 'twilio' | 'phone-message-hook';
  /** Colours, logo and font of pages, under their wire names. */
  branding?: JsonObject;
  session: { lifetimeSeconds: number; idleLifetimeSeconds: number; cookieMode: 'persistent' | 'non-persistent' };
  /** What the tenant asks for its scripts where it differs from the defaults; the runtime's names and units. */
  scriptLimits?: ScriptLimitsRecord;
  attackProtection?: AttackProtectionRecord;
  /** How risk is judged, where the tenant has said. */
  riskAssessments?: { enabled?: boolean; rememberForDays?: number; akamaiEnabled?: boolean };
  /** What messages may cost at most; no bound where it is absent. */
  messageSpend?: MessageSpendRecord;
  /** Days that records of executions are kept; 10 when absent. */
  executionDays?: number;
  /** Records of executions also hold what each run of a login read and was answered, so that it can be run again. */
  recordLogins?: true;
  /** Tenant settings we keep and give back without acting on them, under their wire names. */
  settings: JsonObject;
  createdAt: number;
  updatedAt: number;
};

/** `relyingPartyId`: instead of the tenant's own host. */
export type WebAuthnSettingsRecord = {
  roaming?: { userVerification: 'required' | 'preferred' | 'discouraged'; overrides: boolean; relyingPartyId?: string };
  platform?: { overrides: boolean; relyingPartyId?: string };
};

/** Under the wire's names: families that were never changed are absent, and the runtime knows what holds then. */
export type AttackProtectionRecord = {
  bruteForce?: {
    enabled: boolean;
    shields: ('block' | 'user_notification')[];
    mode: 'count_per_identifier_and_ip' | 'count_per_identifier';
    allowlist: string[];
    max_attempts: number;
  };
  suspiciousIp?: {
    enabled: boolean;
    shields: ('block' | 'admin_notification')[];
    allowlist: string[];
    stage: Record<ThrottledStage, { max_attempts: number /** Milliseconds until one comes back. */; rate: number }>;
  };
  breachedPassword?: {
    enabled: boolean;
    shields: ('block' | 'user_notification' | 'admin_notification')[];
    admin_notification_frequency: ('immediately' | 'daily' | 'weekly' | 'monthly')[];
    method: 'standard' | 'enhanced';
    stage: Record<'pre-user-registration' | 'pre-change-password', { shields: ('block' | 'admin_notification')[] }>;
  };
  /** Kept and given back without acting on it. */
  botDetection?: JsonObject;
  /** Kept and given back without acting on it; without the secrets of providers. */
  captcha?: JsonObject;
};

/** Under the wire's names. `null`: no bound. Days are those of UTC. */
export type MessageSpendRecord = {
  /** Text messages and calls to one number, whoever asks for them. */
  per_number: { hour: number | null; day: number | null };
  /** Of the whole tenant. */
  per_day: { sms: number | null; voice: number | null; email: number | null };
  /** Beginnings of numbers, `+44`. The longest that fits decides; where any are allowed, all others are not. */
  countries: Record<'sms' | 'voice', { allow: string[]; deny: string[] }>;
  /** The share of a limit at which the log says that it comes nearer. */
  alert_at: number;
};

export type ThrottledStage = 'pre-login' | 'pre-user-registration' | 'pre-custom-token-exchange';

/** Logins that failed one after the other, by one name. */
export type LoginBlockRecord = {
  tenantId: string;
  /** As it was typed, in lower case. */
  identifier: string;
  /** Whence; empty: from anywhere. */
  network: string;
  failures: number;
  failedAt: number;
  /** When they are forgotten. */
  expiresAt: number;
};

export type ScriptLimitsRecord = {
  cpuMs?: number;
  wallMs?: number;
  memoryMb?: number;
  calls?: number;
  outputSize?: number;
  consoleSize?: number;
  commands?: number;
};

export type ClientRecord = {
  tenantId: string;
  /** The `client_id`. */
  id: string;
  name: string;
  /** Sealed at rest. Worth nothing while the client is public or proves itself by a key. */
  secret?: string;
  appType?: ClientAppType;
  callbacks: string[];
  grantTypes: string[];
  authMethod: 'none' | 'client_secret_post' | 'client_secret_basic' | 'private_key_jwt';
  /** Public keys that were handed in; those that the settings name under `client_authentication_methods` are in use. */
  credentials?: ClientCredentialRecord[];
  metadata: Record<string, string>;
  /** Absent: it is told of no session that ends. */
  backChannelLogout?: BackChannelLogoutRecord;
  /** Properties we keep and give back without acting on them, under their wire names. */
  settings: JsonObject;
  createdAt: number;
  updatedAt: number;
};

/** The first five are kinds of application; the others are Auth0's integrations, which are kept. */
export type ClientAppType =
  | 'native'
  | 'spa'
  | 'regular_web'
  | 'non_interactive'
  | 'resource_server'
  | 'express_configuration'
  | 'sso_integration'
  | 'rms'
  | 'box'
  | 'cloudbees'
  | 'concur'
  | 'dropbox'
  | 'mscrm'
  | 'echosign'
  | 'egnyte'
  | 'newrelic'
  | 'office365'
  | 'salesforce'
  | 'sentry'
  | 'sharepoint'
  | 'slack'
  | 'springcm'
  | 'zendesk'
  | 'zoom'
  | 'oag';

/** How an application is told that a session has ended (OpenID Connect Back-Channel Logout 1.0). */
export type BackChannelLogoutRecord = {
  url: string;
  /** Of which ends it is told. */
  ends: 'all' | SessionEnd[];
};

/** Why a session has ended. */
export type SessionEnd =
  | 'rp-logout'
  | 'idp-logout'
  | 'password-changed'
  | 'session-expired'
  | 'session-revoked'
  | 'account-deleted'
  | 'account-deactivated'
  | 'email-identifier-changed'
  | 'mfa-phone-unenrolled';

export type ClientCredentialRecord = {
  /** `cred_` and letters or digits. */
  id: string;
  name?: string;
  createdAt: number;
  updatedAt: number;
  /** Absent: never. */
  expiresAt?: number;
} & (PublicKeyRecord | ClientCertificateRecord);

export type PublicKeyRecord = {
  type?: never;
  /** RFC 7638: SHA-256 thumbprint of the key. */
  kid: string;
  /** Of the signatures that it checks. */
  alg: 'RS256' | 'RS384' | 'PS256' | 'ES256';
  /** RFC 7517, the public part. */
  publicJwk: JsonObject;
};

/** What a certificate would be known by in mutual TLS, which is not spoken here: kept and given back. */
export type ClientCertificateRecord =
  | { type: 'cert_subject_dn'; subjectDn: string }
  | { type: 'x509_cert'; thumbprintSha256: string; subjectDn: string };

export type ConnectionRecord = {
  tenantId: string;
  id: string;
  name: string;
  strategy: string;
  displayName?: string;
  metadata: Record<string, string>;
  /** Clients that may use it. */
  enabledClients: string[];
  options: JsonObject;
  settings: JsonObject;
  createdAt: number;
  updatedAt: number;
};

export type ResourceServerRecord = {
  tenantId: string;
  id: string;
  /** The audience. */
  identifier: string;
  name?: string;
  scopes: { value: string; description?: string }[];
  signingAlg: SigningKeyAlgorithm | 'HS256';
  /** What HS256 signs with: the API knows it too. Sealed at rest. */
  signingSecret?: string;
  tokenLifetimeSeconds: number;
  tokenLifetimeForWebSeconds: number;
  allowOfflineAccess: boolean;
  /** The Management API of the tenant: it cannot be changed or removed. */
  isSystem: boolean;
  settings: JsonObject;
  createdAt: number;
  updatedAt: number;
};

export type ClientGrantRecord = {
  tenantId: string;
  id: string;
  clientId: string;
  audience: string;
  scope: string[];
  settings: JsonObject;
  createdAt: number;
  updatedAt: number;
};

export type RoleRecord = {
  tenantId: string;
  id: string;
  name: string;
  description?: string;
  /** The organization whose own role it is; absent for one of the tenant. */
  ownerId?: string;
  createdAt: number;
  updatedAt: number;
};

export type OrganizationRecord = {
  tenantId: string;
  id: string;
  name: string;
  displayName?: string;
  metadata: Record<string, string>;
  settings: JsonObject;
  createdAt: number;
  updatedAt: number;
};

/** A domain by whose addresses people are known to belong to an organization. */
export type DiscoveryDomainRecord = {
  tenantId: string;
  /** `ord_` and letters or digits. */
  id: string;
  organizationId: string;
  /** Lower case; unique in its tenant. */
  domain: string;
  status: 'pending' | 'verified';
  /** What a TXT record of the domain says to prove it. */
  proof: string;
  forDiscovery: boolean;
  createdAt: number;
  updatedAt: number;
};

export type IdentityRecord = {
  connection: string;
  provider: string;
  userId: string;
  isSocial: boolean;
  /** What the upstream said about a linked identity, under its own names. */
  profileData?: JsonObject;
};

export type UserRecord = {
  tenantId: string;
  /** With its provider in front: `auth0|<24 hex>`. */
  id: string;
  /** Name of the connection the user was made in. */
  connection: string;
  email?: string;
  emailVerified: boolean;
  username?: string;
  /** E.164 where it parses. */
  phoneNumber?: string;
  phoneVerified: boolean;
  name?: string;
  nickname?: string;
  givenName?: string;
  familyName?: string;
  picture?: string;
  blocked: boolean;
  /** The first is the account's own; the others were linked to it. */
  identities: IdentityRecord[];
  /** Set on an account that became a secondary identity of another: who signs in with it is that one. */
  linkedTo?: string;
  /** What the upstream provider sent beside the known profile, under its own names. */
  attributes?: JsonObject;
  userMetadata: JsonObject;
  appMetadata: JsonObject;
  /** A PHC string (argon2id), or what was imported in its place; absent for users without a password. */
  passwordHash?: string;
  /** Of the passwords before that one, newest first; none when absent. */
  formerPasswordHashes?: string[];
  passwordChangedAt?: number;
  loginsCount: number;
  lastLoginAt?: number;
  lastIp?: string;
  createdAt: number;
  updatedAt: number;
};

export type AuthenticatorType =
  | 'totp'
  | 'phone'
  | 'email'
  | 'push'
  | 'recovery-code'
  | 'webauthn-roaming'
  | 'webauthn-platform'
  | 'passkey';

/** A public key credential (WebAuthn Level 3 §4): a security key, a device's own authenticator or a passkey. */
export type CredentialRecord = {
  /** Credential id, base64url. Unique within the tenant. */
  id: string;
  /** COSE key, base64url. */
  publicKey: string;
  /** Signature counter; 0 where the authenticator keeps none (§6.1.1). */
  counter: number;
  transports: string[];
  aaguid: string;
  deviceType: 'singleDevice' | 'multiDevice';
  backedUp: boolean;
  relyingPartyId: string;
  /** Passkeys: what the authenticator gives back to say whose it is, base64url. */
  userHandle?: string;
  userAgent?: string;
};

/** Where a push message for a browser is handed in (RFC 8030), with the keys it is encrypted by (RFC 8291). */
export type PushSubscriptionRecord = { endpoint: string; p256dh: string; auth: string };

/** A phone's browser that approves sign-ins. */
export type PushDeviceRecord = {
  /** JWK of P-256; the private half never leaves the device. */
  publicKey: JsonObject;
  /** Absent where the device asks by itself. */
  subscription?: PushSubscriptionRecord;
  userAgent?: string;
  /** It has spoken since it was enrolled, so it has its keys. One that has not is not confirmed. */
  heard?: true;
};

export type AuthenticatorRecord = {
  tenantId: string;
  /** `dev_` and 16 letters or digits, without the kind that the wire puts in front. */
  id: string;
  userId: string;
  type: AuthenticatorType;
  confirmed: boolean;
  name?: string;
  /** The TOTP key in base32. Sealed at rest. */
  secret?: string;
  /** The last TOTP step that was accepted: an older or equal one never is again (RFC 6238 §5.2). */
  totpStep?: number;
  phoneNumber?: string;
  email?: string;
  preferredMethod?: 'sms' | 'voice';
  /** Types `webauthn-roaming`, `webauthn-platform` and `passkey`. */
  credential?: CredentialRecord;
  /** Type `push`. Sealed at rest. */
  device?: PushDeviceRecord;
  createdAt: number;
  enrolledAt?: number;
  lastAuthAt?: number;
};

/** A sign-in that a device is asked to approve. Its id is that of the challenge. */
export type PushRequestRecord = {
  tenantId: string;
  id: string;
  /** Id of the authenticator that is asked. */
  deviceId: string;
  userId: string;
  /** The number on the page that waits, and those that the device shows, this one among them. */
  number: string;
  choices: string[];
  /** What the device tells the person of it. */
  about: { application: string; ip: string; place?: string; userAgent?: string };
  state: 'pending' | 'approved' | 'refused';
  createdAt: number;
  expiresAt: number;
  answeredAt?: number;
};

/** A text or document that pages are made of. */
export type PageRecord = {
  tenantId: string;
  id: string;
  kind: PageDocumentKind;
  /** Unique within its kind: `<prompt> <language>` of custom texts, the screen or prompt it is for, an id of its own. */
  name: string;
  document: JsonObject;
  createdAt: number;
  updatedAt: number;
};
export type PageDocumentKind =
  | 'email-template'
  | 'phone-template'
  | 'custom-text'
  | 'partials'
  | 'rendering'
  | 'theme'
  | 'template'
  | 'login-page'
  | 'prompt';

/** Who sends messages of a channel, with what it takes to use them. */
export type ProviderRecord = {
  tenantId: string;
  id: string;
  /** Unique within the tenant: `push:web-push`, `push:sns`, … */
  name: string;
  /** Sealed at rest. */
  settings: JsonObject;
  createdAt: number;
  updatedAt: number;
};

/** Where a tenant's log lines go as they are written. */
export type LogStreamRecord = {
  tenantId: string;
  id: string;
  name: string;
  type: LogStreamType;
  /** `suspended`: it was refused for so long that nobody tries any more. */
  status: 'active' | 'paused' | 'suspended';
  /** What it takes to reach it, credentials among them. Sealed at rest. */
  sink: JsonObject;
  /** Names of categories; absent: every line. */
  filters?: string[];
  /** Security events and nothing else. */
  isPriority: boolean;
  /** What of a person is hidden in the lines. */
  pii?: JsonObject;
  startFrom?: number;
  /** Whoever sends has it until then, of all servers. */
  busyUntil?: number;
  /** Of a receiver that does not take its lines: since when, how often it was tried, and when next. */
  failing?: { since: number; tries: number; retryAt: number; code?: string };
  /** What became of its lines until now. `error`: the last one, which may be long over. */
  delivery?: { delivered: number; failed: number; deliveredAt?: number; failedAt?: number; error?: string };
  createdAt: number;
  updatedAt: number;
};
/** A line that its receiver refused for what it is. `error` is for people; it holds nothing of the line. */
export type LogStreamLetter = { log: LogRecord; error: string; setAsideAt: number };
export type LogStreamType =
  | 'http'
  | 'file'
  | 'eventbridge'
  | 'eventgrid'
  | 'datadog'
  | 'splunk'
  | 'sumo'
  | 'segment'
  | 'mixpanel';

export type ActionSecret = { name: string; value: string; updatedAt: number };
export type ActionDependency = { name: string; version: string; registryUrl?: string };
export type BuildError = { id: string; message: string; url?: string };

/** One version of a shared module, as an Action uses it. Names of modules never change. */
export type ModuleUse = { moduleId: string; moduleName: string; versionId: string; number: number };

/** What the wire calls an Action's draft: the text the tenant edits. */
export type ActionRecord = {
  tenantId: string;
  id: string;
  name: string;
  trigger: { id: string; version: string };
  runtime: string;
  code: string;
  dependencies: ActionDependency[];
  /** Sealed at rest; values never leave but towards this Action's own script. */
  secrets: ActionSecret[];
  /** Shared modules that the draft requires; none when absent. */
  modules?: ModuleUse[];
  /** `building`: packages are being fetched; `packaged`: they are there, and the bundle is being made. */
  status: 'pending' | 'building' | 'packaged' | 'built' | 'failed';
  errors: BuildError[];
  builtAt?: number;
  /** The build of this draft, once it is built. */
  buildId?: string;
  deployedVersionId?: string;
  /** What the deployed version requires, so that a module knows who uses it; none when absent. */
  deployedModules?: ModuleUse[];
  /** False once the draft differs from the deployed version. */
  allChangesDeployed: boolean;
  createdAt: number;
  updatedAt: number;
};

/** A deployed text. Never changes; kept as long as a living login has it pinned. */
export type ActionVersionRecord = {
  tenantId: string;
  id: string;
  actionId: string;
  number: number;
  trigger: { id: string; version: string };
  runtime: string;
  code: string;
  dependencies: ActionDependency[];
  /** Sealed at rest. */
  secrets: ActionSecret[];
  /** Shared modules in it; none when absent. */
  modules?: ModuleUse[];
  /** The secrets of each of them, by its name, as they were when this was deployed. Sealed at rest. */
  moduleSecrets?: Record<string, ActionSecret[]>;
  status: 'built' | 'failed';
  errors: BuildError[];
  builtAt: number;
  /** What runs; absent where the code runs as it is. */
  buildId?: string;
  createdAt: number;
  updatedAt: number;
};

/** A text shared by Actions, as the tenant edits it. No Action sees it before it is published. */
export type ModuleRecord = {
  tenantId: string;
  id: string;
  /** By it Actions require the module: unique in its tenant, and never changed. */
  name: string;
  code: string;
  dependencies: ActionDependency[];
  /** Sealed at rest. */
  secrets: ActionSecret[];
  /** The version that was published last. */
  latestVersion?: { id: string; number: number };
  /** False once the draft differs from what was published last. */
  allChangesPublished: boolean;
  createdAt: number;
  updatedAt: number;
};

/** A published text of a shared module. Never changes. */
export type ModuleVersionRecord = {
  tenantId: string;
  id: string;
  moduleId: string;
  number: number;
  code: string;
  /** At the exact versions that were taken when it was published. */
  dependencies: ActionDependency[];
  /** Sealed at rest. */
  secrets: ActionSecret[];
  createdAt: number;
  updatedAt: number;
};

/** One file made from an Action's text, its shared modules and their packages. Never changes; shared by all that have the same content. */
export type BuildRecord = {
  tenantId: string;
  /** A hash of everything it was made from. */
  id: string;
  /** CommonJS; gzip, base64. */
  script: string;
  /** Source map, JSON; gzip, base64. */
  map: string;
  fileName: string;
  dependencies: ActionDependency[];
  createdAt: number;
  /** Renewed whenever a draft takes it: one that nothing names is removed some time after. */
  updatedAt: number;
};

export type BindingRecord = {
  tenantId: string;
  id: string;
  triggerId: string;
  actionId: string;
  displayName: string;
  position: number;
  createdAt: number;
  updatedAt: number;
};

/** A tenant log line, `reference` shape of `GET /api/v2/logs`. */
export type LogRecord = {
  tenantId: string;
  /** 56 decimal digits that sort by time. */
  id: string;
  at: number;
  type: string;
  description: string;
  clientId?: string;
  clientName?: string;
  connection?: string;
  connectionId?: string;
  userId?: string;
  /** What was typed: an address, a number. */
  userName?: string;
  ip?: string;
  userAgent?: string;
  hostname?: string;
  audience?: string;
  scope?: string;
  strategy?: string;
  strategyType?: string;
  organizationId?: string;
  organizationName?: string;
  details?: JsonObject;
};

/** What a key pair of a tenant may sign with. A pair is used for one algorithm only. */
export type SigningKeyAlgorithm = 'RS256' | 'PS256' | 'ES256';

export type SigningKeyRecord = {
  tenantId: string;
  /** The `kid`. */
  id: string;
  algorithm: SigningKeyAlgorithm;
  /** `current` signs; `next` is published before it does; `previous` has signed. One of each of the first two per algorithm. */
  place: 'current' | 'next' | 'previous';
  /** Sealed at rest. */
  privateJwk: JsonObject;
  /** With its certificate (`x5c`, `x5t`). */
  publicJwk: JsonObject;
  currentSince?: number;
  currentUntil?: number;
  /** From then on it verifies nothing. */
  revokedAt?: number;
  createdAt: number;
};

export type TransactionRecord = {
  tenantId: string;
  id: string;
  /** Grows by one with every write; a write wins only on the revision that was read. */
  revision: number;
  /** The encoded login. Sealed at rest. */
  snapshot: string;
  /** Set once the person is known: a password change ends this user's open logins. */
  userId?: string;
  expiresAt: number;
};

/** A lease on a transaction, by the database's clock. `held` tells whether it is still running. */
export type LeaseRecord = { owner: string; held: boolean };

/** What an opaque random key may find. The key itself is only ever stored as its SHA-256. */
export type HandleKind =
  | 'state'
  | 'code'
  /** A code that was exchanged: whoever brings it again has stolen it, or was stolen from (RFC 6749 §4.1.2). */
  | 'spent-code'
  | 'session'
  | 'mfa-token'
  /** The id of a login of the JSON flow: good for the whole of it. */
  | 'authorization'
  /** What a phone reads from the picture on the page that enrolls it. */
  | 'push-enrollment'
  | 'refresh-token'
  | TicketKind
  /** The words a person types for a device; the device itself polls with the key of kind `device`. */
  | 'user-code';

export type HandleRecord = {
  tenantId: string;
  kind: HandleKind;
  /** The plain key; storage hashes it and never gives it back. */
  key: string;
  /**
   * A transaction (kinds `state`, `code`, `mfa-token`, `authorization`, `push-enrollment`), a session, a refresh token (kinds `refresh-token`, `spent-code`) or
   * a ticket (its own kind, and `user-code`).
   */
  targetId: string;
  /**
   * The ask the handle was minted for; a later ask makes it stale. Of a refresh token: its generation. 0 where it has no
   * meaning.
   */
  ask: number;
  expiresAt: number;
};

export type SessionRecord = {
  tenantId: string;
  id: string;
  userId: string;
  /** Methods proven in this session, oldest first, as the runtime wrote them. */
  methods: Json[];
  clients: string[];
  device: { initialIp?: string; initialUserAgent?: string; lastIp?: string; lastUserAgent?: string };
  /** Set by scripts and by the Management API; none when absent. */
  metadata?: Record<string, string>;
  /** What a script chose for this session's cookie; the tenant's mode when absent. */
  cookieMode?: 'persistent' | 'non-persistent';
  createdAt: number;
  updatedAt: number;
  authenticatedAt: number;
  expiresAt: number;
  idleExpiresAt: number;
};

/** All refresh tokens that came from one login, by rotation or otherwise: together they live and are revoked. */
export type RefreshTokenRecord = {
  tenantId: string;
  /** `rt_` and letters or digits. */
  id: string;
  userId: string;
  clientId: string;
  /** The session of the login; absent where there was no browser. */
  sessionId?: string;
  /** The identity logged in with. */
  connectionId: string;
  connection: string;
  strategy: string;
  /** Absent: for userinfo alone. */
  audience?: string;
  /** What was granted; an exchange may ask for less, never for more. */
  scope: string[];
  organizationId?: string;
  /** Methods proven in the login, as the runtime wrote them. */
  methods: Json[];
  authenticatedAt: number;
  rotating: boolean;
  /** Grows by one with each rotation; handles of kind `refresh-token` carry the one they were made for. */
  generation: number;
  /** When the present generation was made: the former one is still taken for the leeway that follows. */
  rotatedAt: number;
  /** SHA-256 thumbprint of the key that it is bound to (RFC 9449 §5); absent where any bearer may use it. */
  keyThumbprint?: string;
  device: SessionRecord['device'];
  metadata?: Record<string, string>;
  createdAt: number;
  updatedAt: number;
  lastExchangedAt?: number;
  /** Absent: never. */
  expiresAt?: number;
  /** Absent: never. */
  idleExpiresAt?: number;
};

/** What a ticket is for. Each kind is found by handles of its own kind. */
export type TicketKind =
  /** A pushed authorization request (RFC 9126). */
  | 'pushed-request'
  /** A device that waits for its person (RFC 8628). */
  | 'device'
  /** A link by which a password is reset. */
  | 'password-reset'
  /** A link by which somebody enrolls a second factor. */
  | 'enrollment'
  /** A link by which an address is verified. */
  | 'email-verification'
  /** A link that lifts a block of the brute-force protection. */
  | 'unblock'
  /** A link that invites to an organization. */
  | 'invitation';

/** The code or link by which a passwordless connection lets in whoever has an address. */
export type PasswordlessCodeRecord = {
  tenantId: string;
  connectionId: string;
  /** A phone number or a mailbox; storage hashes it and never gives it back. */
  address: string;
  id: string;
  /** The id, without its provider, of the account that is made for the address where there is none. */
  account: string;
  /** Keyed hash of the code, bound to `id`. */
  codeMac: string;
  tries: number;
  expiresAt: number;
};

/** Something promised to whoever holds its key, for a while. */
export type TicketRecord = {
  tenantId: string;
  id: string;
  kind: TicketKind;
  /** Grows by one with every write; a write wins only on the revision that was read. */
  revision: number;
  /** Whose it is: their removal, or a new password, ends it. */
  userId?: string;
  /** Which organization it is of: it is listed there, and goes with it. */
  organizationId?: string;
  /** Sealed at rest. */
  content: JsonObject;
  createdAt: number;
  expiresAt: number;
};

/** Which Action says whose a token of a certain type is, where a client brings one (RFC 8693). */
export type TokenExchangeProfileRecord = {
  tenantId: string;
  /** `tep_` and letters or digits. */
  id: string;
  name: string;
  /** A URI; no two profiles of a tenant have the same. */
  subjectTokenType: string;
  actionId: string;
  createdAt: number;
  updatedAt: number;
};

/** What tools keep here and find again, and nothing here acts on. No two of a kind have the same name. */
export type KeptDocumentRecord = {
  tenantId: string;
  id: string;
  kind: 'custom-domain' | 'connection-profile' | 'user-attribute-profile';
  name: string;
  /** The rest, under its wire names. */
  document: JsonObject;
  createdAt: number;
  updatedAt: number;
};

/** What a person allowed an application that is not the tenant's own. */
export type ConsentRecord = {
  tenantId: string;
  id: string;
  userId: string;
  clientId: string;
  /** Empty: for userinfo alone. */
  audience: string;
  scope: string[];
  createdAt: number;
  updatedAt: number;
};

/** A client that is still to be told that a session has ended (OpenID Connect Back-Channel Logout 1.0). */
export type LogoutNoticeRecord = {
  tenantId: string;
  id: string;
  clientId: string;
  userId: string;
  sessionId: string;
  /** How often it was tried. */
  tries: number;
  /** When it is tried next. */
  dueAt: number;
  createdAt: number;
  expiresAt: number;
};

/** Degrees, as a geographical database knows an address. */
export type Coordinates = { latitude: number; longitude: number };

/** A browser that a person completed a login with: one row for each browser and user agent. */
export type LoginDeviceRecord = {
  tenantId: string;
  userId: string;
  /** SHA-256 of the browser's binding cookie. */
  device: string;
  userAgent: string;
  ip: string;
  location?: Coordinates & { countryCode?: string };
  firstSeenAt: number;
  seenAt: number;
};

/** A browser that a person asked to be remembered after a second factor. */
export type RememberedBrowserRecord = {
  tenantId: string;
  userId: string;
  /** SHA-256 of the browser's binding cookie. */
  device: string;
  /** The last completed login in it in which a second factor was called for. */
  renewedAt: number;
  /** The last completed login in it. */
  seenAt: number;
};

/** People of a tenant, of an organization or of an upstream directory, together. */
export type GroupRecord = {
  tenantId: string;
  id: string;
  name: string;
  externalId?: string;
  connectionId?: string;
  organizationId?: string;
  createdAt: number;
  updatedAt: number;
};

/** A form that scripts may show; what it holds is for whoever renders it. */
export type FormRecord = {
  tenantId: string;
  id: string;
  name: string;
  /** Nodes, start, ending, languages and so on, under their wire names. */
  definition: JsonObject;
  createdAt: number;
  updatedAt: number;
};

/** The outbox, and in development the inbox: a message is a row of the commit that caused it. */
export type MessageRecord = {
  tenantId: string;
  id: string;
  channel: 'sms' | 'voice' | 'email' | 'push';
  /** Of a push message: the id of the device's authenticator. Its own id is that of the request. */
  to: string;
  /** Sealed at rest; empty once erased. Our own words, until a template of the tenant puts others in their place. */
  text: string;
  /** Sealed at rest. */
  code?: string;
  /** The transaction that waits for it; absent where none does. */
  transactionId?: string;
  /** What templates, providers and the log are told. Sealed at rest, and erased with the text. */
  about?: MessageAbout;
  /** Of a mail, as it went out: its subject, its HTML and who it is from. Sealed at rest, and erased with the text. */
  mail?: { subject: string; html?: string; from?: string };
  state: MessageState;
  /** How often somebody set out to hand it over: written before each attempt, so that none is made twice. */
  attempts: number;
  attemptedAt?: number;
  /** When it is to be tried again, where its provider asked for that. */
  retryAt?: number;
  /** How the last attempt ended. Holds no code, no text and no credential. */
  outcome?: MessageOutcome;
  at: number;
  expiresAt: number;
};

/**
 * `pending`: nobody set out with it, or it is to be tried again. `attempting`: somebody did, and the end is not written.
 * `unconfirmed`: it may have arrived, and nobody saw the answer: it is never sent again by itself.
 */
export type MessageState = 'pending' | 'attempting' | 'delivered' | 'failed' | 'unconfirmed';

export type MessageOutcome = {
  /** Who had it: `inbox`, `twilio`, `smtp`, … */
  provider: string;
  /** What it was for; it stays when `about` is erased. */
  kind?: MessageKind;
  /** The provider's own name for the message. */
  reference?: string;
  /** Why it failed: one of the runtime's codes, and a line for operators. */
  code?: string;
  detail?: string;
  /** What the provider said since: `sent`, `delivered`, `undelivered`, … */
  status?: string;
  /** As the provider writes it, with its currency. */
  cost?: string;
};

/** What a message is for; each kind has words of its own, and a template by which a tenant replaces them. */
export type MessageKind =
  | 'second-factor'
  | 'enrollment'
  | 'passwordless-code'
  | 'passwordless-link'
  | 'push'
  | 'verify-email'
  | 'verify-email-by-code'
  | 'reset-password'
  | 'unblock'
  | 'enrollment-ticket'
  | 'invitation'
  | 'welcome'
  | 'stolen-credentials'
  | 'try-provider';

export type MessageAbout = {
  kind: MessageKind;
  /** BCP 47, as pages have it. */
  locale: string;
  /** What it leads to. */
  link?: string;
  /** Names that templates of this kind may use beside those that all have. */
  values?: Record<string, string>;
  /** Its text stands as it is, whatever templates the tenant has. `subject`: of a mail. */
  verbatim?: { subject?: string };
  /** Where the log line about it happens: who, with which application and connection, from where. */
  place?: MessagePlace;
  /** What the caller's browser asks to be spoken to in. */
  language?: string;
  /** What else scripts are told of the request that caused it. */
  origin?: { method: string; ja3?: string; ja4?: string };
};

export type MessagePlace = Partial<
  Omit<LogRecord, 'tenantId' | 'id' | 'at' | 'type' | 'description' | 'details' | 'audience' | 'scope'>
>;

/** A line that a script wrote; `at` is the place in the author's file. */
export type ExecutionLine = { level: string; text: string; at?: string };

export type ExecutionError = {
  /** Of a closed list of the runtime's. */
  id: string;
  name: string;
  message: string;
  at?: string;
  fileName?: string;
  stack: string[];
  /** The limit that ended the run, by its name on the wire, and its value. */
  limit?: { name: string; value: number };
};

/**
 * What a run read and was answered, so that another script can be run in its place. It holds no secret, password, code or
 * token: where one stood, it says `***`. `incomplete`: why it is not all there, and then nothing of it is kept.
 */
export type RecordedRun =
  | { incomplete: string }
  | {
      handler: string;
      event: JsonObject;
      /** The script's clock at its start. */
      now: number;
      /** What `Math.random` was seeded with. */
      seed: string;
      /** Entries of `api.cache` as they were found: `{key: {value, expires_at}}`. */
      cache?: JsonObject;
      /** What it asked of the host, in order: JSON of the arguments, and of the answer. */
      questions: { operation: string; payload: string; ok: boolean; answer: string }[];
      /** Calls out, in the order in which they began. */
      calls: RecordedCall[];
    };

/** `body`: SHA-256 of what was sent, base64url. Without `answer` and `failure`: nobody waited for its end. */
export type RecordedCall = {
  method: string;
  url: string;
  body?: string;
  answer?: {
    status: number;
    statusText: string;
    url: string;
    redirected: boolean;
    headers: [name: string, value: string][];
    body: string;
  };
  failure?: { code: string; message: string };
};

/** One run of one Action. Values of its secrets stand here as `***`. */
export type ExecutionResult = {
  actionId: string;
  actionName: string;
  versionId: string;
  versionNumber?: number;
  bindingId: string;
  startedAt: number;
  endedAt: number;
  /** Milliseconds with their fraction, by a clock that only moves forward. */
  durationMs: number;
  /** CPU time, likewise. */
  cpuMs: number;
  /** Calls out, and how long some of them were under way; absent where there were none. */
  calls?: { count: number; ms: number };
  /** What the script commanded, as it was checked. `args` is absent where they were too large to keep. */
  commands: { name: string; args?: Json[] }[];
  console: ExecutionLine[];
  error?: ExecutionError;
  /** Where the tenant allows it. */
  recorded?: RecordedRun;
};

/**
 * The Actions that ran between two rests of a login, in order, or in one run of a trigger that never pauses.
 * `suspended`: the login paused for a person after them; `partial`: it was denied, by a run or by what followed it;
 * `final`: it was completed.
 */
export type ExecutionRecord = {
  tenantId: string;
  id: string;
  triggerId: string;
  /** The login they ran in; absent where a trigger runs without one. */
  transactionId?: string;
  userId?: string;
  clientId?: string;
  status: 'final' | 'suspended' | 'partial';
  /** Sealed at rest, with everything else that is neither an id nor the expiry. */
  results: ExecutionResult[];
  createdAt: number;
  updatedAt: number;
  expiresAt: number;
};

/**
 * One step of a login: from one rest to the next, or to its end. Written by the commit that moves the login, and never
 * changed. It says what kind of thing came in, never what was typed.
 */
export type LoginStepRecord = {
  tenantId: string;
  transactionId: string;
  /** Grows with each step of a login; not every number is there. */
  ordinal: number;
  clientId: string;
  /** Once it is known. */
  userId?: string;
  purpose: string;
  door: string;
  /** Of the login. */
  beganAt: number;
  /** When the step was over. */
  at: number;
  /** Until it was written, by a clock that only moves forward; milliseconds with their fraction. */
  tookMs: number;
  /** What came in. */
  input: { kind: string; [detail: string]: Json };
  /** The state in which the login had rested; absent where it began. */
  from?: string;
  /** The state it came to rest in. */
  to: { state: string; [detail: string]: Json };
  /** What we did, in order: the state that owed it and the fact it ended in. */
  work: LoginWorkRecord[];
  /** Of the Actions that ran. */
  executionId?: string;
  /** Lines of the tenant's log that it wrote. */
  logIds: string[];
  /** Messages that it caused. */
  messageIds: string[];
  /** Why the login stayed where it was. */
  notice?: string;
  expiresAt: number;
};

/** `why`: what a factor was, or was not, shown for. */
export type LoginWorkRecord = {
  state: string;
  fact: string;
  tookMs: number;
  why?: JsonObject;
  [detail: string]: Json | undefined;
};

/** What could not be done for one user of an import, in the words of the wire. */
export type JobErrorRecord = { user: JsonObject; errors: { code: string; message: string; path?: string }[] };

/**
 * What a job works through or leaves behind, piece by piece: users to be written, what could not be done, its file. Sealed at
 * rest. `position` orders those of one kind.
 */
export type JobPiece = { position: number; content: Json };
export type JobPieceKind = 'people' | 'errors' | 'file';

/** Work that goes on after the answer that took it on. */
export type JobRecord = {
  tenantId: string;
  /** `job_` and letters or digits. */
  id: string;
  type: 'users_import' | 'users_export' | 'verification_email';
  status: 'pending' | 'processing' | 'completed' | 'failed';
  connectionId?: string;
  connection?: string;
  externalId?: string;
  upsert?: boolean;
  /** Of an export: which users, as what. Without `limit` all of them. */
  format?: 'json' | 'csv';
  limit?: number;
  fields?: { name: string; exportAs?: string }[];
  /** Of an export: `seq` of the last user that is in its file. */
  cursor?: number;
  /** Of an export: what the address of its file is signed with. Sealed at rest. */
  fileKey?: string;
  summary?: { total: number; inserted: number; updated: number; failed: number };
  /** Of what goes through users: how many of them are done. */
  progress?: { total: number; done: number; startedAt?: number };
  createdAt: number;
  /** While it is under way, a sign of life now and then. */
  updatedAt: number;
};

/** How interactions of one kind are carried out (JSON flow), under the wire's names. One of each `type` in a tenant. */
export type AuthenticationConfigurationRecord = {
  tenantId: string;
  id: string;
  /** `sms`, `email`, `password`, `initial-registration`, … */
  type: string;
  enabled: boolean;
  attributes: JsonObject;
  metadata: JsonObject;
  /** By the names of the interactions. Sealed at rest: it holds what outside services are spoken to with. */
  interactions: JsonObject;
  createdAt: number;
  updatedAt: number;
};

/** When a login has shown enough (JSON flow), under the wire's names. One of each `flow` in a tenant. */
export type AuthenticationPolicyRecord = {
  tenantId: string;
  id: string;
  /** `oauth`, … */
  flow: string;
  enabled: boolean;
  policies: JsonObject[];
  createdAt: number;
  updatedAt: number;
};

/** What happened in the JSON flow, to whom and why. */
export type SecurityEventRecord = {
  tenantId: string;
  id: string;
  /** `password_success`, `sms_verification_failure`, … */
  type: string;
  description: string;
  at: number;
  clientId?: string;
  clientName?: string;
  /** Also of one that is not written yet, and of one that was only tried. */
  userId?: string;
  userName?: string;
  externalUserId?: string;
  ip: string;
  userAgent?: string;
  /** Without secrets, codes and tokens. */
  detail: JsonObject;
};
