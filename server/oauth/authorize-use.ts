// Server, protocol: what a client may ask for at the authorization endpoint, and which parameters belong together.
import type { ClientRecord } from '#storage/records.ts';
import type { Parameters } from '../request.ts';
import type { BadParameter } from './authorize-parameters.ts';
import { inFrontChannel, readResponseTypes } from './response-type.ts';

const invalid = (description: string): BadParameter => ({ error: 'invalid_request', description });

export function checkUse(client: ClientRecord, parameters: Parameters): BadParameter | undefined {
  const { response_type: text, scope = '', nonce } = parameters;
  if (text === undefined) return invalid('Missing required parameter: response_type');
  const types = readResponseTypes(text);
  if (!types) return { error: 'unsupported_response_type', description: 'Unsupported response type' };
  // OpenID Connect Core §3.1.2.6: whoever describes itself here would wait for it to count.
  if (parameters.registration !== undefined) {
    return { error: 'registration_not_supported', description: 'Clients are registered beforehand' };
  }
  const needed = [
    ...(types.includes('code') ? ['authorization_code'] : []),
    ...(inFrontChannel(types) ? ['implicit'] : []),
  ];
  const lacking = needed.find((grant) => !client.grantTypes.includes(grant));
  if (lacking !== undefined) {
    return { error: 'unauthorized_client', description: `Grant type '${lacking}' not allowed for the client.` };
  }
  if (types.includes('id_token')) {
    if (!scope.split(' ').includes('openid'))
      return invalid('Parameter scope must contain openid for this response_type');
    // OpenID Connect Core §3.2.2.1: without one an id_token of another login could be put in the place of this one's.
    if (nonce === undefined) return invalid('Missing required parameter: nonce');
  }
  return checkChallenge(client, parameters, types.includes('code')) ?? checkOrganizationUse(client, parameters);
}

function checkChallenge(client: ClientRecord, parameters: Parameters, asksForCode: boolean): BadParameter | undefined {
  const { code_challenge: challenge, code_challenge_method: method } = parameters;
  if (challenge === undefined && method !== undefined) return invalid('Missing required parameter: code_challenge');
  // RFC 7636 §4.3: without a method it would mean plain, which is refused everywhere.
  if (challenge !== undefined && method === undefined) return invalid('Parameter code_challenge_method must be S256');
  if (challenge === undefined && asksForCode && client.authMethod === 'none') {
    return invalid('Missing required parameter: code_challenge');
  }
  return undefined;
}

/** `organization_usage`: a client that says nothing takes people with and without an organization. */
function checkOrganizationUse(
  { settings }: ClientRecord,
  { organization, invitation }: Parameters,
): BadParameter | undefined {
  const { organization_usage: usage } = settings;
  if (organization !== undefined && usage === 'deny') {
    return invalid('parameter organization is not allowed for this client');
  }
  if (organization === undefined && usage === 'require') {
    return invalid('parameter organization is required for this client');
  }
  return organization === undefined && invitation !== undefined
    ? invalid('Missing required parameter: organization')
    : undefined;
}
