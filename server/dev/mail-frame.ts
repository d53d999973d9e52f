// Server, development: the HTML of a mail as mail programs show it: no script runs, no form is sent, and nothing is loaded
// from elsewhere unless somebody asked for the pictures. The template may be a stranger's, and this is our own origin: the
// browser is told to treat it as nobody's.

/** @param pictures from anywhere; otherwise only those that the mail itself holds. */
export function mailFrame(source: string, { pictures }: { pictures: boolean }): Response {
  // Its links open beside the inbox, not inside the frame. The element goes first, whatever the mail begins with.
  return new Response(`<!doctype html><base target="_blank">${source}`, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': [
        'sandbox allow-popups allow-popups-to-escape-sandbox',
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        `img-src data:${pictures ? ' https: http:' : ''}`,
        'font-src data:',
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
      ].join('; '),
      'x-frame-options': 'SAMEORIGIN',
      'x-dns-prefetch-control': 'off',
      'cache-control': 'no-store',
    },
  });
}
