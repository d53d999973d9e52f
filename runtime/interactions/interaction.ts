// The contract of this room: what a tenant configures of an interaction, and what running it by its configuration gives.
// Outside services are asked here, and answers are mapped; who a person is, and what is counted, is decided above.
// Types under the wire's names. Source: idp-server reference, §2.
import type { Json, JsonObject } from '#storage/records.ts';

/** One value put somewhere (§2.5). `from` and texts that begin with `$.` are JSONPath over the mapping context. */
export type MappingRule = {
  from?: string;
  static_value?: Json;
  /** A dotted path, or `*`: the entries of the value stand at the top. */
  to: string;
  functions?: { name: string; args?: JsonObject }[];
  condition?: MappingCondition;
};

/** `allOf` and `anyOf` take conditions as their `value`. */
export type MappingCondition = { operation: string; path?: string; value?: Json };

export type OAuthAuthorization = {
  type: 'password' | 'client_credentials';
  token_endpoint: string;
  client_authentication_type?: 'client_secret_basic' | 'client_secret_post';
  client_id?: string;
  client_secret?: string;
  username?: string;
  password?: string;
  scope?: string;
  cache_enabled?: boolean;
  cache_ttl_seconds?: number;
  cache_buffer_seconds?: number;
};

export type HttpRequestConfiguration = {
  /** With `{{name}}` for what `path_mapping_rules` give. */
  url: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  auth_type?: 'none' | 'oauth2' | 'hmac_sha256';
  oauth_authorization?: OAuthAuthorization;
  hmac_authentication?: { api_key?: string; secret: string; signature_format?: string; signing_fields?: string[] };
  path_mapping_rules?: MappingRule[];
  header_mapping_rules?: MappingRule[];
  query_mapping_rules?: MappingRule[];
  body_mapping_rules?: MappingRule[];
  request_timeout_seconds?: number;
  retry_configuration?: {
    max_retries?: number;
    backoff_delays?: string[];
    retryable_status_codes?: number[];
    idempotency_required?: boolean;
  };
  response_resolve_configs?: {
    conditions: { path: string; operation: string; value?: Json }[];
    match_mode?: 'all' | 'any';
    mapped_status_code: number;
  }[];
  /** Of one of several: false skips it. */
  condition?: MappingCondition;
};

/** What runs: an outside service, a part of ours, or nothing. */
export type ExecutionConfiguration = {
  /** `http_request`, `http_requests`, `no_action`, `password_verification`, `sms_authentication_challenge`, … */
  function?: string;
  http_request?: HttpRequestConfiguration;
  http_requests?: HttpRequestConfiguration[];
  mock?: { status_code?: number; response_headers?: Record<string, string>; response_body?: Json };
  details?: JsonObject;
  previous_interaction?: { key: string };
  http_request_store?: { key: string; interaction_mapping_rules: MappingRule[] };
  http_requests_store?: { key: string; interaction_mapping_rules: MappingRule[] };
};

export type HookConfiguration = { additional_parameters?: ExecutionConfiguration[] };

export type InteractionConfiguration = {
  request?: { schema?: JsonObject };
  pre_hook?: HookConfiguration;
  execution?: ExecutionConfiguration;
  user_resolve?: { user_mapping_rules?: MappingRule[]; identity_match_field?: string };
  post_hook?: HookConfiguration;
  response?: { body_mapping_rules?: MappingRule[] };
};

/** What `metadata` of a configuration says of all its interactions; other keys are kept and shown. */
export type ConfigurationMetadata = {
  type?: string;
  transaction_id_param?: string;
  verification_code_param?: string;
  retry_count_limitation?: number;
  expire_seconds?: number;
};

/** What rules can read (§2.4). Which of it is there depends on where the rule stands. */
export type MappingContext = JsonObject;

/**
 * What an execution gave. `ok` with a status below 400. `contents`: what response rules read besides the context, such as
 * `execution_http_request`. `fault`: the service could not be asked at all, and says so under these names.
 */
export type Executed = {
  ok: boolean;
  status: number;
  contents: JsonObject;
  fault?: 'unreachable' | 'timeout' | 'token-unreachable' | 'token-refused' | 'refused-address' | 'skipped';
};
