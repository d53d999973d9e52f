// Server, protocol: where a person may be sent after signing out: what the application has registered, or the tenant. Any
// other address would let everybody borrow our name for their links (open redirect).
import type { ClientRecord, TenantRecord } from '#storage/records.ts';
import { matchesRegistered, PROGRAMS } from './registered-url.ts';

/** The `allowed_logout_urls` of an application or a tenant. */
export function logoutUrls({ settings }: Pick<ClientRecord | TenantRecord, 'settings'>): string[] {
  const { allowed_logout_urls: urls } = settings;
  return Array.isArray(urls) ? urls.filter((url) => typeof url === 'string') : [];
}

/**
 * Whether a person may be sent to `sent`.
 * @param apart `'query'`: the query and the fragment do not count, as for `/v2/logout`; otherwise every character does.
 */
export function isReturnable(registered: readonly string[], sent: string, apart?: 'query'): boolean {
  if (!URL.canParse(sent) || PROGRAMS.test(new URL(sent).protocol)) return false;
  const bare = sent.replace(/[?#].*$/s, '');
  return registered.some((url) => matchesRegistered(url, sent) || (apart === 'query' && matchesRegistered(url, bare)));
}

/** Where to go when nobody says: the first address that is one, not a pattern. */
export function firstReturnable(registered: readonly string[]): string | undefined {
  return registered.find((url) => !url.includes('*') && isReturnable([url], url));
}
