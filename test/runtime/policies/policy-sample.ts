// Test: policies and counter documents in short.
import type { AuthenticationPolicy, PolicyCondition } from '#runtime/authentication-policy.ts';
import { normalisePolicies } from '#runtime/policies/normalise-policy.ts';
import type { Json, JsonObject } from '#storage/records.ts';

export function aPolicy(given: JsonObject = {}): AuthenticationPolicy {
  const [policy] = normalisePolicies([given]);
  if (!policy) throw new Error('there is no policy');
  return policy;
}

/** That an interaction succeeded. */
export const passed = (interaction: string, times = 1) =>
  ({ path: `$.${interaction}.success_count`, operation: 'gte', value: times }) satisfies PolicyCondition;

export const anyOf = (...groups: (readonly { [key: string]: Json }[])[]) => ({
  any_of: groups.map((group) => [...group]),
});

/** How often interactions succeeded, or succeeded and failed. */
export function counts(given: { [interaction: string]: number | [successes: number, failures: number] }): JsonObject {
  return Object.fromEntries(
    Object.entries(given).map(([name, times]) => {
      const [successes, failures] = typeof times === 'number' ? [times, 0] : times;
      return [name, count(name, successes, failures)];
    }),
  );
}

function count(name: string, success_count: number, failure_count: number): JsonObject {
  return {
    operation_type: name.endsWith('-challenge')
      ? 'CHALLENGE'
      : name === 'initial-registration'
        ? 'REGISTRATION'
        : 'AUTHENTICATION',
    method: name.replace(/-authentication(-challenge)?$/, ''),
    call_count: success_count + failure_count,
    success_count,
    failure_count,
    interaction_time: '2026-01-15T12:00:00.000Z',
  };
}

export const PASSWORD_OR_REGISTRATION_THEN_SMS = {
  description: 'mfa_required_for_registration_and_login',
  priority: 10,
  conditions: { scopes: ['openid'] },
  available_methods: ['password', 'initial-registration', 'sms'],
  success_conditions: anyOf(
    [passed('password-authentication'), passed('sms-authentication')],
    [passed('initial-registration'), passed('sms-authentication')],
  ),
} satisfies JsonObject;
