// What a post-login script reads. All keys are wire names; a key that may be missing is optional, the others are always
// there, because scripts read them without asking.

import type { Actor } from '../custom-token-exchange-command.ts';

/** Kinds of proof a script may ask for, under the names scripts use. */
export const FACTOR_TYPES = [
  'otp',
  'email',
  'phone',
  'push-notification',
  'webauthn-platform',
  'webauthn-roaming',
  'recovery-code',
] as const;
export type FactorType = (typeof FACTOR_TYPES)[number];

/** One entry of `event.authentication.methods`; `timestamp` is ISO 8601, `type` stands on `mfa` entries only. */
export type AuthenticationMethod = { name: string; timestamp: string; type?: FactorType };

/** How often an interaction of the JSON flow was called in this login, and how that ended. `interaction_time`: ISO 8601. */
export type InteractionCounter = {
  operation_type: 'AUTHENTICATION' | 'CHALLENGE' | 'REGISTRATION';
  method: string;
  call_count: number;
  success_count: number;
  failure_count: number;
  interaction_time: string;
};

/** How sure an assessor is that the person is who they say; `neutral` says nothing. */
export type Confidence = 'low' | 'medium' | 'high' | 'neutral';

export type Assessment = { confidence: Confidence; code: string; details?: Record<string, string> };

export type RiskAssessment = {
  confidence: Confidence;
  version: '1';
  assessments: { NewDevice: Assessment; ImpossibleTravel: Assessment; UntrustedIP: Assessment };
};

/** Empty where nothing is known of the address. Names are in English. */
export type GeoIp = {
  cityName?: string;
  continentCode?: string;
  /** ISO 3166-1 alpha-2 and alpha-3. */
  countryCode?: string;
  countryCode3?: string;
  countryName?: string;
  /** Degrees; both or neither. */
  latitude?: number;
  longitude?: number;
  /** The largest subdivision (a state, a region), ISO 3166-2 without its country. */
  subdivisionCode?: string;
  subdivisionName?: string;
  /** IANA name. */
  timeZone?: string;
};

/** Where a session or a refresh token was used first and last. */
export type EventDevice = {
  initial_asn?: string;
  initial_ip?: string;
  initial_user_agent?: string;
  last_asn?: string;
  last_ip?: string;
  last_user_agent?: string;
};

type EventRequest = {
  ip: string;
  asn?: string;
  method: string;
  query: Record<string, unknown>;
  body: Record<string, unknown>;
  geoip: GeoIp;
  hostname: string;
  language?: string;
  user_agent?: string;
};

/** Times are ISO 8601. */
type EventSession = {
  id: string;
  user_id?: string;
  created_at: string;
  updated_at: string;
  authenticated_at: string;
  last_interacted_at: string;
  idle_expires_at: string;
  expires_at: string;
  clients: { client_id: string }[];
  device: EventDevice;
  cookie: { mode: 'persistent' | 'non-persistent' };
  metadata: Record<string, string>;
};

type EventRefreshToken = {
  id: string;
  created_at: string;
  client_id?: string;
  user_id?: string;
  session_id?: string;
  expires_at?: string;
  idle_expires_at?: string;
  last_exchanged_at?: string;
  rotating?: boolean;
  resource_servers?: { audience: string; scopes: string }[];
  device?: EventDevice;
  metadata?: Record<string, string>;
  /** `online`: it ends with its session. */
  access?: 'online' | 'offline';
};

type EventTransaction = {
  id: string;
  acr_values: string[];
  correlation_id?: string;
  linking_id?: string;
  locale: string;
  login_hint?: string;
  metadata: Record<string, string | number | boolean>;
  prompt?: string[];
  protocol: string;
  redirect_uri?: string;
  requested_authorization_details?: { type: string; [member: string]: unknown }[];
  requested_scopes: string[];
  response_mode?: string;
  response_type?: string[];
  state?: string;
  /** These three at a token exchange only, the last two where somebody acts for the person. */
  subject_token_type?: string;
  actor?: Actor;
  actor_token_type?: string;
  ui_locales: string[];
};

type EventIdentity = {
  connection: string;
  provider: string;
  user_id: string;
  /** The same as `user_id`, under the name that older scripts read. */
  userId: string;
  isSocial: boolean;
  /** Of linked identities: what their upstream said. */
  profileData?: Record<string, unknown>;
};

type EventUser = {
  user_id: string;
  created_at: string;
  updated_at: string;
  email?: string;
  email_verified: boolean;
  name?: string;
  nickname?: string;
  given_name?: string;
  family_name?: string;
  picture?: string;
  username?: string;
  phone_number?: string;
  phone_verified?: boolean;
  last_password_reset?: string;
  app_metadata: Record<string, unknown>;
  user_metadata: Record<string, unknown>;
  identities: EventIdentity[];
  enrolledFactors: { type: FactorType; options?: Record<string, unknown> }[];
  multifactor: string[];
  /** What the upstream provider sent beside the known profile. */
  [attribute: string]: unknown;
};

/** `event` of the post-login handlers, without `secrets`, which are added for each Action. */
export type PostLoginEvent = {
  authentication: {
    methods: AuthenticationMethod[];
    riskAssessment: RiskAssessment;
    /** By the name of the interaction; in the JSON flow only. */
    interactions?: Record<string, InteractionCounter>;
  };
  authorization: { roles: string[] };
  client: { client_id: string; name: string; metadata: Record<string, string> };
  configuration: Record<string, never>;
  connection: { id: string; name: string; strategy: string; metadata: Record<string, string> };
  /** The request came through a domain of the tenant's own. */
  custom_domain?: { domain: string; domain_metadata: Record<string, string> };
  organization?: { id: string; name: string; display_name: string; metadata: Record<string, string> };
  /** What came back from a form that an Action rendered. */
  prompt?: { id: string; fields?: Record<string, unknown>; vars?: Record<string, unknown> };
  refresh_token?: EventRefreshToken;
  request: EventRequest;
  resource_server?: { identifier: string };
  /** Fingerprints of the TLS connection, where a trusted proxy told them. */
  security_context?: { ja3?: string; ja4?: string };
  /** Absent where there is no browser. */
  session?: EventSession;
  stats: { logins_count: number };
  tenant: { id: string };
  transaction: EventTransaction;
  user: EventUser;
};
