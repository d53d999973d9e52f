// Storage: the columns of every table, as Kysely types its queries by. Times are integers, flags are 0 or 1 and
// documents are JSON in text columns (not jsonb: it loses the order of keys and refuses some strings), on both databases.
import type { Generated } from 'kysely';
import type { AssignmentTables } from './assignment-tables.ts';
import type {
  ConsentRow,
  LogoutNoticeRow,
  PasswordlessCodeRow,
  RefreshTokenRow,
  SecurityEventRow,
  TicketRow,
} from './protocol-tables.ts';
import type { ExecutionRow, JobPieceRow, LoginStepRow } from './run-tables.ts';

/** A configuration family: what is looked up by has a column, the rest is a document. */
export type CollectionTable = {
  /** Grows with every row: the order of creation. */
  seq: Generated<number>;
  tenant_id: string;
  id: string;
  key: string | null;
  parent: string | null;
  doc: string;
  sealed: string | null;
  /** The build it names; in the families that name one. */
  build?: string | null;
  created_at: number;
  updated_at: number;
};

/** Names of the configuration families' tables. */
export type CollectionName =
  | 'clients'
  | 'connections'
  | 'resource_servers'
  | 'client_grants'
  | 'roles'
  | 'organizations'
  | 'discovery_domains'
  | 'actions'
  | 'action_versions'
  | 'builds'
  | 'modules'
  | 'module_versions'
  | 'groups'
  | 'forms'
  | 'pages'
  | 'providers'
  | 'token_exchange_profiles'
  | 'kept_documents'
  | 'log_streams'
  | 'authentication_configurations'
  | 'authentication_policies'
  | 'jobs';

export type UserRow = {
  seq: Generated<number>;
  tenant_id: string;
  id: string;
  connection: string;
  email: string | null;
  email_verified: number;
  username: string | null;
  phone_number: string | null;
  phone_verified: number;
  /** The three a person signs in with, in the form they are compared in. */
  email_key: string | null;
  username_key: string | null;
  phone_key: string | null;
  name: string | null;
  nickname: string | null;
  given_name: string | null;
  family_name: string | null;
  picture: string | null;
  blocked: number;
  identities: string;
  linked_to: string | null;
  attributes: string | null;
  user_metadata: string;
  app_metadata: string;
  password_hash: string | null;
  /** Hashes of former passwords, newest first. */
  former_passwords: string | null;
  password_changed_at: number | null;
  logins_count: number;
  last_login_at: number | null;
  last_ip: string | null;
  created_at: number;
  updated_at: number;
};

export type AuthenticatorRow = {
  seq: Generated<number>;
  tenant_id: string;
  id: string;
  user_id: string;
  type: string;
  confirmed: number;
  name: string | null;
  /** Sealed. */
  secret: string | null;
  totp_step: number | null;
  phone_number: string | null;
  email: string | null;
  preferred_method: string | null;
  /** A credential without its counter, a device. Sealed. */
  detail: string | null;
  /** In the form it is looked up by. */
  credential_id: string | null;
  counter: number | null;
  created_at: number;
  enrolled_at: number | null;
  last_auth_at: number | null;
};

export type PushRequestRow = {
  tenant_id: string;
  id: string;
  device_id: string;
  user_id: string;
  /** The numbers, and what the device tells of the sign-in. Sealed. */
  content: string;
  state: string;
  created_at: number;
  expires_at: number;
  answered_at: number | null;
};

type TransactionRow = {
  tenant_id: string;
  id: string;
  revision: number;
  /** Sealed. */
  snapshot: string;
  user_id: string | null;
  expires_at: number;
  lease_owner: string | null;
  lease_until: number | null;
};

type LogRow = {
  tenant_id: string;
  id: string;
  at: number;
  type: string;
  user_key: string | null;
  client_key: string | null;
  doc: string;
};

export type MessageRow = {
  seq: Generated<number>;
  tenant_id: string;
  id: string;
  channel: string;
  recipient: string;
  /** Sealed; null once erased. */
  text: string | null;
  /** Sealed. */
  code: string | null;
  transaction_id: string;
  state: string;
  at: number;
  expires_at: number;
  /** Sealed. */
  about: string | null;
  /** Sealed. */
  mail: string | null;
  attempts: number;
  attempted_at: number | null;
  retry_at: number | null;
  outcome: string | null;
  /** The provider's name for the message, for what it tells us later. */
  reference: string | null;
};

export type SessionRow = {
  tenant_id: string;
  id: string;
  user_id: string;
  doc: string;
  created_at: number;
  updated_at: number;
  authenticated_at: number;
  expires_at: number;
  idle_expires_at: number;
};

export type LoginDeviceRow = {
  tenant_id: string;
  user_id: string;
  device: string;
  /** SHA-256 of the user agent, which may be longer than a key can be. */
  agent_hash: string;
  user_agent: string;
  ip: string;
  location: string | null;
  first_seen_at: number;
  seen_at: number;
};

type RememberedBrowserRow = {
  tenant_id: string;
  user_id: string;
  device: string;
  renewed_at: number;
  seen_at: number;
};

export type BindingRow = {
  tenant_id: string;
  id: string;
  trigger_id: string;
  action_id: string;
  display_name: string;
  position: number;
  created_at: number;
  updated_at: number;
};

type TenantRow = {
  seq: Generated<number>;
  id: string;
  name: string;
  host: string;
  owner_id: string;
  doc: string;
};

export type Tables = Record<CollectionName, CollectionTable> &
  AssignmentTables & {
    job_pieces: JobPieceRow;
    /** One sealed value for each root key that has ever sealed here: every one of them must still open. */
    root_keys: { id: string; sealed: string; created_at: number };
    owners: { seq: Generated<number>; id: string; name: string; created_at: number };
    tenants: TenantRow;
    users: UserRow;
    /** How many users of a tenant lists have. */
    user_totals: { tenant_id: string; total: number };
    authenticators: AuthenticatorRow;
    push_requests: PushRequestRow;
    bindings: BindingRow;
    signing_keys: {
      seq: Generated<number>;
      tenant_id: string;
      id: string;
      algorithm: string;
      /** Sealed. */
      private_jwk: string;
      public_jwk: string;
      place: string;
      current_since: number | null;
      current_until: number | null;
      revoked_at: number | null;
      created_at: number;
    };
    transactions: TransactionRow;
    handles: { tenant_id: string; kind: string; hash: string; target_id: string; ask: number; expires_at: number };
    sessions: SessionRow;
    refresh_tokens: RefreshTokenRow;
    tickets: TicketRow;
    consents: ConsentRow;
    logout_notices: LogoutNoticeRow;
    /** Keys that were used, until they may be used again. */
    seen: { tenant_id: string; key_hash: string; expires_at: number };
    login_devices: LoginDeviceRow;
    remembered_browsers: RememberedBrowserRow;
    /** `tat`: the moment at which the bucket is full again (GCRA's theoretical arrival time). */
    attempts: { tenant_id: string; key_hash: string; tat: number };
    /** `used`: whole numbers, as `allowance.ts` reads them. */
    allowances: { tenant_id: string; key_hash: string; used: string; expires_at: number };
    /** `network`: empty where failures from everywhere are counted together. */
    login_blocks: {
      tenant_id: string;
      identifier: string;
      network: string;
      failures: number;
      failed_at: number;
      expires_at: number;
    };
    passwordless_codes: PasswordlessCodeRow;
    messages: MessageRow;
    logs: LogRow;
    security_events: SecurityEventRow;
    /** Lines that a stream has not got yet. `queued_at`: when they were put here. */
    log_stream_lines: { tenant_id: string; stream_id: string; log_id: string; queued_at: number };
    /** Lines that its receiver refused for what they are. */
    log_stream_letters: { tenant_id: string; stream_id: string; log_id: string; error: string; set_aside_at: number };
    executions: ExecutionRow;
    /** Which Actions ran in an execution: one row for each. */
    execution_actions: { tenant_id: string; action_id: string; execution: number; expires_at: number };
    login_steps: LoginStepRow;
  };
