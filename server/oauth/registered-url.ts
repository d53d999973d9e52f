// Server, protocol: whether an address or an origin is one that a client has registered. Texts are compared character by
// character (RFC 9700 §4.1.3); a wildcard stands for one label of the host and for nothing else.
import type { ClientRecord } from '#storage/records.ts';

/** Schemes that run in our own page, whatever a client has registered. */
export const PROGRAMS = /^(javascript|data|vbscript|blob|file|about):/i;

/**
 * Whether `sent` is what `registered` says. `https://*.example.com/cb` matches one label in the place of the star: it may
 * stand in the leftmost label only, in front of a domain of at least two, and not on http but for localhost.
 */
export function matchesRegistered(registered: string, sent: string): boolean {
  if (!registered.includes('*')) return registered === sent;
  const pattern = wildcardPattern(registered);
  return pattern !== undefined && sent.length <= LONGEST && pattern.test(sent);
}

const LONGEST = 2048;
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';

/** Scheme, leftmost label with its star, the domain behind it, the rest: no star in those. */
const WILDCARD = /^(https?):\/\/([a-z0-9-]*\*[a-z0-9-]*)((?:\.[a-z0-9-]+)+)((?::\d{1,5})?(?:[/?][^*#]*)?)$/i;

function wildcardPattern(registered: string): RegExp | undefined {
  const parts = WILDCARD.exec(registered);
  if (!parts) return undefined;
  const [, scheme = '', label = '', domain = '', rest = ''] = parts;
  const isLocal = domain.toLowerCase() === '.localhost';
  if (scheme.toLowerCase() === 'http' && !isLocal) return undefined;
  // A star in front of `.com` would be everybody.
  if (!isLocal && domain.split('.').length < 3) return undefined;
  const [before = '', after = ''] = label.split('*').map(RegExp.escape);
  return new RegExp(`^${RegExp.escape(`${scheme}://`)}${before}${LABEL}${after}${RegExp.escape(domain + rest)}$`);
}

/** RFC 8252 §7.3: a program on the person's own machine listens at whatever port is free. */
const LOOPBACK = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::\d{1,5})?((?:[/?][^#\s\\]*)?)$/;

function matchesLoopback(registered: string, sent: string): boolean {
  const [, host, rest] = LOOPBACK.exec(registered) ?? [];
  const [, sentHost, sentRest] = LOOPBACK.exec(sent) ?? [];
  return host !== undefined && host === sentHost && rest === sentRest;
}

/** The callback of a request (RFC 6749 §3.1.2.3): it may be left out where only one is registered. */
export function chooseCallback(client: ClientRecord, sent: string | undefined): string | undefined {
  const { callbacks, appType } = client;
  const chosen = sent ?? (callbacks.length === 1 && !callbacks[0]?.includes('*') ? callbacks[0] : undefined);
  const url = chosen === undefined ? null : URL.parse(chosen);
  // The scheme as browsers read it: they take no notice of white space in it.
  if (chosen === undefined || !url || PROGRAMS.test(url.protocol) || chosen.includes('#')) return undefined;
  const isRegistered = callbacks.some(
    (each) => matchesRegistered(each, chosen) || (appType === 'native' && matchesLoopback(each, chosen)),
  );
  return isRegistered ? chosen : undefined;
}

/** Whether pages of this origin are the client's own: its `web_origins`. */
export function isWebOrigin({ settings }: ClientRecord, origin: string): boolean {
  const { web_origins: registered } = settings;
  // An opaque origin is everybody's.
  if (origin === 'null' || !Array.isArray(registered)) return false;
  return registered.some((each) => typeof each === 'string' && matchesRegistered(each.replace(/\/$/, ''), origin));
}
