// Server, protocol: where the parameters of an authorization request are: in the address itself, in a request object that
// the client has signed (RFC 9101), or with us, pushed before (RFC 9126).
import type { ClientRecord, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import type { Parameters } from '../request.ts';
import type { BadParameter } from './authorize-parameters.ts';
import { isPushed, takePushed } from './pushed-request.ts';
import { openRequestObject } from './request-object.ts';

export type Gathered = { ok: true; parameters: Parameters } | ({ ok: false } & BadParameter);

type Needs = Pick<Deps, 'store' | 'clock' | 'egress'>;
const refuse = (error: string, description: string) => ({ ok: false, error, description }) as const;

/** What the authorization endpoint was sent, with what that stands for. A pushed request is taken here, once. */
export async function gatherParameters(
  deps: Needs,
  tenant: TenantRecord,
  client: ClientRecord,
  sent: Parameters,
): Promise<Gathered> {
  const { request_uri: requestUri } = sent;
  if (requestUri === undefined) {
    if (client.settings.require_pushed_authorization_requests === true)
      return refuse('invalid_request', 'Pushed authorization requests are required of this client');
    return openSigned(deps, tenant, client, sent);
  }
  if (sent.request !== undefined) return refuse('invalid_request', 'request and request_uri exclude each other');
  // Fetching what a stranger names would make us a means of calling others.
  if (!isPushed(requestUri)) return refuse('request_uri_not_supported', 'Only pushed requests have a request_uri here');
  const pushed = await takePushed(deps, tenant, client, requestUri);
  if (!pushed) return refuse('invalid_request_uri', 'The request_uri is unknown, used or too old');
  // RFC 9126 §4: whatever stands beside it in the address counts for nothing.
  return pushed.signed || !mustSign(client)
    ? { ok: true, parameters: pushed.parameters }
    : refuse('invalid_request', UNSIGNED);
}

const UNSIGNED = 'Signed requests are required of this client';

function mustSign({ settings }: ClientRecord): boolean {
  const { require_signed_request_object: required, signed_request_object: own } = settings;
  const says = typeof own === 'object' && own !== null && !Array.isArray(own) && own.required === true;
  return required === true || says;
}

/**
 * The parameters with those of their request object in front. Where the client always signs, nothing counts but what it
 * has signed (RFC 9101 §6.3).
 */
export async function openSigned(
  deps: Needs,
  tenant: TenantRecord,
  client: ClientRecord,
  sent: Parameters,
): Promise<Gathered> {
  const { request, ...plain } = sent;
  if (request === undefined) {
    return mustSign(client) ? refuse('invalid_request', UNSIGNED) : { ok: true, parameters: plain };
  }
  const opened = await openRequestObject(deps, tenant, client, request);
  if (!opened.ok) return opened;
  const { parameters: signed } = opened;
  // OpenID Connect Core §6.1: what OAuth needs outside must be the same inside.
  const differing = ['client_id', 'response_type'].find(
    (name) => signed[name] !== undefined && plain[name] !== undefined && !isSame(name, signed[name], plain[name]),
  );
  if (differing !== undefined)
    return refuse('invalid_request_object', `The ${differing} of the request object differs from that of the request`);
  return { ok: true, parameters: { ...(mustSign(client) ? {} : plain), client_id: client.id, ...signed } };
}

/** The order of response types means nothing. */
function isSame(name: string, a: string, b: string): boolean {
  const ordered = (text: string) => text.split(' ').sort().join(' ');
  return name === 'response_type' ? ordered(a) === ordered(b) : a === b;
}
