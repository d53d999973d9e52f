// Storage: from a URL to a Store. Opens the database, brings its schema up to date and makes sure that the root keys at
// hand open what it holds; a database that cannot be used is said so before anything is served.

import { sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Desk } from './columns.ts';
import { createCommit } from './commit.ts';
import { type Database, rows } from './database.ts';
import { type Keyring, SealError } from './keyring.ts';
import { migrationsFor } from './migrations/all.ts';
import type { Dialect } from './migrations/dialect.ts';
import { openPostgres } from './postgres.ts';
import { createAllowances } from './repositories/allowances.ts';
import { createAssignments } from './repositories/assignments.ts';
import { createAttempts, createIsExhausted } from './repositories/attempts.ts';
import { createAuthenticators } from './repositories/authenticators.ts';
import { createBindings } from './repositories/bindings.ts';
import { createCollections } from './repositories/collections.ts';
import { createConsents } from './repositories/consents.ts';
import { createDevices, createRememberedBrowsers } from './repositories/devices.ts';
import { createExecutions } from './repositories/executions.ts';
import { createGroupMemberships } from './repositories/group-memberships.ts';
import { createGroupRoles } from './repositories/group-roles.ts';
import { createHandles } from './repositories/handles.ts';
import { createHoldings } from './repositories/holdings.ts';
import { createJobs } from './repositories/jobs.ts';
import { createLogStreams } from './repositories/log-streams.ts';
import { createLoginBlocks } from './repositories/login-blocks.ts';
import { createLoginSteps } from './repositories/login-steps.ts';
import { createLogoutNotices } from './repositories/logout-notices.ts';
import { createLogs } from './repositories/logs.ts';
import { createMembersInOrder } from './repositories/members-in-order.ts';
import { createMessages } from './repositories/messages.ts';
import { createOwners } from './repositories/owners.ts';
import { createPasswordlessCodes } from './repositories/passwordless-codes.ts';
import { createPermissions } from './repositories/permissions.ts';
import { createPushRequests } from './repositories/push-requests.ts';
import { createRefreshTokens } from './repositories/refresh-tokens.ts';
import { createSecurityEvents } from './repositories/security-events.ts';
import { createSeen } from './repositories/seen.ts';
import { createSessions } from './repositories/sessions.ts';
import { createSigningKeys } from './repositories/signing-keys.ts';
import { createStatistics } from './repositories/statistics.ts';
import { createSweep } from './repositories/sweep.ts';
import { createTenants } from './repositories/tenants.ts';
import { createTickets } from './repositories/tickets.ts';
import { createTransactions } from './repositories/transactions.ts';
import { createUsers } from './repositories/users.ts';
import { openSqlite, openSqliteInMemory } from './sqlite.ts';
import type { Store } from './store.ts';

/**
 * Why a store cannot be opened. `bad-url`: not a database we know; `cannot-connect`: nobody there, or we are refused;
 * `cannot-migrate`: the schema is damaged or newer than this program; `wrong-secret`: a root key that sealed in this
 * database is missing.
 */
export type OpenErrorCode = 'bad-url' | 'cannot-connect' | 'cannot-migrate' | 'wrong-secret';

/** The message never holds the URL, which may hold a password. */
export class OpenError extends Error {
  override name = 'OpenError';
  readonly code: OpenErrorCode;
  constructor(code: OpenErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** `sqlite:<file>`, `sqlite::memory:` or `postgres://…`. Throws `OpenError`. */
export async function openStore(url: string, keyring: Keyring, { now }: { now: () => number }): Promise<Store> {
  const { dialect, db } = connect(url);
  try {
    await reach(db);
    await migrate(db, dialect);
    await checkRootKeys({ db, keyring, now });
  } catch (error) {
    await db.close();
    throw error;
  }
  return createStore({ db, keyring, now });
}

/**
 * A store in memory. `image`: what another one held when it was taken, under the same root keys; it is opened as it is,
 * which is some twenty times as fast as to make a new one. `take` makes one of what is held now.
 */
export async function openStoreInMemory(
  keyring: Keyring,
  { now, image }: { now: () => number; image?: Buffer },
): Promise<{ store: Store; take(): Buffer }> {
  const { db, take } = openSqliteInMemory(image);
  const desk = { db, keyring, now };
  if (!image) {
    await migrate(db, 'sqlite');
    await checkRootKeys(desk);
  }
  return { store: createStore(desk), take };
}

function createStore(desk: Desk): Store {
  return {
    commit: createCommit(desk),
    owners: createOwners(desk),
    tenants: createTenants(desk),
    ...createCollections(desk),
    jobs: createJobs(desk),
    logStreams: createLogStreams(desk),
    bindings: createBindings(desk),
    users: createUsers(desk),
    authenticators: createAuthenticators(desk),
    assignments: {
      ...createAssignments(desk),
      ...createGroupMemberships(desk),
      ...createGroupRoles(desk),
      ...createMembersInOrder(desk),
    },
    permissions: createPermissions(desk),
    holdings: createHoldings(desk),
    signingKeys: createSigningKeys(desk),
    transactions: createTransactions(desk),
    handles: createHandles(desk),
    sessions: createSessions(desk),
    refreshTokens: createRefreshTokens(desk),
    pushRequests: createPushRequests(desk),
    tickets: createTickets(desk),
    consents: createConsents(desk),
    logoutNotices: createLogoutNotices(desk),
    once: createSeen(desk),
    devices: createDevices(desk),
    rememberedBrowsers: createRememberedBrowsers(desk),
    ...createAttempts(desk),
    takeAllowances: createAllowances(desk),
    isExhausted: createIsExhausted(desk),
    loginBlocks: createLoginBlocks(desk),
    passwordlessCodes: createPasswordlessCodes(desk),
    messages: createMessages(desk),
    logs: createLogs(desk),
    statistics: createStatistics(desk),
    securityEvents: createSecurityEvents(desk),
    executions: createExecutions(desk),
    loginSteps: createLoginSteps(desk),
    sweep: createSweep(desk),
    rehearse: (play) => desk.db.rehearse((db) => play(createStore({ ...desk, db }))),
    ping: () => reachable(desk.db),
    close: () => desk.db.close(),
  };
}

function connect(url: string): { dialect: Dialect; db: Database } {
  if (/^postgres(ql)?:\/\//.test(url)) {
    if (!URL.canParse(url)) throw new OpenError('bad-url', 'the PostgreSQL URL cannot be parsed');
    return { dialect: 'postgres', db: openPostgres(url) };
  }
  const file = /^sqlite:(.+)$/.exec(url)?.[1];
  if (!file) throw new OpenError('bad-url', 'expected sqlite:<file>, sqlite::memory: or postgres://…');
  try {
    return { dialect: 'sqlite', db: openSqlite(file) };
  } catch (error) {
    throw new OpenError('cannot-connect', `cannot open the SQLite file ${file}: ${reason(error)}`, { cause: error });
  }
}

async function reach(db: Database): Promise<void> {
  try {
    await reachable(db);
  } catch (error) {
    throw new OpenError('cannot-connect', `cannot connect to the database: ${reason(error)}`, { cause: error });
  }
}

async function reachable(db: Database): Promise<void> {
  await db.run(() => rows({ compile: () => sql`select 1`.compile(db.build) }));
}

async function migrate(db: Database, dialect: Dialect): Promise<void> {
  const provider = { getMigrations: async () => migrationsFor(dialect) };
  const { error } = await new Migrator({ db: db.build, provider }).migrateToLatest();
  if (error)
    throw new OpenError('cannot-migrate', `cannot bring the schema up to date: ${reason(error)}`, { cause: error });
}

/** Every key that ever sealed here left a value behind, and each of them must still open: no row is out of reach then. */
async function checkRootKeys({ db, keyring, now }: Desk): Promise<void> {
  const id = keyring.sealingKeyId;
  const place = (key: string) => ({ tenantId: '', table: 'root_keys', row: key, column: 'sealed' });
  const known = await db.run(() => rows(db.build.selectFrom('root_keys').select(['id', 'sealed'])));
  try {
    for (const row of known) keyring.open(place(row.id), row.sealed);
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    throw new OpenError('wrong-secret', 'the root keys do not open this database', { cause: error });
  }
  const mine = { id, sealed: keyring.seal(place(id), 'sallyport'), created_at: now() };
  const insert = db.build
    .insertInto('root_keys')
    .values(mine)
    .onConflict((conflict) => conflict.doNothing());
  await db.run(() => rows(insert));
}

/** A refused connection to several addresses has its reason in its parts, or only a code. */
function reason(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reason(error.errors[0]);
  return error instanceof Error ? error.message || String((error as NodeJS.ErrnoException).code) : String(error);
}
