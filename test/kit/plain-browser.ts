// Test kit: a browser that only knows HTTP: it keeps cookies, follows redirects on its own site, and posts forms. What it
// can do, a page without JavaScript can do.

export type Page = { url: URL; status: number; html: string };

export type PlainBrowser = {
  /** Opens an address; `form` posts it. Follows redirects until a page or another site. */
  open(address: string, form?: Record<string, string>): Promise<Page>;
  /** Posts the form of a page: its hidden `state`, and these fields. */
  post(page: Page, fields: Record<string, string>): Promise<Page>;
  /** A browser with the same cookies. */
  cookies: Map<string, string>;
};

type Send = (url: string, init: RequestInit) => Response | Promise<Response>;

/** @param site scheme, host and port; a redirect elsewhere ends there with status 0 and no html. */
export function createPlainBrowser(site: string, send: Send = fetch): PlainBrowser {
  const cookies = new Map<string, string>();

  async function once(url: URL, form?: Record<string, string>): Promise<Response> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = {
      accept: 'text/html',
      cookie,
      ...(form ? { 'content-type': 'application/x-www-form-urlencoded', origin: site } : {}),
    };
    const body = form ? { method: 'POST', body: String(new URLSearchParams(form)) } : {};
    const response = await send(url.href, { ...body, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    return response;
  }

  const browser: PlainBrowser = {
    cookies,
    open: async (address, form) => {
      let url = new URL(address, site);
      let response = await once(url, form);
      for (let hops = 0; hops < 10; hops++) {
        const location = response.headers.get('location');
        if (!location) return { url, status: response.status, html: await response.text() };
        await response.body?.cancel();
        url = new URL(location, url);
        if (url.origin !== site) return { url, status: 0, html: '' };
        response = await once(url);
      }
      throw new Error(`more than ten redirects, the last to ${url.pathname}`);
    },
    post: (page, fields) => browser.open(page.url.href, { state: page.url.searchParams.get('state') ?? '', ...fields }),
  };
  return browser;
}
