// Test: one row for each method of post-login: what a script says, and what is seen of it from outside.
import { expect } from 'vitest';
import type { UserRecord } from '#storage/records.ts';
import type { Page } from '#test/kit/plain-browser.ts';
import { answerOf, items, type Json, type Stage, type Visitor } from './stage.ts';

export type Has = ('otp' | 'phone' | 'email')[];

/** A login that has come to rest. */
export type Rest = {
  stage: Stage;
  user: UserRecord;
  browser: Visitor;
  end: Page;
  /** The same person in the same browser once more, with the same scripts unless others are given. */
  again(scripts?: string[], more?: Record<string, string | undefined>): Promise<Rest>;
};

export type Row = {
  /** The first Action's body, its second handler's, and the body of the Action behind it. */
  does: string;
  continues?: string;
  next?: string;
  /** What the person has. Those without `own` share a browser in which they are signed in. */
  has?: Has;
  /** A person and a browser of this row alone; `fresh`: not signed in before. */
  own?: boolean;
  fresh?: boolean;
  asks?: Record<string, string>;
  sees(rest: Rest): Promise<void>;
  /** Statements that end the login, with the text; or one that nothing can be wrong with. */
  bad: [statement: string, text: string][] | { harmless: string };
};

export type Rows = { readonly [path: string]: Row };

export const execute = (body: string, resume?: string): string =>
  `exports.onExecutePostLogin = async (event, api) => {\n${body}\n};` +
  (resume === undefined ? '' : `\nexports.onContinuePostLogin = async (event, api) => {\n${resume}\n};`);

/** Shows a value to the application. */
export const show = (value: string): string => `api.idToken.setCustomClaim('https://x/shown', ${value});`;

/** The login is finished: what an Action has shown. */
export async function shown({ stage, end }: Rest): Promise<unknown> {
  expect(answerOf(end)).toEqual({ error: null, description: null, code: true });
  return (await stage.tokens(end)).id['https://x/shown'];
}

export function expectDenied({ end }: Rest, description: string): void {
  expect(answerOf(end)).toEqual({ error: 'access_denied', description, code: false });
  expect(end.url.searchParams.get('state')).toBe('the state');
}

/** The page that the login is at. */
export function expectPage({ end }: Rest, path: string): void {
  expect([end.status, end.url.pathname]).toEqual([200, path]);
}

/** Posts the form of the page that the login is at. */
export async function post(rest: Rest, fields: Record<string, string>): Promise<Rest> {
  return { ...rest, end: await rest.browser.post(rest.end, { action: 'default', ...fields }) };
}

export async function comeBack(rest: Rest, query = ''): Promise<Rest> {
  const state = rest.end.url.searchParams.get('state') ?? '';
  return { ...rest, end: await rest.browser.open(`/continue?state=${state}${query}`) };
}

const path = ({ user }: Rest): string => `/users/${encodeURIComponent(user.id)}`;
export const account = (rest: Rest): Promise<Json> => rest.stage.manage('GET', path(rest));
export const factorsOf = async (rest: Rest): Promise<unknown[]> =>
  items(await rest.stage.manage('GET', `${path(rest)}/authentication-methods`)).map(({ type }) => type);
export const sessions = async (rest: Rest): Promise<Json[]> =>
  items((await rest.stage.manage('GET', `${path(rest)}/sessions`)).sessions);
/** The newest execution's Actions. */
export const runs = async ({ stage, user }: Rest): Promise<Json[]> =>
  items((await stage.executions(user.id))[0]?.results);
export const lastLog = async ({ stage, user }: Rest, type: string): Promise<Json | undefined> =>
  (await stage.logs(user.id)).findLast((line) => String(line.type) === type);
