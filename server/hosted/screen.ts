// Server, hosted pages: what a screen is. A screen turns a resting login into a page, and the page's form into what the
// person did, in the runtime's words; it knows no HTTP.
import type { Notice } from '#runtime/codes.ts';
import type { RestedLogin } from '#runtime/runtime.ts';
import type { DoorInput } from '#runtime/transaction/input.ts';
import type { Challenge, Enrollment } from '#runtime/transaction/transaction.ts';
import type { Values } from '../request.ts';
import type { Markup } from './page.ts';
import type { Surroundings } from './surroundings.ts';
import type { Language, Texts } from './texts/texts.ts';

export type View = {
  login: RestedLogin;
  /** Where the form goes: the screen's own path with its `state` and what else stands in its query. */
  action: string;
  /** The key of the login, for the hidden field. */
  state: string;
  /** Why the former try was refused. */
  notice?: Notice;
  texts: Texts;
  language: Language;
  surroundings: Surroundings;
  /** The parameters of the page's own address. */
  query: Fields;
  /** What the refused form held, so that nobody types it again; empty when the page is opened. */
  sent: Values;
};

/** The fields of a submitted form, each once; an empty field is left out. */
export type Fields = Record<string, string>;

export type Reading =
  /** The form in the runtime's words. */
  | { ok: true; input: DoorInput }
  /** Another screen of the same state was asked for: the login does not move. */
  | { ok: true; turnTo: string; query?: Fields }
  /** Why it is not even tried. */
  | { ok: false; notice: Notice };

export type Screen = {
  path: string;
  title(view: View): string;
  body(view: View): Markup;
  /** Addresses of pictures that lie with others. */
  images?(view: View): string[];
  /** Repeated fields are only in `view.sent`, and only where the screen takes them. */
  read(fields: Fields, view: View): Reading;
  takesRepeatedFields?: true;
  /** Whether it can be shown at all; a closed one leads to another screen of the same state. */
  isOpen?(surroundings: Surroundings): boolean;
};

/** Keys of refusals that need nothing but their key. */
type PlainKey = Exclude<
  Notice['key'],
  'too-many-failures' | 'ip-blocked' | 'same-user-login' | 'sign-up-refused' | 'invalid-field'
>;

export function refused(key: PlainKey): Reading {
  return { ok: false, notice: { key } };
}

/** The value of a field of the refused form; empty where there was none. */
export function sentValue({ sent }: View, name: string): string {
  return sent.get(name)?.[0] ?? '';
}

/** Where the code that the login waits for was sent, masked. */
export function sentTo(login: RestedLogin): string {
  const enrollment = presentEnrollment(login);
  if (enrollment?.factor === 'phone') return enrollment.sent?.to ?? '';
  return presentChallenge(login)?.sentTo ?? '';
}

/** The challenge that a challenging login waits on. */
export function presentChallenge({ state, challenges }: RestedLogin): Challenge | undefined {
  return state.name === 'challenging' ? challenges.find(({ id }) => id === state.challengeId) : undefined;
}

/** The authenticator in the making that an enrolling login waits on. */
export function presentEnrollment({ state }: RestedLogin): Enrollment | undefined {
  return state.name === 'enrolling' ? state.enrollment : undefined;
}

/** Whether there is another method to try. */
export function hasOthers({ state }: RestedLogin): boolean {
  return 'offers' in state && state.offers.length > 1;
}

/** Where the browser finds a page of a login. */
export function addressAt(path: string, key: string, query: Fields = {}): string {
  const rest = Object.entries(query).map(([name, value]) => `&${name}=${encodeURIComponent(value)}`);
  return `${path}?state=${encodeURIComponent(key)}${rest.join('')}`;
}
