// Tests of owner management: the two bodies of the guide that the JSON flow comes from, letter by letter as they stand there
// between the double quotes of a shell.
import type { Json } from '../management/office.ts';

export const ID = '0b8a3c6e-6f1d-4c58-9d6e-1f6f0a7b2c3d';
export const OTHER = '1c9b4d7f-7a2e-4d69-8e7f-2a7a1b8c3d4e';

/** What a shell makes of a text between double quotes. */
export const unquoted = (text: string, variables: Record<string, string>): string =>
  text.replaceAll('\\"', '"').replaceAll(/\$\{(\w+)\}/g, (_all, name) => variables[name] ?? '');

export const SMS = String.raw`{
\"id\": \"${'$'}{SMS_AUTH_CONFIG_ID}\",
\"type\": \"sms\",
\"attributes\": {},
\"metadata\": {
\"type\": \"external\",
\"description\": \"SMS authentication for MFA\",
\"transaction_id_param\": \"transaction_id\",
\"verification_code_param\": \"verification_code\",
\"retry_count_limitation\": 5,
\"expire_seconds\": 300
},
\"interactions\": {
\"sms-authentication-challenge\": {
\"request\": { \"schema\": { \"type\": \"object\", \"properties\": {
\"phone_number\": { \"type\": \"string\" },
\"template\": { \"type\": \"string\" }
} } },
\"pre_hook\": {},
\"execution\": {
\"function\": \"http_request\",
\"http_request\": {
\"url\": \"http://host.docker.internal:4000/sms-authentication-challenge\",
\"method\": \"POST\",
\"auth_type\": \"oauth2\",
\"oauth_authorization\": {
\"type\": \"password\",
\"token_endpoint\": \"http://host.docker.internal:4000/token\",
\"client_id\": \"your-client-id\",
\"username\": \"username\",
\"password\": \"password\",
\"scope\": \"application\"
},
\"header_mapping_rules\": [
{ \"static_value\": \"application/json\", \"to\": \"Content-Type\" }
],
\"body_mapping_rules\": [
{ \"from\": \"$.request_body\", \"to\": \"*\" }
]
},
\"http_request_store\": {
\"key\": \"sms-authentication-challenge\",
\"interaction_mapping_rules\": [
{ \"from\": \"$.response_body.transaction_id\", \"to\": \"transaction_id\" }
]
}
},
\"post_hook\": {},
\"response\": {
\"body_mapping_rules\": [
{ \"from\": \"$.execution_http_request.response_body\", \"to\": \"*\" }
]
}
},
\"sms-authentication\": {
\"request\": { \"schema\": { \"type\": \"object\", \"properties\": {
\"verification_code\": { \"type\": \"string\" }
} } },
\"pre_hook\": {},
\"execution\": {
\"function\": \"http_request\",
\"previous_interaction\": { \"key\": \"sms-authentication-challenge\" },
\"http_request\": {
\"url\": \"http://host.docker.internal:4000/sms-authentication\",
\"method\": \"POST\",
\"auth_type\": \"oauth2\",
\"oauth_authorization\": {
\"type\": \"password\",
\"token_endpoint\": \"http://host.docker.internal:4000/token\",
\"client_id\": \"your-client-id\",
\"username\": \"username\",
\"password\": \"password\",
\"scope\": \"application\"
},
\"header_mapping_rules\": [
{ \"static_value\": \"application/json\", \"to\": \"Content-Type\" }
],
\"body_mapping_rules\": [
{ \"from\": \"$.request_body\", \"to\": \"*\" }
]
}
},
\"post_hook\": {},
\"response\": {
\"body_mapping_rules\": [
{ \"from\": \"$.execution_http_request.response_body\", \"to\": \"*\" }
]
}
}
}
}`;

export const condition = (interaction: string) => ({
  path: `$.${interaction}.success_count`,
  type: 'integer',
  operation: 'gte',
  value: 1,
});
export const pair = (first: string, second: string) => [condition(first), condition(second)];

export const POLICY = String.raw`{
\"id\": \"${'$'}{AUTH_POLICY_ID}\",
\"flow\": \"oauth\",
\"enabled\": true,
\"policies\": [
{
\"description\": \"mfa_required_for_registration_and_login\",
\"priority\": 10,
\"conditions\": {
\"scopes\": [\"openid\"]
},
\"available_methods\": [\"password\", \"initial-registration\", \"sms\"],
\"success_conditions\": {
\"any_of\": [
[
{ \"path\": \"$.password-authentication.success_count\", \"type\": \"integer\", \"operation\": \"gte\", \"value\": 1 },
{ \"path\": \"$.sms-authentication.success_count\", \"type\": \"integer\", \"operation\": \"gte\", \"value\": 1 }
],
[
{ \"path\": \"$.initial-registration.success_count\", \"type\": \"integer\", \"operation\": \"gte\", \"value\": 1 },
{ \"path\": \"$.sms-authentication.success_count\", \"type\": \"integer\", \"operation\": \"gte\", \"value\": 1 }
]
]
}
}
]
}`;

export const sms = (): Json => JSON.parse(unquoted(SMS, { SMS_AUTH_CONFIG_ID: ID }));
export const policy = (): Json => JSON.parse(unquoted(POLICY, { AUTH_POLICY_ID: ID }));
