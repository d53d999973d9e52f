// Guest code: a URL as the options of a request.

import type { URL } from '../../web/url.ts';

/** What `http.request` takes. */
export function urlToHttpOptions(url: URL): Record<string, unknown> {
  const { protocol, hostname, hash, search, pathname, href, port, username, password } = url;
  return {
    protocol,
    hostname: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
    hash,
    search,
    pathname,
    path: `${pathname}${search}`,
    href,
    ...(port !== '' && { port: Number(port) }),
    ...((username !== '' || password !== '') && {
      auth: `${decodeURIComponent(username)}:${decodeURIComponent(password)}`,
    }),
  };
}
