// Server: which tenant a request is for. The host finds a tenant and does nothing else: issuer, links and cookies come
// from what the tenant has stored.
import { isIPv4 } from 'node:net';
import type { TenantRecord } from '#storage/records.ts';
import type { Deps } from './deps.ts';

/** @param url the address as it was asked for. */
export async function tenantOfHost(
  { store, config }: Pick<Deps, 'store' | 'config'>,
  url: URL,
): Promise<TenantRecord | undefined> {
  // Behind a proxy that speaks TLS we see http, and a Host that may name the port of https.
  const found = await store.tenants.findByHost(url.host.replace(/:443$/, ''));
  if (found) return found;
  return config.dev || isLoopbackName(url.hostname) ? store.tenants.find(config.tenantName) : undefined;
}

/** Names that only this machine answers to (RFC 6761 §6.3). `hostname` is that of a URL: lower case, IPv6 in brackets. */
function isLoopbackName(hostname: string): boolean {
  if (hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]') return true;
  return isIPv4(hostname) && hostname.startsWith('127.');
}
