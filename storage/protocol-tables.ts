// Storage: the columns of what the protocol layer remembers beside logins and sessions: refresh tokens, tickets, consents
// and clients to be told of a logout. Kept as in tables.ts, which lists them among the others.
import type { Generated } from 'kysely';

export type RefreshTokenRow = {
  tenant_id: string;
  id: string;
  user_id: string;
  client_id: string;
  session_id: string | null;
  /** The audience in the form it is looked up by; empty where there is none. */
  audience_key: string;
  doc: string;
  generation: number;
  created_at: number;
  updated_at: number;
  /** Null: never. */
  expires_at: number | null;
  /** Null: never. */
  idle_expires_at: number | null;
};

export type TicketRow = {
  tenant_id: string;
  id: string;
  kind: string;
  revision: number;
  user_id: string | null;
  organization_id: string | null;
  /** Sealed. */
  content: string;
  created_at: number;
  expires_at: number;
};

export type ConsentRow = {
  seq: Generated<number>;
  tenant_id: string;
  id: string;
  user_id: string;
  client_id: string;
  audience: string;
  /** The audience in the form it is looked up by. */
  audience_key: string;
  scope: string;
  created_at: number;
  updated_at: number;
};

export type LogoutNoticeRow = {
  tenant_id: string;
  id: string;
  client_id: string;
  user_id: string;
  session_id: string;
  tries: number;
  due_at: number;
  created_at: number;
  expires_at: number;
};

/** Texts in the columns are for searches; the whole event is in `doc`. */
export type SecurityEventRow = {
  /** Events of one millisecond stay in the order they were written in. */
  seq: Generated<number>;
  tenant_id: string;
  id: string;
  at: number;
  type: string;
  client_key: string | null;
  user_key: string | null;
  external_user_key: string | null;
  user_name: string | null;
  ip: string;
  user_agent: string | null;
  doc: string;
};

export type PasswordlessCodeRow = {
  tenant_id: string;
  connection_id: string;
  address_hash: string;
  id: string;
  account: string;
  code_mac: string;
  tries: number;
  expires_at: number;
};
