// Tests of configurations: one that is fine, and ways to put a part of one into a whole.
import { checkConfiguration } from '#runtime/interactions/check-configuration.ts';
import type { Json, JsonObject } from '#storage/records.ts';

export const oauth = {
  type: 'password',
  token_endpoint: 'http://host.docker.internal:4000/token',
  client_id: 'your-client-id',
  username: 'username',
  password: 'password',
  scope: 'application',
};
export const sending: JsonObject = {
  url: 'http://host.docker.internal:4000/sms-authentication-challenge',
  method: 'POST',
  auth_type: 'oauth2',
  oauth_authorization: oauth,
  header_mapping_rules: [{ static_value: 'application/json', to: 'Content-Type' }],
  body_mapping_rules: [{ from: '$.request_body', to: '*' }],
};
export const challenge: JsonObject = {
  request: {
    schema: { type: 'object', properties: { phone_number: { type: 'string' }, template: { type: 'string' } } },
  },
  pre_hook: {},
  execution: {
    function: 'http_request',
    http_request: sending,
    http_request_store: {
      key: 'sms-authentication-challenge',
      interaction_mapping_rules: [{ from: '$.response_body.transaction_id', to: 'transaction_id' }],
    },
  },
  post_hook: {},
  response: { body_mapping_rules: [{ from: '$.execution_http_request.response_body', to: '*' }] },
};
export const verify: JsonObject = {
  ...challenge,
  execution: {
    function: 'http_request',
    previous_interaction: { key: 'sms-authentication-challenge' },
    http_request: { ...sending, url: 'http://host.docker.internal:4000/sms-authentication' },
  },
};
export const METADATA = {
  type: 'external',
  description: 'SMS authentication for MFA',
  transaction_id_param: 'transaction_id',
  verification_code_param: 'verification_code',
  retry_count_limitation: 5,
  expire_seconds: 300,
};

export const check = (interactions: JsonObject, { type = 'sms', metadata = {} as JsonObject } = {}) =>
  checkConfiguration(type, metadata, interactions);
/** One interaction with one execution. */
export const running = (execution: Json) => check({ x: { execution } });
export const asking = (more: JsonObject) =>
  running({ function: 'http_request', http_request: { url: 'https://a.example/', method: 'POST', ...more } });
export const ruled = (...rules: Json[]) => asking({ body_mapping_rules: rules });
export const functions = (...list: Json[]) => ruled({ to: 'a', from: '$.a', functions: list });
