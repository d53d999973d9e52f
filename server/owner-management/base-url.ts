// Owner management: where a tenant may lie: at a host, or below one path segment of a host, which is its own name or id,
// so that an address never means two tenants, and none of the addresses at a root.
import { isSegment, RESERVED_SEGMENTS } from '../tenant-of-path.ts';

type Named = { id?: string; name: string };

/** What is wrong with it; undefined when nothing is. `at`: its name in the request. */
export function flawOfBaseUrl(value: string, { id, name }: Named, at = 'base_url'): string | undefined {
  const url = URL.parse(value);
  const isPlain = url && /^https?:$/.test(url.protocol) && `${url.origin}${url.pathname.replace(/\/$/, '')}` === value;
  if (!isPlain) return `${at} must be scheme, host and port, and at most one path segment, without a slash at the end`;
  if (value === url.origin) return undefined;
  const segment = url.pathname.slice(1);
  if (segment !== name && segment !== id)
    return `the path of ${at} must be the tenant's name${id === undefined ? '' : ' or id'}`;
  if (!isSegment(segment)) return `the path of ${at} must be letters, digits, hyphens and underscores`;
  return RESERVED_SEGMENTS.has(segment)
    ? `the path of ${at} must not be ${segment}, which stands for addresses of a host`
    : undefined;
}

/** The base URL and the issuer that an onboarding asks for. */
export function placeFor(
  { id, name, domain, issuer }: { id: string; name: string; domain: string; issuer?: string },
  isTaken: boolean,
): { ok: true; baseUrl: string; issuer?: string } | { ok: false; flaw: string } {
  const root = domain.replace(/\/$/, '');
  const chosen = issuer?.replace(/\/$/, '') ?? (isTaken ? `${root}/${id}` : root);
  if (issuer !== undefined && URL.parse(chosen)?.origin !== URL.parse(root)?.origin) {
    return { ok: false, flaw: 'authorization_server.issuer must lie at tenant.domain' };
  }
  const flaw = flawOfBaseUrl(
    chosen,
    { id, name },
    issuer === undefined ? 'tenant.domain' : 'authorization_server.issuer',
  );
  if (flaw !== undefined) return { ok: false, flaw };
  return { ok: true, baseUrl: chosen, ...(issuer === chosen ? { issuer } : {}) };
}
