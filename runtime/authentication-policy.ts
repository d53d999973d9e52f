// Authentication policies as tenants write them: data that says when a login has shown enough. One is copied into each
// login of the JSON flow when it begins; later edits leave that login alone. Types alone, under the wire's names.
// Source: idp-server reference, §3.
import type { Json } from '#storage/records.ts';

/** One comparison with a value of the counter document: `$.password-authentication.success_count`, `$.user.status`. */
export type PolicyCondition = {
  path: string;
  operation: string;
  value?: Json;
  /** Kept and shown; comparisons look at the values themselves. */
  type?: string;
};

/** True when all conditions of one group are; an empty group is true, and no group at all means that nothing is said. */
export type ConditionGroups = { any_of: PolicyCondition[][] };

/** What holds for one method, or for one of its interactions, which wins. */
export type StepDefinition = {
  method: string;
  interaction?: string;
  order: number;
  /** Somebody must have shown a factor before, and their own address is used, whatever the request says. */
  requires_user: boolean;
  /** The interaction may make an account, or give one an address. */
  allow_registration: boolean;
};

export type AuthenticationPolicy = {
  description?: string;
  /** The highest that fits is taken; of equals the first. */
  priority: number;
  /** Each list that is not empty needs one match; `user_attributes` must all hold of the person, once known. */
  conditions: {
    client_ids: string[];
    acr_values: string[];
    scopes: string[];
    user_attributes: PolicyCondition[];
  };
  /** The methods that may be used; all where it is empty. */
  available_methods: string[];
  /** `false`: `available_methods` is what pages offer, and keeps nobody from using another. */
  enforce_available_methods?: boolean;
  acr_mapping_rules: Record<string, string[]>;
  level_of_authentication_scopes: Record<string, string[]>;
  step_definitions: StepDefinition[];
  success_conditions?: ConditionGroups;
  failure_conditions?: ConditionGroups;
  lock_conditions?: ConditionGroups;
  /** Absent: a login that a browser began is bound to it, one that a program began is not. */
  auth_session_binding_required?: boolean;
};

/** How a gated login stands. The first that holds of this order: locked, failure, success, in progress. */
export type PolicyStanding = 'locked' | 'failure' | 'success' | 'in_progress';

/** How often an interaction was called in one login, and how that ended. */
export type InteractionCount = {
  operation: InteractionOperation;
  /** `password`, `sms`, `email`, `initial-registration`, … */
  method: string;
  calls: number;
  successes: number;
  failures: number;
  /** Of the last call. */
  at: number;
};

export type InteractionOperation = 'AUTHENTICATION' | 'CHALLENGE' | 'REGISTRATION';

/** By the name of the interaction: `password-authentication`, `sms-authentication-challenge`, … */
export type InteractionCounts = Record<string, InteractionCount>;
