// Interactions: reads a configuration before it is kept. Errors are what could never work; warnings are what will have no
// effect, or none until something else is configured. Each begins with the place that it is about.
import type { Json, JsonObject } from '#storage/records.ts';
import { createBudget } from './budget.ts';
import { type Findings, textAt, unknownFields } from './check-findings.ts';
import { checkRequest } from './check-request.ts';
import { checkRules } from './check-rules.ts';
import { MOST_REQUESTS } from './http-requests.ts';
import { isObject, isShallow } from './json-bounds.ts';
import { checkSchema } from './request-schema.ts';

const CONFIGURATION = ['request', 'pre_hook', 'execution', 'user_resolve', 'post_hook', 'response'];
const EXECUTION = [
  'function',
  'http_request',
  'http_requests',
  'mock',
  'details',
  'previous_interaction',
  'http_request_store',
  'http_requests_store',
];
const OUTSIDE = ['http_request', 'http_requests', 'no_action', 'mock'];
/** Parts of our house that an execution can name. */
const BUILT_IN = [
  'user_registration',
  'password_verification',
  'sms_authentication_challenge',
  'sms_authentication',
  'email_authentication_challenge',
  'email_authentication',
  'fido2_authentication_challenge',
  'fido2_authentication',
];
/** Of these a configuration may leave the function out: the built-in one is meant. */
const WITH_DEFAULT = ['password', 'initial-registration'];
const MOST_INTERACTIONS = 50;
const DEEPEST = 40;
const MOST_MESSAGES = 50;

/** @param type of the configuration: `sms`, `password`, … */
export function checkConfiguration(
  type: string,
  metadata: JsonObject,
  interactions: JsonObject,
): { errors: string[]; warnings: string[] } {
  const found: Findings = { errors: [], warnings: [], budget: createBudget() };
  const names = Object.keys(interactions);
  if (!isShallow(interactions, DEEPEST)) found.errors.push(`interactions: nest deeper than ${DEEPEST} levels`);
  else if (names.length > MOST_INTERACTIONS) found.errors.push(`interactions: are more than ${MOST_INTERACTIONS}`);
  else {
    if (names.length === 0) found.warnings.push('interactions: there are none, nothing can be run');
    const stores = names.flatMap((name) => storesOf(interactions[name] ?? null));
    for (const name of names) {
      checkInteraction(`interactions.${name}`, interactions[name] ?? null, { type, stores, found });
    }
  }
  checkMetadata(metadata, found);
  return { errors: found.errors.slice(0, MOST_MESSAGES), warnings: found.warnings.slice(0, MOST_MESSAGES) };
}

type Around = { type: string; stores: readonly string[]; found: Findings };

function checkInteraction(at: string, written: Json, around: Around): void {
  const { found } = around;
  if (!isObject(written)) {
    found.errors.push(`${at}: must be an object`);
    return;
  }
  unknownFields(at, written, CONFIGURATION, found);
  const { request, execution, user_resolve, response } = written;
  const schema = isObject(request) ? request.schema : undefined;
  const refused = schema === undefined || schema === null ? undefined : checkSchema(schema, found.budget);
  if (refused !== undefined) found.errors.push(`${at}.request.schema: ${refused}`);
  for (const hook of ['pre_hook', 'post_hook']) checkHook(`${at}.${hook}`, written[hook] ?? null, around);
  if (isObject(execution)) checkExecution(`${at}.execution`, execution, around);
  else if (execution !== undefined && execution !== null) found.errors.push(`${at}.execution: must be an object`);
  else if (!WITH_DEFAULT.includes(around.type)) found.warnings.push(`${at}.execution: is missing, nothing can be run`);
  if (isObject(user_resolve)) {
    unknownFields(`${at}.user_resolve`, user_resolve, ['user_mapping_rules', 'identity_match_field'], found);
    checkRules(`${at}.user_resolve.user_mapping_rules`, user_resolve.user_mapping_rules, found);
  }
  if (isObject(response)) {
    unknownFields(`${at}.response`, response, ['body_mapping_rules'], found);
    checkRules(`${at}.response.body_mapping_rules`, response.body_mapping_rules, found);
  }
}

function checkHook(at: string, hook: Json, around: Around): void {
  const { found } = around;
  if (hook === null) return;
  if (!isObject(hook)) {
    found.errors.push(`${at}: must be an object`);
    return;
  }
  unknownFields(at, hook, ['additional_parameters'], found);
  const { additional_parameters: list } = hook;
  if (list === undefined || list === null) return;
  if (!Array.isArray(list) || list.length > 5) {
    found.errors.push(`${at}.additional_parameters: must be a list of at most 5 executions`);
    return;
  }
  for (const [index, execution] of list.entries()) {
    const place = `${at}.additional_parameters[${index}]`;
    if (!isObject(execution)) found.errors.push(`${place}: must be an object`);
    else {
      checkExecution(place, execution, around);
      const name = execution.function;
      if (typeof name === 'string' && BUILT_IN.includes(name)) {
        found.warnings.push(`${place}.function: ${name} has no effect in a hook`);
      }
    }
  }
}

function checkExecution(at: string, execution: JsonObject, { type, stores, found }: Around): void {
  unknownFields(at, execution, EXECUTION, found);
  const { mock, http_request, http_requests, previous_interaction } = execution;
  const name = execution.function;
  checkFunction(at, execution, { type, found });
  if (name === 'http_request') checkRequest(`${at}.http_request`, http_request ?? null, found);
  else if (isFilled(http_request))
    found.warnings.push(`${at}.http_request: has no effect without function http_request`);
  if (name === 'http_requests') checkRequests(`${at}.http_requests`, http_requests ?? null, found);
  else if (isFilled(http_requests)) {
    found.warnings.push(`${at}.http_requests: has no effect without function http_requests`);
  }
  if (isFilled(mock) && name !== undefined && name !== 'mock') {
    found.warnings.push(`${at}.mock: has no effect with function ${textAt(name)}`);
  }
  for (const store of ['http_request_store', 'http_requests_store'] as const) {
    const kept = execution[store];
    if (!isObject(kept)) continue;
    unknownFields(`${at}.${store}`, kept, ['key', 'interaction_mapping_rules'], found);
    checkRules(`${at}.${store}.interaction_mapping_rules`, kept.interaction_mapping_rules, found);
    if (isFilled(kept) && (typeof kept.key !== 'string' || kept.key === '')) {
      found.warnings.push(`${at}.${store}.key: is missing, nothing is kept`);
    }
    if (isFilled(kept.key) && name !== store.replace('_store', '')) {
      found.warnings.push(`${at}.${store}: has no effect without function ${store.replace('_store', '')}`);
    }
  }
  const key = isObject(previous_interaction) ? previous_interaction.key : undefined;
  if (typeof key === 'string' && key !== '' && !stores.includes(key)) {
    found.warnings.push(`${at}.previous_interaction.key: nothing of this configuration is kept under ${textAt(key)}`);
  }
}

function checkFunction(
  at: string,
  { function: name, mock }: JsonObject,
  { type, found }: Omit<Around, 'stores'>,
): void {
  if (name === undefined || name === null) {
    if (!isFilled(mock) && !WITH_DEFAULT.includes(type)) {
      found.warnings.push(`${at}.function: is missing, the interaction will answer 404`);
    }
  } else if (typeof name !== 'string') found.errors.push(`${at}.function: must be a text`);
  else if (!OUTSIDE.includes(name) && !BUILT_IN.includes(name)) {
    found.warnings.push(`${at}.function: ${textAt(name)} does not exist, the interaction will answer 404`);
  }
}

function checkRequests(at: string, written: Json, found: Findings): void {
  if (!Array.isArray(written) || written.length === 0 || written.length > MOST_REQUESTS) {
    found.errors.push(`${at}: must be a list of one to ${MOST_REQUESTS} requests`);
    return;
  }
  for (const [index, request] of written.entries()) checkRequest(`${at}[${index}]`, request, found, true);
}

const COUNTS = ['retry_count_limitation', 'expire_seconds'];
const PARAMETERS = ['transaction_id_param', 'verification_code_param'];

function checkMetadata(metadata: JsonObject, { errors }: Findings): void {
  for (const name of COUNTS) {
    const value = metadata[name];
    if (value !== undefined && value !== null && !(Number.isInteger(value) && Number(value) > 0)) {
      errors.push(`metadata.${name}: must be a whole number above zero`);
    }
  }
  for (const name of PARAMETERS) {
    const value = metadata[name];
    if (value !== undefined && value !== null && typeof value !== 'string') {
      errors.push(`metadata.${name}: must be a text`);
    }
  }
}

/** Names under which the executions of an interaction keep something. */
function storesOf(interaction: Json): string[] {
  const execution = isObject(interaction) ? interaction.execution : undefined;
  if (!isObject(execution)) return [];
  return [execution.http_request_store, execution.http_requests_store].flatMap((store) =>
    isObject(store) && typeof store.key === 'string' ? [store.key] : [],
  );
}

function isFilled(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
