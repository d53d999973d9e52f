// Server, harness: the contract of `sallyport/testing`: what a test gives, and the login that it drives. A simulated login
// is a real one: the same runtime, sandbox, storage and rules, with a clock, a network and people of the test's own.
import type { FactorType } from '#actions/post-login.ts';
import type { ExecutionRecord, JsonObject, LogRecord } from '#storage/records.ts';
import type { FixtureClient, FixtureOrganization, FixtureUser } from '../project/project.ts';

/** An Action: its name in the project (`phone-first`), a path that begins with `./`, or its text. */
export type SimulatedAction =
  | string
  | { name?: string; code: string; secrets?: Readonly<Record<string, string>>; typescript?: boolean };

export type Simulation = {
  /** The name of one of the project's fixtures, or who it is. Absent: somebody with a password and no factor. */
  user?: string | FixtureUser;
  /** What runs, in this order. Absent: what the project binds to post-login. */
  actions?: readonly SimulatedAction[];
  /** The name of a fixture, or what it is; the user is made a member. */
  organization?: string | (FixtureOrganization & { name: string });
  client?: string | (FixtureClient & { name?: string });
  request?: SimulatedRequest;
  /** Factors that the tenant has on. Absent: the project's; without a project all. */
  factors?: readonly string[];
  /** Settings of the tenant, under the names of the Management API. */
  settings?: JsonObject;
  /** By Action, by name; over those of the project's fixtures. */
  secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /**
   * What scripts' calls out are answered with, by route: `POST https://api.example.com/risk`, `https://api.example.com/*`.
   * A call that no route takes fails the test with its address, whatever the script makes of it.
   */
  fetch?: Readonly<Record<string, StubbedRoute>>;
  /** When it begins: ISO 8601 or milliseconds. Absent: 2026-01-15T12:00:00Z. */
  now?: string | number;
  /** Ids, codes and `Math.random` of scripts follow from it. Absent: the same for every simulation. */
  seed?: string;
  /**
   * Runs scripts in a context of this process, where an editor's breakpoints stop. It is not the sandbox: limits and
   * isolation are missing, and a line of standard error says so.
   */
  debug?: boolean;
  /** The project's folder. Absent: the nearest one above the current folder that holds `sallyport.json`, if there is one. */
  project?: string;
  /** Whether the password is entered before the promise resolves. Absent: true. */
  signIn?: boolean;
};

/** What scripts find in `event.request` and `event.transaction`. */
export type SimulatedRequest = {
  ip?: string;
  userAgent?: string;
  language?: string;
  /** Further parameters of the authorization request; `scope`, `audience`, `acr_values`, `prompt` among them. */
  query?: Readonly<Record<string, string>>;
  geoip?: JsonObject;
};

export type StubbedAnswer = {
  status?: number;
  headers?: Readonly<Record<string, string>>;
  /** A text as it is, anything else as JSON. */
  body?: unknown;
  /** It does not answer: the code of a failure, such as `ECONNREFUSED`. */
  error?: string;
};

/** What a script sent. */
export type StubbedCall = { method: string; url: string; headers: Readonly<Record<string, string>>; body: string };

export type StubbedRoute = StubbedAnswer | ((call: StubbedCall) => StubbedAnswer | Promise<StubbedAnswer>);

/** A factor that can be chosen now. `to`: of the one that is asked for, where its message went, masked as the page has it. */
export type OfferedFactor = { factor: FactorType; to?: string };

/** The login that a test drives. Each method takes one step; it throws where the login cannot take it, and says what it waits for. */
export interface SimulatedLogin {
  /** `choosing`, `challenging`, `enrolling`, `redirected`, `completed`, `denied`, … */
  readonly state: string;
  /** The factors of the picker, or the one that is asked for; empty in states without. */
  readonly offers: readonly OfferedFactor[];
  /** The factor that is being asked for or enrolled. */
  readonly factor: FactorType | undefined;
  /** Where the person was sent, when `redirected` to another site; `state` among its parameters brings them back. */
  readonly redirected: URL | undefined;
  /** The script's form, when `redirected` to one. */
  readonly form: { id: string; fields: JsonObject; vars: JsonObject } | undefined;
  /** What the page says was wrong, by its key, after a refused step. */
  readonly notice: string | undefined;
  /** Once `completed`. Claims are decoded; the tokens were signed and checked. */
  readonly tokens: SimulatedTokens | undefined;
  /** Once `denied`. */
  readonly denied: { code: string; reason: string } | undefined;
  /** The tenant's log of this login, oldest first. */
  readonly logs: readonly LogRecord[];
  /** What its scripts did, oldest first. */
  readonly executions: readonly ExecutionRecord[];
  /** What was sent to the person, oldest first. */
  readonly messages: readonly { channel: string; to: string; text: string; code?: string }[];
  /** Every call out that scripts made, oldest first. */
  readonly calls: readonly StubbedCall[];
  readonly clock: SimulatedClock;
  /** The person as they are now, as `GET /api/v2/users/{id}` shows them. */
  user(): Promise<JsonObject>;
  /** Steps, scripts and decisions, as the timeline of a real login has them. */
  timeline(): Promise<JsonObject>;
  /** The page that the person sees now, as HTML. */
  page(): Promise<string>;
  /** Enters the password, where `signIn` was false. */
  signIn(password?: string): Promise<this>;
  choose(factor: FactorType): Promise<this>;
  /**
   * The right answer to what is asked: the code that was sent or that the app shows, a key's signature; or the given one.
   * `remember`: the box that has this browser remembered is ticked.
   */
  answer(code?: string, options?: { remember?: boolean }): Promise<this>;
  /** A wrong answer. */
  wrong(): Promise<this>;
  approvePush(): Promise<this>;
  rejectPush(): Promise<this>;
  resend(): Promise<this>;
  /** "Try another method". */
  reconsider(): Promise<this>;
  /** Sets up the factor that is offered: gives the number or address, scans, proves it. */
  enroll(address?: string): Promise<this>;
  /** The person comes back to `/continue`, by GET with these parameters or by POST with this body. */
  continue(back?: { query?: Readonly<Record<string, string>>; body?: Readonly<Record<string, string>> }): Promise<this>;
  /** Has read what the page says first (`informing`), such as a new recovery code. */
  acknowledge(): Promise<this>;
  /** Puts off what is only offered (`suggesting`). */
  skip(): Promise<this>;
  /** Allows the application what it wants, or does not (`consenting`). */
  consent(allowed?: boolean): Promise<this>;
  /** Sends the script's form. */
  submit(fields: JsonObject): Promise<this>;
  /** Goes on until the login is over: every challenge is answered rightly, the first offer is taken. It stops with an error where a script sends the person away. */
  finish(): Promise<this>;
  /** The same person, in the same browser, logs in once more. */
  again(
    more?: Pick<Simulation, 'request' | 'actions' | 'signIn'> & { prompt?: 'none' | 'login' },
  ): Promise<SimulatedLogin>;
}

export type SimulatedTokens = {
  idToken: JsonObject;
  accessToken: JsonObject;
  /** Scopes of the access token. */
  scope: readonly string[];
  refreshToken?: string;
};

export interface SimulatedClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** `6 minutes`, `30 seconds`, `2 hours`, `1 day`; a number is milliseconds. Codes, sessions and scripts follow. */
  advance(by: string | number): void;
}
