// Server, hosted pages: what a screen is. A screen turns a resting login into a page, and the page's form into what the
// person did, in the runtime's words; it knows no HTTP.
import type { Notice } from '#runtime/codes.ts';
import { maskEmail, maskPhone } from '#runtime/factors/mask.ts';
import type { RestedLogin } from '#runtime/runtime.ts';
import { awaitedCode } from '#runtime/transaction/gated.ts';
import type { DoorInput } from '#runtime/transaction/input.ts';
import type { Challenge, Enrollment, Information } from '#runtime/transaction/transaction.ts';
import type { Values } from '../request.ts';
import type { Markup } from './page.ts';
import type { Partials } from './partials.ts';
import type { Voice } from './speak.ts';
import type { Surroundings } from './surroundings.ts';
import type { PageName } from './texts/texts.ts';
import type { PutOff, ThisBrowser } from './this-browser.ts';

export type View = Voice & {
  login: RestedLogin;
  /** Where the form goes: the screen's own path with its `state` and what else stands in its query. */
  action: string;
  /** The key of the login, for the hidden field. */
  state: string;
  /** Why the former try was refused. */
  notice?: Notice;
  surroundings: Surroundings;
  /** What the tenant put at the places of the page. */
  partials?: Partials;
  /** The parameters of the page's own address. */
  query: Fields;
  /** What the refused form held, so that nobody types it again; empty when the page is opened. */
  sent: Values;
  /** What the page is shown in. */
  browser: ThisBrowser;
  /** Milliseconds since 1970, by the server's clock. */
  now: number;
};

/** The fields of a submitted form, each once; an empty field is left out. */
export type Fields = Record<string, string>;

export type Reading =
  /** The form in the runtime's words. `putOff`: for how long this browser is not asked the like again. */
  | { ok: true; input: DoorInput; putOff?: PutOff }
  /** Another screen of the same state was asked for: the login does not move. */
  | { ok: true; turnTo: PageName['name']; query?: Fields }
  /** Why it is not even tried. */
  | { ok: false; notice: Notice };

/** Its address is `/u/<name>`; its window is called what the text `pageTitle` says. */
export type Screen = (PageName | { prompt: 'custom-form'; name: 'form' }) & {
  /** Where the title is no text of ours. */
  title?(view: View): string;
  body(view: View): Markup;
  /** Addresses of pictures that lie with others. */
  images?(view: View): string[];
  /** Addresses of scripts of ours that it runs. */
  scripts?(view: View): string[];
  /** Its scripts ask us how things stand. */
  connects?: true;
  /** Repeated fields are only in `view.sent`, and only where the screen takes them. */
  read(fields: Fields, view: View): Reading;
  takesRepeatedFields?: true;
  /** Whether it can be shown at all; a closed one leads to another screen of the same state. */
  isOpen?(surroundings: Surroundings): boolean;
};

/** Keys of refusals that need nothing but their key. */
type PlainKey = {
  [Key in Notice['key']]: keyof Extract<Notice, { key: Key }> extends 'key' ? Key : never;
}[Notice['key']];

export function refused(key: PlainKey): Reading {
  // The compiler does not look for one of so many kinds.
  const notice = { key } as Extract<Notice, { key: PlainKey }>;
  return { ok: false, notice };
}

/** The value of a field of the refused form; empty where there was none. */
export function sentValue({ sent }: View, name: string): string {
  return sent.get(name)?.[0] ?? '';
}

/** Where the code that the login waits for was sent, masked. */
export function sentTo(login: RestedLogin): string {
  const enrollment = presentEnrollment(login);
  if (enrollment?.factor === 'phone') return enrollment.sent?.to ?? '';
  const awaited = awaitedCode(login);
  if (awaited) return awaited.factor === 'phone' ? maskPhone(awaited.code.to) : maskEmail(awaited.code.to);
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

/** What an informing login tells now. */
export function presentNote({ state }: RestedLogin): Information | undefined {
  return state.name === 'informing' ? state.notes[0] : undefined;
}

/** Whether there is another method to try. */
export function hasOthers({ state }: RestedLogin): boolean {
  return 'offers' in state && state.offers.length > 1;
}

/** Screens that lie elsewhere than their names say (wire reference, §6.1). */
const LIES_AT: { readonly [Name in Screen['name']]?: string } = {
  'login-passwordless-sms': '/u/login/passwordless-sms',
  'login-passwordless-email': '/u/login/passwordless-email',
  'login-passwordless-sms-otp': '/u/login/passwordless-sms-challenge',
  'login-passwordless-email-code': '/u/login/passwordless-email-challenge',
};

/** The path of a screen. */
export function pathOf({ name }: Pick<Screen, 'name'>): string {
  return LIES_AT[name] ?? `/u/${name}`;
}

/** Screens that a password reset has under a name of its own (wire reference, §6.2). */
const OF_RESETS_TOO: ReadonlySet<string> = new Set([
  'mfa-email-challenge',
  'mfa-otp-challenge',
  'mfa-phone-challenge',
  'mfa-push-challenge-push',
  'mfa-recovery-code-challenge',
  'mfa-sms-challenge',
  'mfa-voice-challenge',
  'mfa-webauthn-platform-challenge',
  'mfa-webauthn-roaming-challenge',
]);

/** The path of a screen in a login. */
export function pathIn({ purpose }: Pick<RestedLogin, 'purpose'>, screen: Pick<Screen, 'name'>): string {
  const isTwin = purpose === 'password-reset' && OF_RESETS_TOO.has(screen.name);
  return isTwin ? `/u/reset-password-${screen.name}` : pathOf(screen);
}

/** Where the browser finds a page of a login. */
export function addressAt(path: string, key: string, query: Fields = {}): string {
  // Names too may be anybody's: they came with the address of the page.
  const rest = Object.entries(query).map(
    ([name, value]) => `&${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  return `${path}?state=${encodeURIComponent(key)}${rest.join('')}`;
}
