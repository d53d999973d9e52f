// Server, hosted pages: what a screen is. A screen turns a resting login into a page, and the page's form into what the
// person did, in the runtime's words; it knows no HTTP.
import type { Notice } from '#runtime/codes.ts';
import type { RestedLogin } from '#runtime/runtime.ts';
import type { DoorInput } from '#runtime/transaction/input.ts';
import type { Challenge } from '#runtime/transaction/transaction.ts';
import type { Markup } from './page.ts';
import type { Texts } from './texts/texts.ts';

export type View = {
  login: RestedLogin;
  /** Where the form goes: the screen's own path with its `state`. */
  action: string;
  /** The key of the login, for the hidden field. */
  state: string;
  /** Why the former try was refused. */
  notice?: Notice;
  texts: Texts;
  /** The application the person comes from. */
  application: string;
  /** What the person typed as identifier, shown again after a refusal. */
  identifier?: string;
};

/** The fields of a submitted form; an empty field is left out. */
export type Fields = Record<string, string>;

/** The form in the runtime's words, or why it is not even tried. */
export type Reading = { ok: true; input: DoorInput } | { ok: false; notice: Notice };

export type Screen = {
  path: string;
  title(texts: Texts): string;
  body(view: View): Markup;
  read(fields: Fields): Reading;
};

export function refused(
  key: 'no-email' | 'no-password' | 'no-code' | 'invalid-otp-code-format' | 'authenticator-error',
): Reading {
  return { ok: false, notice: { key } };
}

/** Where the code of the present challenge was sent, masked. */
export function sentTo(login: RestedLogin): string {
  return presentChallenge(login)?.sentTo ?? '';
}

/** The challenge that a challenging login waits on. */
export function presentChallenge({ state, challenges }: RestedLogin): Challenge | undefined {
  return state.name === 'challenging' ? challenges.find(({ id }) => id === state.challengeId) : undefined;
}
