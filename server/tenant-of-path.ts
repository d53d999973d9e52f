// Server: which tenant a request is for, where an address may name it in its first segment, as a reverse proxy would take
// that segment away: doors below see the same paths at every tenant. What leaves with an address of ours is put back to
// where the tenant lies: by its stored base URL, never by what a Host header says.
import { getPath } from 'hono/utils/url';
import type { TenantRecord } from '#storage/records.ts';
import type { Deps } from './deps.ts';
import { tenantOfHost } from './tenant-of-host.ts';

/** Where a request was sent to. */
export type Addressed = {
  tenant: TenantRecord;
  /** Scheme, host and port that were called, by the base URL of whoever lies there. */
  origin: string;
  /** What stands before the doors' own paths in the address that was called: `/acme`, or nothing. */
  prefix: string;
  /** What has to stand before a root-relative address of ours that leaves: nothing, `/acme`, or the whole base URL. */
  base: string;
  /** Where the cookies of the request belong. */
  cookiePath: string;
};

/**
 * First segments of the doors' own paths, and those kept for doors to come. No tenant is found by one of them, except for
 * the addresses that every tenant has (`isOpenToAll`), which none of the doors has at its root.
 */
export const RESERVED_SEGMENTS: ReadonlySet<string> = new Set([
  '.well-known',
  'activate',
  'api',
  'assets',
  'authorize',
  'continue',
  'dbconnections',
  'dev',
  'exports',
  'healthz',
  'login',
  'logout',
  'metrics',
  'mfa',
  'oauth',
  'oidc',
  'operator',
  'passwordless',
  'push',
  'readyz',
  'scim',
  'static',
  'twilio',
  'u',
  'userinfo',
  'v1',
  'v2',
]);

/** A name or an id as it stands in an address: nothing that would have to be written otherwise there. */
const SEGMENT = /^\/([A-Za-z0-9][A-Za-z0-9_-]{0,63})(?=\/|$)/;

export const isSegment = (text: string): boolean => SEGMENT.exec(`/${text}`)?.[1] === text;

/** The path of a tenant's base URL; empty for a tenant that has a host of its own. */
const pathOfTenant = ({ baseUrl }: Pick<TenantRecord, 'baseUrl'>): string =>
  new URL(baseUrl).pathname.replace(/\/$/, '');

/**
 * @param url the address as it was asked for.
 * @param path its path, as the doors read paths.
 */
export async function tenantOfAddress(
  deps: Pick<Deps, 'store' | 'config'>,
  url: URL,
  path: string,
): Promise<Addressed | undefined> {
  const ofHost = await tenantOfHost(deps, url);
  const [prefix, segment] = SEGMENT.exec(path) ?? [];
  const rest = prefix === undefined ? '' : path.slice(prefix.length);
  if (prefix !== undefined && segment !== undefined && (!RESERVED_SEGMENTS.has(segment) || isOpenToAll(rest))) {
    const host = url.host.replace(/:443$/, '');
    const named = await findNamed(deps, { ofHost, host, prefix, segment });
    const found = named && placeOf(named, { ofHost, host, prefix, rest });
    if (found) return found;
  }
  return ofHost && { tenant: ofHost, origin: new URL(ofHost.baseUrl).origin, prefix: '', base: '', cookiePath: '/' };
}

/** Whose path it is goes before whose name it is: names can be changed. */
async function findNamed(
  { store }: Pick<Deps, 'store'>,
  {
    ofHost,
    host,
    prefix,
    segment,
  }: { ofHost: TenantRecord | undefined; host: string; prefix: string; segment: string },
): Promise<TenantRecord | undefined> {
  const hosts = new Set([host, ...(ofHost ? [new URL(ofHost.baseUrl).host] : [])]);
  for (const each of hosts) {
    const found = await store.tenants.findByHost(each + prefix);
    if (found) return found;
  }
  return store.tenants.find(segment);
}

function placeOf(
  named: TenantRecord,
  asked: { ofHost: TenantRecord | undefined; host: string; prefix: string; rest: string },
): Addressed | undefined {
  const { ofHost, host, prefix, rest } = asked;
  const ownPath = pathOfTenant(named);
  const { origin, host: ownHost } = new URL(named.baseUrl);
  const isAtHome = ownHost === host || (ofHost !== undefined && new URL(ofHost.baseUrl).host === ownHost);
  // A tenant with a path of its own has all of its doors there.
  if (ownPath !== '' && isAtHome) return { tenant: named, origin, prefix, base: ownPath, cookiePath: `${ownPath}/` };
  if (ofHost === undefined || !isOpenToAll(rest)) return undefined;
  if (named.id === ofHost.id) return { tenant: named, origin, prefix, base: '', cookiePath: '/' };
  // At the host of another: what it keeps in the browser must not take the place of what the other one keeps there.
  const called = new URL(ofHost.baseUrl).origin;
  return { tenant: named, origin: called, prefix, base: named.baseUrl, cookiePath: `${prefix}/` };
}

/** The addresses that each tenant has below its name, wherever it lies otherwise (operating contract, "Addresses"). */
const isOpenToAll = (rest: string): boolean =>
  rest.startsWith('/v1/') ||
  /^\/\.well-known\/(openid-configuration|oauth-authorization-server|jwks\.json)$/.test(rest);

/** The path that the doors see. */
export function pathBelow(request: Request, { prefix }: Pick<Addressed, 'prefix'>): string {
  return getPath(request).slice(prefix.length) || '/';
}

/** A root-relative address of ours as the browser has to ask for it; any other address as it is. */
function fromRoot(base: string, address: string): string {
  return /^\/(?!\/)/.test(address) ? base + address : address;
}

/** Puts addresses of ours in the headers of an answer to where the tenant lies. */
export function rebaseHeaders(headers: Headers, base: string): void {
  const location = headers.get('location');
  if (location !== null) headers.set('location', fromRoot(base, location));
  const refresh = headers.get('refresh');
  const [, seconds, address] = /^(\d+;url=)(.*)$/.exec(refresh ?? '') ?? [];
  if (seconds !== undefined && address !== undefined) headers.set('refresh', seconds + fromRoot(base, address));
}
