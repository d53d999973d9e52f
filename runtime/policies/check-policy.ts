// Policies: what is told to whoever writes them. An error refuses the write; a warning says what will not do what it looks
// like. Both name their place.
import type { Json, JsonObject } from '#storage/records.ts';
import type { AuthenticationPolicy } from '../authentication-policy.ts';
import { methodOf } from '../interaction-names.ts';
import { checkConditions, checkGroups } from './check-conditions.ts';
import { asksNobody, choosingOrder, isConfigured } from './choose.ts';
import { createFindings, type Findings, type Reading } from './findings.ts';
import { normalisePolicies } from './normalise-policy.ts';

const FLOW = 'oauth';
const MOST_POLICIES = 100;
/** Characters of all policies of a flow: a login carries a copy of those that fit it. */
const LARGEST = 64 * 1024;
/** Methods with parts of ours; those that come without a configuration. */
const BUILT_IN: readonly string[] = ['password', 'initial-registration'];
const KNOWN: readonly string[] = [...BUILT_IN, 'sms', 'email', 'fido2', 'external-api-authentication'];

const POLICY = {
  description: 'text',
  priority: 'number',
  conditions: 'object',
  available_methods: 'list',
  acr_mapping_rules: 'object',
  level_of_authentication_scopes: 'object',
  step_definitions: 'list',
  success_conditions: 'object',
  failure_conditions: 'object',
  lock_conditions: 'object',
  auth_session_binding_required: 'boolean',
  enforce_available_methods: 'boolean',
} as const;
const CONDITIONS = { client_ids: 'list', acr_values: 'list', scopes: 'list', user_attributes: 'list' } as const;
const STEP = {
  method: 'text',
  interaction: 'text',
  order: 'number',
  requires_user: 'boolean',
  allow_registration: 'boolean',
} as const;
const UNREAD_OF_STEP = ['user_identity_source', 'verification_source', 'registration_mode'];

/**
 * @param policies as they came.
 * @param configurationTypes types of the tenant's enabled configurations.
 */
export function checkPolicy(flow: string, policies: Json | undefined, configurationTypes: readonly string[]): Findings {
  const findings = createFindings();
  const { errors, warnings } = findings;
  if (flow !== FLOW) findings.warn(`flow ${flow} has no effect: logins come under flow ${FLOW}`);
  if (!Array.isArray(policies)) findings.error('policies must be a list');
  else if (policies.length > MOST_POLICIES) findings.error(`policies has more than ${MOST_POLICIES} entries`);
  else if (JSON.stringify(policies).length > LARGEST) findings.error(`policies is larger than ${LARGEST} characters`);
  else {
    if (policies.length === 0) findings.warn('policies is empty: any one interaction that proves somebody is enough');
    for (const [at, policy] of policies.entries()) checkOne(policy, `policies[${at}]`, findings, configurationTypes);
    if (errors.length === 0) checkTogether(normalisePolicies(policies), findings);
  }
  return { errors, warnings };
}

function checkOne(given: Json, place: string, reading: Reading, types: readonly string[]): void {
  const policy = reading.object(given, place, POLICY, ['device_registration_conditions']);
  if (!policy) return;
  const isMethod = (method: string) => KNOWN.includes(method) || types.includes(method);
  checkSelection(policy.conditions, `${place}.conditions`, reading, isMethod);
  checkMethods(policy, place, reading, types, isMethod);
  checkLevels(policy.acr_mapping_rules, `${place}.acr_mapping_rules`, reading, isMethod);
  checkLevels(policy.level_of_authentication_scopes, `${place}.level_of_authentication_scopes`, reading, isMethod);
  checkSteps(policy.step_definitions, `${place}.step_definitions`, reading, isMethod);
  for (const field of ['success_conditions', 'failure_conditions', 'lock_conditions']) {
    checkGroups(policy[field], `${place}.${field}`, reading, isMethod);
  }
}

function checkSelection(
  given: Json | undefined,
  place: string,
  reading: Reading,
  isMethod: (method: string) => boolean,
): void {
  if (given === undefined || given === null) return;
  const conditions = reading.object(given, place, CONDITIONS);
  if (!conditions) return;
  for (const name of ['client_ids', 'acr_values', 'scopes']) reading.texts(conditions[name], `${place}.${name}`);
  const { user_attributes: attributes } = conditions;
  if (Array.isArray(attributes)) checkConditions(attributes, `${place}.user_attributes`, reading, isMethod);
}

function checkMethods(
  policy: JsonObject,
  place: string,
  reading: Reading,
  types: readonly string[],
  isMethod: (method: string) => boolean,
): void {
  for (const name of reading.texts(policy.available_methods, `${place}.available_methods`)) {
    // One of its interactions may be named as well.
    const method = methodOf(name);
    if (!isMethod(method)) reading.warn(`${place}.available_methods names no method: ${name}`);
    else if (!BUILT_IN.includes(method) && !types.includes(method)) {
      reading.warn(`${place}.available_methods: there is no authentication configuration of type ${method}`);
    }
  }
}

function checkLevels(
  given: Json | undefined,
  place: string,
  reading: Reading,
  isMethod: (method: string) => boolean,
): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return;
  for (const [name, methods] of Object.entries(given)) {
    const texts = reading.texts(methods, `${place}.${name}`);
    if (texts.length === 0) reading.warn(`${place}.${name} names no method and is never reached`);
    for (const method of texts) if (!isMethod(method)) reading.warn(`${place}.${name} names no method: ${method}`);
  }
}

function checkSteps(
  given: Json | undefined,
  place: string,
  reading: Reading,
  isMethod: (method: string) => boolean,
): void {
  if (!Array.isArray(given)) return;
  let ordered = 0;
  for (const [at, each] of given.entries()) {
    const where = `${place}[${at}]`;
    const step = reading.object(each, where, STEP, UNREAD_OF_STEP);
    if (!step) continue;
    if (typeof step.method !== 'string') reading.error(`${where}.method is missing`);
    else if (!isMethod(step.method)) reading.warn(`${where}.method names no method: ${step.method}`);
    if (step.order !== undefined) ordered++;
  }
  if (ordered > 1) reading.warn(`${place}: order has no effect, interactions may be called in any order`);
}

/** What one policy means to the others. */
function checkTogether(policies: readonly AuthenticationPolicy[], reading: Reading): void {
  for (const [at, policy] of policies.entries()) {
    if (!isConfigured(policy)) reading.warn(`policies[${at}] has no success_conditions and is passed over`);
  }
  const order = choosingOrder(policies.filter(isConfigured));
  const last = order.findIndex(isForAll);
  for (const policy of last === -1 ? [] : order.slice(last + 1)) {
    reading.warn(`policies[${policies.indexOf(policy)}] never counts: a policy before it fits every request`);
  }
  if (last === -1) checkFallback(policies, reading);
}

/** Where nothing fits, the first policy counts. */
function checkFallback([first, ...others]: readonly AuthenticationPolicy[], reading: Reading): void {
  if (!first) return;
  const whenNothingFits = 'policies[0] counts wherever no policy fits';
  if (!isConfigured(first)) {
    reading.warn(`${whenNothingFits}, and it lets nobody through`);
    return;
  }
  const stronger = others.some((other) => isConfigured(other) && leastOf(other) > leastOf(first));
  if (stronger) reading.warn(`${whenNothingFits}, and it asks for less than another: put the strictest first`);
}

/** How many conditions are enough. */
function leastOf({ success_conditions: success }: AuthenticationPolicy): number {
  return Math.min(...(success?.any_of ?? []).map((group) => group.length));
}

function isForAll(policy: AuthenticationPolicy): boolean {
  const { client_ids, acr_values, scopes } = policy.conditions;
  return asksNobody(policy) && client_ids.length + acr_values.length + scopes.length === 0;
}
