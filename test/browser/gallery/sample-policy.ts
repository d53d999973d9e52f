// Test: what the gallery's tenant asks for in the JSON flow: a password or a new account, and the code of a text message.

/** Codes by our own sender. */
export const OWN_CODES = {
  'sms-authentication-challenge': { execution: { function: 'sms_authentication_challenge' } },
  'sms-authentication': { execution: { function: 'sms_authentication' } },
};
const shown = (interaction: string) => ({ path: `$.${interaction}.success_count`, operation: 'gte', value: 1 });
export const POLICY = {
  priority: 1,
  conditions: { client_ids: [], acr_values: [], scopes: [], user_attributes: [] },
  available_methods: ['password', 'initial-registration', 'sms'],
  acr_mapping_rules: {},
  level_of_authentication_scopes: {},
  step_definitions: [],
  success_conditions: {
    any_of: ['password-authentication', 'initial-registration'].map((first) => [
      shown(first),
      shown('sms-authentication'),
    ]),
  },
};
