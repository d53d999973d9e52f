// Interactions: reads the configuration of one HTTP request before it is kept.
import type { Json, JsonObject } from '#storage/records.ts';
import { METHODS } from './build-request.ts';
import { type Findings, textAt, unknownFields } from './check-findings.ts';
import { checkComparison, checkCondition, checkRules } from './check-rules.ts';
import { SIGNING_FIELDS } from './hmac.ts';
import { isObject } from './json-bounds.ts';
import { checkUrl, placeholdersOf } from './request-url.ts';
import { readDuration } from './retry.ts';

const RULES = ['path_mapping_rules', 'header_mapping_rules', 'query_mapping_rules', 'body_mapping_rules'];
const REQUEST = [
  'url',
  'method',
  'auth_type',
  'oauth_authorization',
  'hmac_authentication',
  ...RULES,
  'request_timeout_seconds',
  'retry_configuration',
  'response_resolve_configs',
  'condition',
];
const AUTH_TYPES = ['none', 'oauth2', 'hmac_sha256'];
const OAUTH = [
  'type',
  'token_endpoint',
  'client_authentication_type',
  'client_id',
  'client_secret',
  'username',
  'password',
  'scope',
  'cache_enabled',
  'cache_ttl_seconds',
  'cache_buffer_seconds',
];
const RETRY = ['max_retries', 'backoff_delays', 'retryable_status_codes', 'idempotency_required', 'strategy'];

/** @param amongSeveral only there a condition has an effect. */
export function checkRequest(at: string, written: Json, found: Findings, amongSeveral = false): void {
  if (!isObject(written)) {
    found.errors.push(`${at}: must be an object`);
    return;
  }
  unknownFields(at, written, REQUEST, found);
  checkAddress(at, written, found);
  for (const rules of RULES) checkRules(`${at}.${rules}`, written[rules], found);
  checkAuthorization(at, written, found);
  checkTimes(at, written, found);
  checkResolving(`${at}.response_resolve_configs`, written.response_resolve_configs, found);
  checkCondition(`${at}.condition`, written.condition, found);
  if (!amongSeveral && isObject(written.condition)) {
    found.warnings.push(`${at}.condition: has no effect outside of http_requests`);
  }
}

function checkAddress(
  at: string,
  { url, method, path_mapping_rules, body_mapping_rules }: JsonObject,
  found: Findings,
): void {
  const wrong = typeof url === 'string' ? checkUrl(url) : 'must be a text';
  if (wrong !== undefined) found.errors.push(`${at}.url: ${wrong}`);
  const name = typeof method === 'string' ? method.toUpperCase() : '';
  if (!METHODS.includes(name)) found.errors.push(`${at}.method: must be one of ${METHODS.join(', ')}`);
  if (name === 'GET' && Array.isArray(body_mapping_rules) && body_mapping_rules.length > 0) {
    found.warnings.push(`${at}.body_mapping_rules: have no effect with GET`);
  }
  const filled = (Array.isArray(path_mapping_rules) ? path_mapping_rules : []).map((rule) =>
    isObject(rule) ? rule.to : undefined,
  );
  for (const placeholder of typeof url === 'string' ? placeholdersOf(url) : []) {
    if (!filled.includes(placeholder) && !filled.includes('*')) {
      found.warnings.push(`${at}.url: no path_mapping_rules give ${textAt(placeholder)}, the request cannot be made`);
    }
  }
}

function checkAuthorization(at: string, request: JsonObject, found: Findings): void {
  const { auth_type: type, oauth_authorization: oauth, hmac_authentication: hmac } = request;
  if ((type ?? null) !== null && !AUTH_TYPES.includes(String(type))) {
    found.errors.push(`${at}.auth_type: must be one of ${AUTH_TYPES.join(', ')}`);
  }
  if (isFilled(oauth) && type !== 'oauth2') {
    found.warnings.push(`${at}.oauth_authorization: has no effect without auth_type oauth2`);
  }
  if (isFilled(hmac) && type !== 'hmac_sha256') {
    found.warnings.push(`${at}.hmac_authentication: has no effect without auth_type hmac_sha256`);
  }
  if (type === 'oauth2') checkOAuth(`${at}.oauth_authorization`, oauth ?? null, found);
  if (type === 'hmac_sha256') checkHmac(`${at}.hmac_authentication`, hmac ?? null, found);
}

function checkOAuth(at: string, oauth: Json, found: Findings): void {
  if (!isObject(oauth)) {
    found.errors.push(`${at}: must be an object`);
    return;
  }
  unknownFields(at, oauth, OAUTH, found);
  const { type, token_endpoint, client_authentication_type: by, cache_enabled, cache_ttl_seconds } = oauth;
  if (type !== 'password' && type !== 'client_credentials') {
    found.errors.push(`${at}.type: must be password or client_credentials`);
  }
  const wrong = typeof token_endpoint === 'string' ? checkUrl(token_endpoint) : 'must be a text';
  if (wrong !== undefined) found.errors.push(`${at}.token_endpoint: ${wrong}`);
  if ((by ?? null) !== null && by !== 'client_secret_basic' && by !== 'client_secret_post') {
    found.errors.push(`${at}.client_authentication_type: must be client_secret_basic or client_secret_post`);
  }
  if (by === 'client_secret_basic' && type === 'password') {
    found.warnings.push(`${at}.client_authentication_type: client_secret_basic has no effect with type password`);
  }
  if ((cache_ttl_seconds ?? null) !== null && cache_enabled !== true) {
    found.warnings.push(`${at}.cache_ttl_seconds: has no effect without cache_enabled`);
  }
}

function checkHmac(at: string, hmac: Json, found: Findings): void {
  if (!isObject(hmac)) {
    found.errors.push(`${at}: must be an object`);
    return;
  }
  unknownFields(at, hmac, ['api_key', 'secret', 'signature_format', 'signing_fields'], found);
  const { secret, signature_format: format, signing_fields: fields } = hmac;
  if (typeof secret !== 'string' || secret === '') found.errors.push(`${at}.secret: must be a text`);
  for (const name of ['api_key', 'signature_format']) {
    const text = hmac[name] ?? '';
    // They become a header: RFC 9110 §5.5.
    if (typeof text !== 'string' || !/^[\x20-\x7e]*$/.test(text)) {
      found.errors.push(`${at}.${name}: must be a text of one line in ASCII`);
    }
  }
  if (typeof format === 'string' && !format.includes('{signature}')) {
    found.warnings.push(`${at}.signature_format: has no {signature}, the request is not signed`);
  }
  if (Array.isArray(fields) && !fields.every((field) => SIGNING_FIELDS.includes(String(field)))) {
    found.errors.push(`${at}.signing_fields: may hold ${SIGNING_FIELDS.join(', ')}`);
  }
}

function checkTimes(
  at: string,
  { request_timeout_seconds: seconds, retry_configuration: retry }: JsonObject,
  found: Findings,
): void {
  if ((seconds ?? null) !== null && !(typeof seconds === 'number' && seconds > 0)) {
    found.errors.push(`${at}.request_timeout_seconds: must be a number above zero`);
  } else if (typeof seconds === 'number' && seconds > 60) {
    found.warnings.push(`${at}.request_timeout_seconds: 60 seconds is the most`);
  }
  if (!isObject(retry)) return;
  unknownFields(`${at}.retry_configuration`, retry, RETRY, found);
  const { max_retries: most, backoff_delays: delays } = retry;
  if (typeof most === 'number' && most > 5) found.warnings.push(`${at}.retry_configuration.max_retries: 5 is the most`);
  for (const delay of Array.isArray(delays) ? delays : []) {
    if (readDuration(String(delay)) === undefined) {
      found.errors.push(`${at}.retry_configuration.backoff_delays: must be durations such as PT1S`);
    }
  }
}

function checkResolving(at: string, written: Json | undefined, found: Findings): void {
  if (written === undefined || written === null) return;
  const list = isObject(written) ? written.configs : written;
  if (isObject(written) && list === undefined) return;
  if (!Array.isArray(list)) {
    found.errors.push(`${at}: must be a list`);
    return;
  }
  for (const [index, one] of list.entries()) {
    const place = `${at}[${index}]`;
    if (!isObject(one) || !Array.isArray(one.conditions)) {
      found.errors.push(`${place}.conditions: must be a list`);
      continue;
    }
    unknownFields(place, one, ['conditions', 'match_mode', 'mapped_status_code'], found);
    const status = one.mapped_status_code;
    if (!Number.isInteger(status) || Number(status) < 200 || Number(status) > 599) {
      found.errors.push(`${place}.mapped_status_code: must be a status from 200 to 599`);
    }
    for (const [at, condition] of one.conditions.entries()) {
      if (!isObject(condition)) found.errors.push(`${place}.conditions[${at}]: must be an object`);
      else {
        const { operation, path, value } = condition;
        checkComparison(`${place}.conditions[${at}]`, { operation, path, value }, found);
      }
    }
  }
}

function isFilled(value: Json | undefined): boolean {
  return isObject(value) && Object.keys(value).length > 0;
}
