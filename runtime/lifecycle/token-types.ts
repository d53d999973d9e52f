// Lifecycle: what a token from elsewhere may be called: a URI of somebody's own. A name that a specification gives, or that
// looks like a vendor's, would say something about the token which the tenant's Action does not.

const URN = /^urn:[a-z0-9][a-z0-9-]{0,31}:[\x21-\x7e]+$/i;

/** An `https:` address or a URN. */
export function isTokenType(text: string): boolean {
  return URN.test(text) || (/^https:\/\/[\x21-\x7e]+$/i.test(text) && URL.canParse(text));
}

const RESERVED_HOSTS = ['auth0.com', 'okta.com'];
const RESERVED_NAMES = ['ietf', 'auth0', 'okta'];

/** Of a text that is a token type. RFC 8141 §3.1: the name of a namespace is compared without regard to case. */
export function isReservedTokenType(text: string): boolean {
  const [scheme = '', namespace = ''] = text.toLowerCase().split(':');
  return scheme === 'urn' ? RESERVED_NAMES.includes(namespace) : RESERVED_HOSTS.includes(new URL(text).hostname);
}
