// Tests, oracle: a browser or a program that asks one question at a time over real HTTP. It keeps cookies and follows
// nothing unless told to.
export type Ask = { method?: string; form?: URLSearchParams | string; headers?: Record<string, string>; body?: string };

export type Visitor = {
  send(path: string, ask?: Ask): Promise<Response>;
  /** Follows redirects for as long as they stay at the server. */
  follow(answer: Response): Promise<Response>;
  cookies: Map<string, string>;
};

const FORM = 'application/x-www-form-urlencoded';

export function createVisitor(site: string, cookies = new Map<string, string>()): Visitor {
  const visitor: Visitor = {
    cookies,
    send: async (path, { form, method = form === undefined ? 'GET' : 'POST', headers = {}, body } = {}) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const content = form === undefined ? body : String(form);
      const response = await fetch(new URL(path, site), {
        method,
        redirect: 'manual',
        headers: {
          ...(cookie === '' ? {} : { cookie }),
          ...(form === undefined ? {} : { 'content-type': FORM }),
          ...headers,
        },
        ...(content === undefined ? {} : { body: content }),
      });
      for (const line of response.headers.getSetCookie()) {
        const [pair = ''] = line.split(';');
        const name = pair.slice(0, pair.indexOf('='));
        const value = pair.slice(pair.indexOf('=') + 1);
        if (value === '') cookies.delete(name);
        else cookies.set(name, value);
      }
      return response;
    },
    follow: async (answer) => {
      let last = answer;
      for (let hops = 0; hops < 10; hops++) {
        const location = last.headers.get('location');
        const next = location === null ? undefined : new URL(location, last.url);
        if (next?.origin !== new URL(site).origin || isScreen(next)) return last;
        last = await visitor.send(next.href);
      }
      throw new Error('more than ten redirects');
    },
  };
  return visitor;
}

/** Where either server asks the person for something. */
export function isScreen({ pathname }: URL): boolean {
  return pathname.startsWith('/u/') || pathname.startsWith('/interaction/');
}
