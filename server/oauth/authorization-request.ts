// Server, protocol: an authorization request, checked and turned into what a login carries. Until client and callback
// are known to belong together nothing is ever redirected (RFC 9700 §4.11); after that every refusal goes to the client.
import type { LoginRequest, ResponseType } from '#runtime/transaction/transaction.ts';
import type { ClientRecord, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import type { Parameters, ReadParameters } from '../request.ts';
import { type BadParameter, checkFormats, fits, isResponseMode } from './authorize-parameters.ts';
import { checkUse } from './authorize-use.ts';
import type { ReturnAddress } from './callback.ts';
import { chooseCallback, isWebOrigin } from './registered-url.ts';
import { findReferences, type References } from './request-references.ts';
import { gatherParameters } from './request-source.ts';
import { defaultResponseMode, inFrontChannel, protocolOf, readResponseTypes } from './response-type.ts';

export type CheckedRequest =
  | { ok: true; request: LoginRequest }
  /** No client to go back to: a page. `reason` is for developers. */
  | { ok: false; to: 'page'; reason: string }
  | { ok: false; to: 'client'; address: ReturnAddress; error: string; description: string };

type Needs = Pick<Deps, 'store' | 'clock' | 'random' | 'egress'>;

/** @param locale the language of the pages, chosen by the caller. */
export async function checkAuthorizationRequest(
  deps: Needs,
  tenant: TenantRecord,
  read: ReadParameters,
  locale: (uiLocales: string[]) => string,
): Promise<CheckedRequest> {
  // A parameter given twice may be the client or the callback itself: there is nobody to tell but the person.
  if (!read.ok) return page('name' in read ? `Parameter ${read.name} was sent more than once` : UNREADABLE);
  const { parameters: sent } = read;
  if (sent.client_id === undefined) return page('Missing required parameter: client_id');
  const client = await deps.store.clients.find(tenant.id, sent.client_id);
  if (!client) return page('Unknown client');
  const gathered = await gatherParameters(deps, tenant, client, sent);
  if (!gathered.ok) {
    // What stands outside of a request that cannot be opened still says where to tell of it.
    const address = gathered.error === 'invalid_request_uri' ? undefined : addressOf(client, sent);
    return address ? { ...gathered, to: 'client', address } : page(`${gathered.error}: ${gathered.description}`);
  }
  return checkParameters(deps, tenant, client, gathered.parameters, locale);
}

/** Checks what has been gathered; `client` is the one that the request names. */
export async function checkParameters(
  deps: Needs,
  tenant: TenantRecord,
  client: ClientRecord,
  parameters: Parameters,
  locale: (uiLocales: string[]) => string,
): Promise<CheckedRequest> {
  const address = addressOf(client, parameters);
  if (!address) return page('Callback URL mismatch');
  const refuse = ({ error, description }: BadParameter): CheckedRequest => ({
    ok: false,
    to: 'client',
    address,
    error,
    description,
  });
  const bad = checkFormats(parameters) ?? checkUse(client, parameters) ?? checkMode(client, parameters, address);
  if (bad) return refuse(bad);
  const references = await findReferences(deps, tenant, client, parameters);
  if (!references.ok) return refuse(references);
  return { ok: true, request: toLoginRequest(client, parameters, address, references, locale) };
}

const UNREADABLE = 'The request cannot be read';
const page = (reason: string): CheckedRequest => ({ ok: false, to: 'page', reason });

/**
 * Where answers go, the refusals included: by the mode that was asked for where that can be used, and otherwise by the one
 * that the response type has of itself.
 */
function addressOf(client: ClientRecord, parameters: Parameters): ReturnAddress | undefined {
  const redirectUri = chooseCallback(client, parameters.redirect_uri);
  if (redirectUri === undefined) return undefined;
  const responseTypes = readResponseTypes(parameters.response_type ?? '') ?? (['code'] satisfies ResponseType[]);
  const { response_mode: mode } = parameters;
  const usable = isResponseMode(mode) && unusable(client, redirectUri, responseTypes, mode) === undefined;
  return {
    by: 'redirect',
    redirectUri,
    responseTypes,
    responseMode: usable ? mode : defaultResponseMode(responseTypes),
    ...(fits('state', parameters.state) ? { state: parameters.state! } : {}),
  };
}

function checkMode(client: ClientRecord, { response_mode: mode }: Parameters, address: ReturnAddress) {
  const wrong = isResponseMode(mode) ? unusable(client, address.redirectUri, address.responseTypes, mode) : undefined;
  return wrong === undefined ? undefined : { error: 'invalid_request', description: wrong };
}

/** Why an answer cannot be given in a mode. */
function unusable(
  client: ClientRecord,
  redirectUri: string,
  types: readonly ResponseType[],
  mode: ReturnAddress['responseMode'],
): string | undefined {
  // OAuth 2.0 Multiple Response Types §3 and 5: tokens would stand in logs and in the history of the browser.
  if (mode === 'query' && inFrontChannel(types))
    return 'Parameter response_mode cannot be query for this response_type';
  if (mode === 'web_message' && !isWebOrigin(client, new URL(redirectUri).origin))
    return 'Parameter response_mode cannot be web_message: the origin of the callback is no web origin of the client';
  // A form needs an address that a browser posts to.
  if (mode === 'form_post' && !/^https?:/i.test(redirectUri))
    return 'Parameter response_mode cannot be form_post for this callback';
  return undefined;
}

/** What is not for scripts: tokens and tickets that say more than the request they came with. */
const SECRET = ['id_token_hint', 'invitation', 'client_secret', 'client_assertion'];

function toLoginRequest(
  client: ClientRecord,
  parameters: Parameters,
  address: ReturnAddress,
  { audience, organizationId, invitation, hintedUserId }: References,
  locale: (uiLocales: string[]) => string,
): LoginRequest {
  const uiLocales = words(parameters.ui_locales);
  const {
    nonce,
    code_challenge: codeChallenge,
    // Whoever follows an invitation need not type the address that it is for.
    login_hint: loginHint = invitation?.email,
    connection = invitation?.connection,
    dpop_jkt: keyThumbprint,
  } = parameters;
  return {
    clientId: client.id,
    reply: address,
    protocol: protocolOf(address.responseTypes),
    scope: words(parameters.scope),
    ...(nonce === undefined ? {} : { nonce }),
    ...(audience === undefined ? {} : { audience }),
    ...(codeChallenge === undefined ? {} : { codeChallenge }),
    prompt: words(parameters.prompt),
    ...(parameters.max_age === undefined ? {} : { maxAge: Number(parameters.max_age) }),
    ...(loginHint === undefined ? {} : { loginHint }),
    ...(hintedUserId === undefined ? {} : { hintedUserId }),
    uiLocales,
    acrValues: words(parameters.acr_values),
    ...(organizationId === undefined ? {} : { organizationId }),
    ...(invitation ? { invitationId: invitation.id } : {}),
    ...(connection === undefined ? {} : { connection }),
    ...(keyThumbprint === undefined ? {} : { keyThumbprint }),
    locale: locale(uiLocales),
    query: Object.fromEntries(Object.entries(parameters).filter(([name]) => !SECRET.includes(name))),
    body: {},
  };
}

const words = (text: string | undefined): string[] => (text === undefined ? [] : text.split(' '));
