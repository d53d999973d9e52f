// Policies: as a tenant writes them, and as they are stored: everything that was left out stands there. What we do not know
// is left out; whoever checks it says so.
import type { Json, JsonObject } from '#storage/records.ts';
import type {
  AuthenticationPolicy,
  ConditionGroups,
  PolicyCondition,
  StepDefinition,
} from '../authentication-policy.ts';

/** @param policies in which `checkPolicy` has found no error. */
export function normalisePolicies(policies: readonly Json[]): AuthenticationPolicy[] {
  return policies.map((policy) => normalise(objectOf(policy)));
}

function normalise(policy: JsonObject): AuthenticationPolicy {
  const conditions = objectOf(policy.conditions);
  const { description, priority, auth_session_binding_required: binding, enforce_available_methods: enforce } = policy;
  return {
    ...(typeof description === 'string' ? { description } : {}),
    priority: typeof priority === 'number' ? priority : 0,
    conditions: {
      client_ids: textsOf(conditions.client_ids),
      acr_values: textsOf(conditions.acr_values),
      scopes: textsOf(conditions.scopes),
      user_attributes: listOf(conditions.user_attributes).map(conditionOf),
    },
    available_methods: textsOf(policy.available_methods),
    acr_mapping_rules: textsByName(policy.acr_mapping_rules),
    level_of_authentication_scopes: textsByName(policy.level_of_authentication_scopes),
    step_definitions: listOf(policy.step_definitions).map(stepOf),
    ...groupsOf(policy, 'success_conditions'),
    ...groupsOf(policy, 'failure_conditions'),
    ...groupsOf(policy, 'lock_conditions'),
    ...(typeof binding === 'boolean' ? { auth_session_binding_required: binding } : {}),
    ...(typeof enforce === 'boolean' ? { enforce_available_methods: enforce } : {}),
  };
}

function groupsOf<Field extends string>(policy: JsonObject, field: Field): { [Name in Field]?: ConditionGroups } {
  const groups = policy[field];
  if (groups === undefined || groups === null) return {};
  const any_of = listOf(objectOf(groups).any_of).map((group) => listOf(group).map(conditionOf));
  return { [field]: { any_of } } as { [Name in Field]?: ConditionGroups };
}

function conditionOf(condition: Json): PolicyCondition {
  const { path, type, operation, value } = objectOf(condition);
  return {
    path: textOf(path),
    ...(typeof type === 'string' ? { type } : {}),
    operation: textOf(operation),
    ...(value === undefined ? {} : { value }),
  };
}

function stepOf(step: Json, at: number): StepDefinition {
  const { method, interaction, order, requires_user, allow_registration } = objectOf(step);
  return {
    method: textOf(method),
    ...(typeof interaction === 'string' ? { interaction } : {}),
    order: typeof order === 'number' ? order : at + 1,
    requires_user: typeof requires_user === 'boolean' ? requires_user : true,
    allow_registration: typeof allow_registration === 'boolean' ? allow_registration : false,
  };
}

function textsByName(value: Json | undefined): Record<string, string[]> {
  return Object.fromEntries(Object.entries(objectOf(value)).map(([name, texts]) => [name, textsOf(texts)]));
}

const objectOf = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
const textsOf = (value: Json | undefined): string[] => listOf(value).filter((each) => typeof each === 'string');
const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
