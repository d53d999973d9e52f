// Server, project: what an author's folder holds, once `sallyport.json` and `actions/` have been read. The harness, the
// command line and the development server know a project by this type and no file of it otherwise.
//
//   sallyport.json        this, as written
//   actions/<name>.js|ts  one Action each
//   modules/<name>.js|ts  a text that Actions require as `actions:<name>`
//   *.test.ts             tests, which import `sallyport/testing`
import type { TriggerId } from '#actions/triggers.ts';
import type { GuardianFactorName, JsonObject } from '#storage/records.ts';

export type Project = {
  /** Absolute path of the folder that holds `sallyport.json`. */
  folder: string;
  /** Name of the tenant; the development server and the harness make one of this name. */
  tenant: string;
  /** Switches of the tenant. A factor that is not named is off. */
  factors: Readonly<Partial<Record<GuardianFactorName, boolean>>>;
  /** Further settings, under the names of `PATCH /api/v2/tenants/settings`. */
  settings: JsonObject;
  /** In the order of their names. */
  actions: readonly ProjectAction[];
  modules: readonly ProjectModule[];
  /** By trigger, the names of Actions in the order in which they run. */
  bindings: Readonly<Partial<Record<TriggerId, readonly string[]>>>;
  fixtures: Fixtures;
};

export type ProjectAction = {
  /** As in `actions/<name>.ts`. */
  name: string;
  trigger: TriggerId;
  /** Absolute. */
  path: string;
  /** `node22`, … */
  runtime: string;
  /** Packages, as they are declared at a tenant. Builds of ours take them from the project's `node_modules`. */
  dependencies: readonly { name: string; version: string }[];
  /** Names; values are in `fixtures.secrets`, and for a deployment in the environment. */
  secrets: readonly string[];
  /** Names of modules. */
  modules: readonly string[];
};

export type ProjectModule = { name: string; path: string; dependencies: readonly { name: string; version: string }[] };

/** What tests and the development server begin with. Never deployed. */
export type Fixtures = {
  /** By the name that tests call them by. */
  users: Readonly<Record<string, FixtureUser>>;
  organizations: Readonly<Record<string, FixtureOrganization>>;
  clients: Readonly<Record<string, FixtureClient>>;
  /** By Action, by name. */
  secrets: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

/**
 * A person. `factors` are those that they have: `phone` at `phone_number` (or one that is made up), `email` by a verified
 * address, `otp`, `push-notification`, `webauthn-roaming`, `webauthn-platform` and `recovery-code` by authenticators of the
 * harness.
 */
export type FixtureUser = {
  /** Absent: `<name>@example.com`. */
  email?: string;
  /** Absent: true. */
  email_verified?: boolean;
  /** Absent: one that only the harness knows; the development server prints what it made. */
  password?: string;
  name?: string;
  username?: string;
  phone_number?: string;
  factors?: readonly FixtureFactor[];
  /** Names; those that the tenant does not have are made. */
  roles?: readonly string[];
  app_metadata?: JsonObject;
  user_metadata?: JsonObject;
  /** Times that this person has logged in before; absent: 0. */
  logins_count?: number;
  blocked?: boolean;
};

export const FIXTURE_FACTORS = [
  'otp',
  'phone',
  'email',
  'push-notification',
  'webauthn-roaming',
  'webauthn-platform',
  'recovery-code',
] as const;
export type FixtureFactor = (typeof FIXTURE_FACTORS)[number];

/** `members`: names of users, each with the names of their roles there. */
export type FixtureOrganization = {
  display_name?: string;
  metadata?: Readonly<Record<string, string>>;
  members?: Readonly<Record<string, readonly string[]>>;
};

export type FixtureClient = { metadata?: Readonly<Record<string, string>>; callbacks?: readonly string[] };

/** Why a folder is no project. `file` is relative to it; `path` leads to the value, e.g. `fixtures.users.ana.factors.0`. */
export type ProjectFault = { file: string; path?: string; message: string };

export type ProjectRead = { ok: true; project: Project } | { ok: false; faults: readonly ProjectFault[] };
