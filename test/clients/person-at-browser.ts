// Test: a person who signs in where an application sent them, and tells the application how the browser came back.
import { createPlainBrowser, type Page } from '#test/kit/plain-browser.ts';
import type { Landing } from './programs/application.ts';
import { fetchTrusting, type Person, SITE } from './site.ts';

/**
 * The browser of a person, with the session it gets.
 * @returns opens the address that an application gives, enters the password where it is asked for, and says how the
 * browser came back.
 */
export function atBrowser(person: Person): (address: string) => Promise<Landing> {
  const browser = createPlainBrowser(SITE, fetchTrusting);
  return async (address) => {
    let page = await browser.open(address);
    // A device shows a code: it is this one.
    const userCode = page.url.searchParams.get('user_code');
    if (userCode !== null) page = await browser.open(page.url.href, { user_code: userCode, action: 'accept' });
    if (page.url.pathname === '/u/login') {
      page = await browser.post(page, { username: person.email, password: person.password, action: 'default' });
    }
    if (page.url.pathname === '/u/device-code-confirmation') page = await browser.post(page, { action: 'accept' });
    if (page.url.pathname === '/u/device-code-activation-allowed') return { address: page.url.href };
    if (page.status === 0) return { address: page.url.href };
    const form = formOf(page);
    if (!form) throw new Error(`${page.url.href} answered ${page.status}: ${page.html}`);
    return form;
  };
}

/** The form that a page of `response_mode=form_post` would send by itself. */
function formOf({ html }: Page): Landing | undefined {
  const action = /<form[^>]* action="(https:[^"]+)"/.exec(html)?.[1];
  if (action === undefined) return undefined;
  const fields = [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)];
  return {
    address: readable(action),
    form: Object.fromEntries(fields.map(([, name = '', value = '']) => [readable(name), readable(value)])),
  };
}

const readable = (html: string): string =>
  html
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
