// An import of users, one after the other, after the answer that took it on. What it has done is in the users themselves:
// an import that a crash cut off begins again, and takes those it made before for its own. Nobody is lost without a word.
import { createHash } from 'node:crypto';
import type {
  AuthenticatorRecord,
  ConnectionRecord,
  JobErrorRecord,
  JobRecord,
  Json,
  JsonObject,
  UserRecord,
} from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Afterwards } from './afterwards.ts';
import { isImported } from './factors/imported-hash.ts';
import { mergeMetadata, newUser, type UserInput } from './lifecycle/user.ts';
import type { Ports } from './ports.ts';

/** A user of the file. What was wrong with one was found before; it waits here for the others. */
export type ImportEntry =
  /** `shown`: as the file has it, without what is secret. */
  { shown: JsonObject } & (
    | { errors: JobErrorRecord['errors'] }
    | { user: UserInput; factors: ImportedFactor[]; errors?: undefined }
  );
export type ImportedFactor = Pick<AuthenticatorRecord, 'type' | 'secret' | 'phoneNumber' | 'email'>;

/** Others want to be served meanwhile. */
const AT_ONCE = 20;
/** A sign of life now and then: without one for `ABANDONED_MS`, another process goes on. */
const SIGN_OF_LIFE_MS = 10_000;
const ABANDONED_MS = 60_000;

type Needed = Pick<Ports, 'store' | 'now' | 'random' | 'log'>;

/** Goes on with imports whose process is gone. */
export async function resumeImports(
  ports: Needed,
  { afterwards }: { afterwards: Pick<Afterwards, 'start'> },
): Promise<void> {
  for (const job of await ports.store.jobs.abandoned(ports.now() - ABANDONED_MS, 10)) {
    const { tenantId, id } = job;
    await ports.store.jobs.update(tenantId, id, (row) => ({ ...row, updatedAt: ports.now() }));
    afterwards.start(tenantId, () => importUsers(ports, job));
  }
}

export async function importUsers(ports: Needed, job: JobRecord): Promise<void> {
  const { store, now } = ports;
  const { tenantId, id, connectionId = '', entries = [] } = job;
  // It may have waited so long for its turn that another process has taken it for abandoned, and done it.
  if ((await store.jobs.find(tenantId, id))?.entries === undefined) return;
  const connection = await store.connections.find(tenantId, connectionId);
  const summary = { total: entries.length, inserted: 0, updated: 0, failed: 0 };
  const errors: JobErrorRecord[] = [];
  const seen = new Set<string>();
  let lifeAt = 0;
  for (const [index, stored] of entries.entries()) {
    if (now() - lifeAt >= SIGN_OF_LIFE_MS) {
      lifeAt = now();
      await store.jobs.update(tenantId, id, (row) => ({ ...row, status: 'processing', updatedAt: lifeAt }));
    }
    if (index % AT_ONCE === 0) await new Promise(setImmediate);
    const entry = stored as unknown as ImportEntry;
    const done = await importOne(ports, { job, connection, seen }, entry, index);
    if (typeof done === 'string') summary[done] += 1;
    else {
      summary.failed += 1;
      errors.push({ user: entry.shown, errors: done });
    }
  }
  await store.jobs.update(tenantId, id, ({ entries: _done, ...row }) => ({
    ...row,
    status: 'completed',
    summary,
    errors,
    updatedAt: now(),
  }));
}

type Done = 'inserted' | 'updated' | JobErrorRecord['errors'];

type Run = {
  job: JobRecord;
  connection: ConnectionRecord | undefined;
  /** Ids of users that this run has been at: a file may name one twice. */
  seen: Set<string>;
};

async function importOne(ports: Needed, run: Run, entry: ImportEntry, index: number): Promise<Done> {
  const { job, connection, seen } = run;
  if (entry.errors) return entry.errors;
  if (!connection) return [{ code: 'CONNECTION_GONE', message: 'The connection was removed during the import' }];
  try {
    return await write(ports, { job, connection, seen }, entry, index);
  } catch (cause) {
    // Without a database nothing of it can be told; somebody begins again with the whole of it.
    await ports.store.ping();
    ports.log.error({ cause, tenantId: job.tenantId, job: job.id, index }, 'a user could not be imported');
    return [{ code: 'INTERNAL_ERROR', message: 'The user could not be written; import it again' }];
  }
}

async function write(
  { store, random, now }: Needed,
  { job, connection, seen }: Run & { connection: ConnectionRecord },
  { user: input, factors }: Extract<ImportEntry, { errors?: undefined }>,
  index: number,
): Promise<Done> {
  const { tenantId } = connection;
  const own = input.id ?? createHash('sha256').update(`${job.id} ${index}`).digest('hex').slice(0, 24);
  const user = newUser({ store, random, now: () => job.createdAt }, connection, { ...input, id: own });
  const made: Change[] = [
    { kind: 'user.insert', user },
    ...factors.map((factor): Change => {
      const id = `dev_${random.letters(16)}`;
      const row = { tenantId, id, userId: user.id, confirmed: true, createdAt: now(), enrolledAt: now() };
      return { kind: 'authenticator.insert', authenticator: { ...row, ...factor } };
    }),
  ];
  const isAgain = seen.has(user.id);
  seen.add(user.id);
  if ((await store.commit(made)).ok) return 'inserted';
  const existing = await findExisting(store, connection, user);
  if (!existing) return [duplicated('Another user has the same identifiers')];
  // This very import wrote it, before it was cut off.
  if (existing.id === user.id && existing.createdAt === job.createdAt && !isAgain) return 'inserted';
  if (!job.upsert) return [duplicated('The user already exist and upsert parameter is false')];
  if (existing.linkedTo !== undefined) return [duplicated('The user is linked to another one')];
  if (existing.connection !== connection.name) return [duplicated('A user of another connection has the same id')];
  const updated = await store.users.update(tenantId, existing.id, (row) => ({
    ...merged(row, input),
    updatedAt: now(),
  }));
  return typeof updated === 'string' ? [duplicated('Another user has the same identifiers')] : 'updated';
}

const duplicated = (message: string) => ({ code: 'DUPLICATED_USER', message });

async function findExisting(
  store: Ports['store'],
  { tenantId, name }: ConnectionRecord,
  { id, email, username, phoneNumber }: UserRecord,
): Promise<UserRecord | undefined> {
  const byId = await store.users.find(tenantId, id);
  if (byId) return byId;
  for (const typed of [email, username, phoneNumber]) {
    const found = typed === undefined ? undefined : await store.users.findByIdentifier(tenantId, name, typed);
    if (found) return found;
  }
  return undefined;
}

/**
 * What an import may change of a user who is there already. A password that was proved here is never replaced by one of
 * another system; how the person signs in stays too.
 */
function merged(row: UserRecord, input: UserInput): UserRecord {
  const { email, emailVerified, name, nickname, givenName, familyName, picture, passwordHash } = input;
  // What the file says of another address than the one that stays says nothing of this one.
  const isSameAddress = email?.toLowerCase() === row.email?.toLowerCase();
  const isUnproved = row.passwordHash === undefined || isImported(row.passwordHash);
  return {
    ...row,
    ...(emailVerified === undefined || !isSameAddress ? {} : { emailVerified }),
    ...(name === undefined ? {} : { name }),
    ...(nickname === undefined ? {} : { nickname }),
    ...(givenName === undefined ? {} : { givenName }),
    ...(familyName === undefined ? {} : { familyName }),
    ...(picture === undefined ? {} : { picture }),
    ...(passwordHash === undefined || !isUnproved ? {} : { passwordHash }),
    userMetadata: mergedWith(row.userMetadata, input.userMetadata),
    appMetadata: mergedWith(row.appMetadata, input.appMetadata),
  };
}

function mergedWith(current: JsonObject, given: JsonObject | undefined): JsonObject {
  const changes: [string, Json][] = Object.entries(given ?? {});
  return changes.length === 0 ? current : mergeMetadata(current, Object.fromEntries(changes));
}
