// Server, hosted pages: everything a page can say, as a type. One file a language fills it, so no language lacks a key.
import type { Notice } from '#runtime/codes.ts';
import type { PasswordCharacters } from '#runtime/lifecycle/password-policy.ts';
import { en } from './en.ts';
import { ja } from './ja.ts';

export const LANGUAGES = ['en', 'ja'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Why there is a page without a form. */
export type ProblemKey =
  /** No such login, another browser's, or a damaged address: not told apart. */
  | 'unknown-login'
  | 'expired'
  /** The login was finished already, and its result was fetched. */
  | 'already-used'
  /** A form that another site sent. */
  | 'foreign-form'
  | 'bad-request'
  /** The application sent us something we cannot answer by sending the person back. */
  | 'bad-application'
  | 'not-found'
  | 'too-many-requests'
  /** Of a mail: used already, or too old. */
  | 'link-used'
  /** The same, of a link by which an address is verified. */
  | 'verification-link-used'
  | 'fault';

/** The rows of the picker, by their `action`. */
export type PickerAction = 'sms' | 'otp' | 'email';

/** Scopes that say something about the person, or for how long. */
export type PersonScope = 'openid' | 'profile' | 'email' | 'phone' | 'offline_access';

export type Texts = {
  login: {
    title: string;
    lead(application: string): string;
    identifier: string;
    password: string;
    submit: string;
    forgot: string;
    /** Before the link to the sign-up page. */
    noAccount: string;
    signUp: string;
  };
  signUp: {
    title: string;
    lead(application: string): string;
    email: string;
    username: string;
    password: string;
    submit: string;
    /** Before the link to the login page. */
    hasAccount: string;
    logIn: string;
  };
  picker: { title: string; lead: string; back: string; factors: Record<PickerAction, { label: string; hint: string }> };
  /** The picker of what to enroll; its labels are those of the other picker. */
  enrollPicker: { title: string; lead: string; hints: Record<PickerAction, string> };
  enrollment: {
    title: string;
    /** What to do with the picture. */
    scan: string;
    /** What to do with the key alone. */
    type: string;
    /** Says what the picture is to those who do not see it. */
    picture: string;
    key: string;
    open: string;
    showKey: string;
    showPicture: string;
    code: string;
    phoneLead: string;
    phone: string;
    /** The country code that goes in front of the number. */
    country: string;
    changeCountry: string;
    changePhone: string;
    sendCode: string;
    countries: string;
    countriesLead: string;
  };
  challenges: {
    otp: { title: string; lead: string };
    sms: { title: string; lead(to: string): string };
    email: { title: string; lead(to: string): string };
    code: string;
    submit: string;
    resend: string;
    other: string;
    remember: string;
  };
  consent: {
    title: string;
    lead(application: string): string;
    /** What an application may do with each. */
    scopes: Record<PersonScope, string>;
    accept: string;
    decline: string;
  };
  form: { submit: string; optional: string; yes: string; no: string; choose: string };
  /** What a connection asks of a password, as a list. */
  passwordRules: {
    lead: string;
    lengthAtLeast(least: number): string;
    shouldContain(kinds: string[]): string;
    containsAtLeast(least: number, kinds: string[]): string;
    identicalChars(most: number): string;
    kinds: Record<PasswordCharacters, string>;
  };
  /** The page that a mail with a link to verify an address leads to. */
  emailVerification: { title: string; lead(email: string): string; submit: string; done: string; next: string };
  /** Choosing a new password. */
  reset: {
    title: string;
    lead(brand: string): string;
    password: string;
    again: string;
    submit: string;
    done: string;
    next: string;
  };
  /** Asking for the mail that leads there. */
  resetRequest: { title: string; lead: string; email: string; submit: string; back: string };
  /** The same whether or not there is such a person. */
  resetSent: { title: string; lead: string };
  /** Why nobody gets there. */
  resetProblems: Record<'gone' | 'often' | 'denied', { title: string; lead: string }> & {
    /** The link to ask for another mail. */
    again: string;
  };
  /** The page that a mail about a blocked account leads to. */
  unblock: { title: string; lead: string; submit: string; done: string; next: string };
  /** Signing out: the question, then that it is done, or that it was not done. */
  logout: {
    title: string;
    lead(brand: string): string;
    leadFrom(application: string, brand: string): string;
    accept: string;
    decline: string;
    done: { title: string; lead: string };
    kept: { title: string; lead: string };
  };
  /** A device that cannot show pages gets its person. */
  device: {
    /** In front of the code that the device shows. */
    code: string;
    entry: { title: string; lead: string; code: string; submit: string };
    /** The code was in the link. */
    check: { title: string; lead: string; accept: string; decline: string };
    /** The last question, once it is known who asks. `as`: which account that is. */
    confirmation: {
      title: string;
      lead(application: string): string;
      as(account: string): string;
      accept: string;
      decline: string;
    };
    allowed: { title: string; lead: string };
    denied: { title: string; lead: string };
  };
  busy: { title: string; lead: string };
  /** On the way to another site. */
  leaving: { title: string; lead: string; link: string };
  /** Back from another site that sent a form. */
  relay: { title: string; lead: string; submit: string };
  /** In front of the title of a page that carries an error, for those who only hear it. */
  errorPrefix: string;
  notices: { [Key in Notice['key']]: (notice: Extract<Notice, { key: Key }>) => string };
  problems: Record<ProblemKey, { title: string; advice: string }>;
  /** In front of the technical reason on a page for a problem of the application. */
  reason: string;
};

const TEXTS: Record<Language, Texts> = { en, ja };

/** The texts of a language; English for one we do not speak. */
export function textsIn(locale: string): { language: Language; texts: Texts } {
  const language = LANGUAGES.find((known) => known === locale) ?? 'en';
  return { language, texts: TEXTS[language] };
}

/** What a refused form says to the person. */
export function noticeText(texts: Texts, notice: Notice): string {
  const say = texts.notices[notice.key] as (notice: Notice) => string;
  return say(notice);
}
