// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// The browser's session, the refresh token of an application, and the tokens that lead from one to the other.

import type { GeoIp } from './request.d.ts';

/** Where something was first and last used. Absent members are not known. */
export interface DeviceTrail {
  /** Autonomous system at first. */
  initial_asn?: string;
  /** Address at first. */
  initial_ip?: string;
  /** User agent at first. */
  initial_user_agent?: string;
  /** Autonomous system at last. */
  last_asn?: string;
  /** Address at last. */
  last_ip?: string;
  /** User agent at last. */
  last_user_agent?: string;
}

/**
 * Metadata of a session or refresh token: at most 25 keys of `[a-zA-Z0-9_-]{1,255}`, values of at most 255 characters.
 */
export interface ShortMetadata {
  /** One value; `undefined` at run time when there is no such key. */
  [key: string]: string;
}

/** How the browser keeps the session cookie. */
export type CookieMode = 'persistent' | 'non-persistent';

/** An application that took part. */
export interface SessionClient {
  /** Identifier of the application. */
  client_id: string;
}

/** The session's cookie. */
export interface SessionCookie {
  /** `non-persistent`: gone when the browser closes. Shows what `api.session.setCookieMode` said in this run. */
  mode: CookieMode;
}

/** Where a session or token came from that an application handed on. */
export interface SessionTransfer {
  /** The refresh token at the beginning. */
  parent_refresh_token?: ParentRefreshToken;
}

/** The refresh token from which a session was made. */
export interface ParentRefreshToken {
  /** Its identifier. */
  id?: string;
  /** Its metadata. */
  metadata?: ShortMetadata;
}

/** Somebody who acts for the person. */
export interface SessionActor {
  /** Who acts. */
  sub: string;
  /** At most five more members. */
  [member: string]: string | number | boolean | null;
}

/** The browser's session. Times are ISO 8601. A login that is denied leaves none. */
export interface Session {
  /** Identifier; the `sid` of ID tokens. */
  id: string;
  /** Whose session it is; absent while it is being made. */
  user_id?: string;
  /** When it was made; absent while it is being made. */
  created_at?: string;
  /** When it was last changed. */
  updated_at?: string;
  /** When somebody last proved something in it. */
  authenticated_at?: string;
  /** When it was last used. */
  last_interacted_at?: string;
  /** When it ends unless it is used. */
  idle_expires_at?: string;
  /** When it ends in any case. */
  expires_at?: string;
  /** The applications that used it. */
  clients?: SessionClient[];
  /** Where it was used. */
  device?: DeviceTrail;
  /** How the browser keeps it. */
  cookie: SessionCookie;
  /** What Actions keep in it; shows at once what `api.session.setMetadata` wrote in this run. */
  metadata: ShortMetadata;
  /** Who acts for the person; in delegated sessions only. */
  actor?: SessionActor;
  /** Where it came from; only when an application handed it on. */
  session_transfer?: SessionTransfer;
}

/** What a refresh token is good for at one API. */
export interface RefreshTokenResource {
  /** Audience of the API. */
  audience: string;
  /** Scopes, separated by spaces. */
  scopes: string;
}

/** A refresh token that exists already. Times are ISO 8601. */
export interface RefreshToken {
  /** Identifier; not the token itself. */
  id: string;
  /** When it was issued. */
  created_at: string;
  /** Whether it lives without the session (`offline`) or with it (`online`). */
  access?: 'offline' | 'online';
  /** The application it belongs to. */
  client_id?: string;
  /** The person it belongs to. */
  user_id?: string;
  /** The session it came from. */
  session_id?: string;
  /** When it ends in any case. */
  expires_at?: string;
  /** When it ends unless it is used. */
  idle_expires_at?: string;
  /** When it was last exchanged. */
  last_exchanged_at?: string;
  /** Whether every exchange gives a new one. */
  rotating?: boolean;
  /** What it is good for. */
  resource_servers?: RefreshTokenResource[];
  /** Where it was used. */
  device?: DeviceTrail;
  /** What Actions keep in it; shows at once what `api.refreshToken.setMetadata` wrote in this run. */
  metadata?: ShortMetadata;
  /** Where it came from; only when an application handed a session on. */
  session_transfer?: SessionTransfer;
}

/** The request that issued a session transfer token. */
export interface TransferRequest {
  /** Address of the client. */
  ip: string;
  /** Autonomous system of the address. */
  asn?: string;
  /** User agent of the client. */
  user_agent?: string;
  /** Where the address seems to be. */
  geoip?: GeoIp;
}

/** The token by which a native application opened this session in a browser. */
export interface SessionTransferToken {
  /** The application that was given the token. */
  client_id: string;
  /** The scopes asked for when it was issued. */
  scope: string[];
  /** The request that issued it. */
  request: TransferRequest;
}

/** What somebody did before they signed in. Times are ISO 8601. */
export interface AnonymousSession {
  /** A made-up identifier, `anon@…`. */
  user_id: string;
  /** Identifier of the session, `anon_sess@…`. */
  session_id: string;
  /** When it was made. */
  created_at: string;
  /** When it ends. */
  expires_at: string;
  /** What was kept in it. */
  metadata: { [key: string]: unknown };
}
