// Server, hosted pages: the ways to log in beside the one that a page asks for, as links: a password, a code by text message
// or by e-mail.
import { html } from 'hono/html';
import type { Markup } from './page.ts';
import { addressAt, pathOf, type View } from './screen.ts';

const PAGES = {
  password: 'login',
  sms: 'login-passwordless-sms',
  email: 'login-passwordless-email',
} as const;

/** @param texts what the links say, of the ways that the page itself is not. */
export function otherWays(
  { surroundings: { hasPasswords, passwordless = {} }, state }: View,
  texts: Partial<Record<keyof typeof PAGES, string>>,
): Markup[] {
  const open = { password: hasPasswords, sms: passwordless.sms, email: passwordless.email };
  return (['password', 'sms', 'email'] as const).flatMap((way) => {
    const text = texts[way];
    if (text === undefined || !open[way]) return [];
    return [html`<p class="turn"><a href="${addressAt(pathOf({ name: PAGES[way] }), state)}">${text}</a></p>`];
  });
}
