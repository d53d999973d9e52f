// Server, protocol: an authorization request, checked and turned into what a login carries. Until client and callback
// are known to belong together nothing is ever redirected (RFC 9700 §4.11); after that every refusal goes to the client.
import type { LoginRequest } from '#runtime/transaction/transaction.ts';
import type { ClientRecord, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import type { Parameters, ReadParameters } from '../request.ts';
import { findApi } from './apis.ts';
import { checkFormats, fits } from './authorize-parameters.ts';

/** Where a refusal goes. */
export type ReturnAddress = Pick<LoginRequest, 'redirectUri' | 'state'>;

export type CheckedRequest =
  | { ok: true; request: LoginRequest }
  /** No client to go back to: a page. `reason` is for developers. */
  | { ok: false; to: 'page'; reason: string }
  | { ok: false; to: 'client'; address: ReturnAddress; error: string; description: string };

/** @param locale the language of the pages, chosen by the caller. */
export async function checkAuthorizationRequest(
  { store }: Pick<Deps, 'store'>,
  tenant: TenantRecord,
  read: ReadParameters,
  locale: (uiLocales: string[]) => string,
): Promise<CheckedRequest> {
  // A parameter given twice may be the client or the callback itself: there is nobody to tell but the person.
  if (!read.ok)
    return {
      ok: false,
      to: 'page',
      reason: 'name' in read ? `Parameter ${read.name} was sent more than once` : 'The request cannot be read',
    };
  const { parameters } = read;
  if (parameters.client_id === undefined)
    return { ok: false, to: 'page', reason: 'Missing required parameter: client_id' };
  const client = await store.clients.find(tenant.id, parameters.client_id);
  if (!client) return { ok: false, to: 'page', reason: 'Unknown client' };
  const redirectUri = chooseCallback(client, parameters.redirect_uri);
  if (redirectUri === undefined) return { ok: false, to: 'page', reason: 'Callback URL mismatch' };

  const address = { redirectUri, ...(fits('state', parameters.state) ? { state: parameters.state! } : {}) };
  const refuse = (error: string, description: string): CheckedRequest => ({
    ok: false,
    to: 'client',
    address,
    error,
    description,
  });

  const bad = checkFormats(parameters);
  if (bad) return refuse(bad.error, bad.description);
  const wrong = checkUse(client, parameters);
  if (wrong) return refuse(wrong.error, wrong.description);

  const audience = parameters.audience ?? tenant.defaultAudience;
  if (audience !== undefined && !(await findApi(store, tenant, audience))) {
    return refuse('access_denied', `Service not enabled within domain: ${audience}`);
  }
  const organization = parameters.organization;
  const found =
    organization === undefined
      ? undefined
      : ((await store.organizations.find(tenant.id, organization)) ??
        (await store.organizations.findByKey(tenant.id, organization.toLowerCase())));
  if (organization !== undefined && !found) {
    return refuse('invalid_request', `parameter organization is invalid: ${organization}`);
  }
  return {
    ok: true,
    request: toLoginRequest(parameters, { client, address, audience, organizationId: found?.id, locale }),
  };
}

/** RFC 6749 §3.1.2.3: compared as texts, character by character; it may be left out where only one is registered. */
function chooseCallback(client: ClientRecord, sent: string | undefined): string | undefined {
  const chosen = sent ?? (client.callbacks.length === 1 ? client.callbacks[0] : undefined);
  if (chosen === undefined || !client.callbacks.includes(chosen) || !URL.canParse(chosen)) return undefined;
  // Never a scheme that runs in our own page, whatever a client has registered.
  return /^(javascript|data|vbscript|blob|file):/i.test(chosen) || chosen.includes('#') ? undefined : chosen;
}

/** What this client may ask for, and what belongs together. */
function checkUse(client: ClientRecord, parameters: Parameters): { error: string; description: string } | undefined {
  const invalid = (description: string) => ({ error: 'invalid_request', description });
  if (parameters.response_type === undefined) return invalid('Missing required parameter: response_type');
  if (parameters.response_type !== 'code') {
    return {
      error: 'unsupported_response_type',
      description: `Unsupported response type: ${parameters.response_type}`,
    };
  }
  if (!client.grantTypes.includes('authorization_code')) {
    return { error: 'unauthorized_client', description: "Grant type 'authorization_code' not allowed for the client." };
  }
  const { code_challenge: challenge, code_challenge_method: method } = parameters;
  if (challenge === undefined && method !== undefined) return invalid('Missing required parameter: code_challenge');
  // RFC 7636 §4.3: without a method it would mean plain, which is refused everywhere.
  if (challenge !== undefined && method === undefined) return invalid('Parameter code_challenge_method must be S256');
  if (challenge === undefined && client.authMethod === 'none') {
    return invalid('Missing required parameter: code_challenge');
  }
  return undefined;
}

type Resolved = {
  client: ClientRecord;
  address: ReturnAddress;
  audience: string | undefined;
  organizationId: string | undefined;
  locale: (uiLocales: string[]) => string;
};

function toLoginRequest(parameters: Parameters, resolved: Resolved): LoginRequest {
  const { client, address, audience, organizationId } = resolved;
  const uiLocales = words(parameters.ui_locales);
  return {
    clientId: client.id,
    ...address,
    responseType: 'code',
    responseMode: 'query',
    scope: words(parameters.scope),
    ...(parameters.nonce === undefined ? {} : { nonce: parameters.nonce }),
    ...(audience === undefined ? {} : { audience }),
    ...(parameters.code_challenge === undefined ? {} : { codeChallenge: parameters.code_challenge }),
    prompt: words(parameters.prompt),
    ...(parameters.max_age === undefined ? {} : { maxAge: Number(parameters.max_age) }),
    ...(parameters.login_hint === undefined ? {} : { loginHint: parameters.login_hint }),
    uiLocales,
    acrValues: words(parameters.acr_values),
    ...(organizationId === undefined ? {} : { organizationId }),
    locale: resolved.locale(uiLocales),
    query: parameters,
  };
}

const words = (text: string | undefined): string[] => (text === undefined ? [] : text.split(' '));
