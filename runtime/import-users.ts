// An import of users, after the answer that took it on, step by step. A step writes some of them, strikes them from what is
// left and counts them, all in one database transaction: cut off anywhere, it goes on there, and nobody comes twice or is lost.
import type {
  AuthenticatorRecord,
  ConnectionRecord,
  JobErrorRecord,
  JobPiece,
  JobRecord,
  Json,
  JsonObject,
  UserRecord,
} from '#storage/records.ts';
import type { Newcomer } from '#storage/store.ts';
import { isImported } from './factors/imported-hash.ts';
import { administratorsOf } from './lifecycle/administration.ts';
import { mergeMetadata, newUser, type UserInput } from './lifecycle/user.ts';
import type { Pace } from './pace.ts';
import type { Ports } from './ports.ts';

/** A user of the file. What was wrong with one was found before; it waits here for the others. */
export type ImportEntry =
  /** `shown`: as the file has it, without what is secret. */
  { shown: JsonObject } & (
    | { errors: JobErrorRecord['errors'] }
    | { user: UserInput; factors: ImportedFactor[]; errors?: undefined }
  );
export type ImportedFactor = Pick<AuthenticatorRecord, 'type' | 'secret' | 'phoneNumber' | 'email'>;

/** Users in a piece of what waits. A step takes one piece while people sign in: a few milliseconds, on SQLite. */
export const USERS_OF_PIECE = 25;
const PIECES_WHEN_CALM = 8;

type Needed = Pick<Ports, 'store' | 'now' | 'random' | 'log'>;
type Errors = JobErrorRecord['errors'];

/** Where in the file it stands, which is its name in the log of a fault. */
type Placed = { entry: ImportEntry; index: number };

export async function importUsers(ports: Needed, { tenantId, id }: JobRecord, pace: Pace): Promise<void> {
  const { store, now, log } = ports;
  const job = await store.jobs.find(tenantId, id);
  if (!job) return;
  const connection = await store.connections.find(tenantId, job.connectionId ?? '');
  let most = PIECES_WHEN_CALM;
  while (await pace.turn()) {
    const pieces = await store.jobs.pieces(tenantId, id, 'people', { limit: pace.isCalm() ? most : 1 });
    if (pieces.length === 0) {
      const conclude = (row: JobRecord) => ({ job: ended(row, now()) });
      await store.jobs.advance(tenantId, id, { conclude });
      return;
    }
    try {
      if ((await step(ports, job, connection, pieces)) === 'gone') {
        // Somebody else did this step. Over, or on with the next.
        if (!isUnderWay(await store.jobs.find(tenantId, id))) return;
      }
    } catch (cause) {
      // Without a database nothing of it can be told; somebody goes on from here.
      await store.ping();
      const [first] = pieces;
      log.error({ cause, tenantId, job: id, from: first?.position }, 'a step of an import failed');
      // In smaller steps, until it is one user who cannot be written.
      if (most > 1) most = 1;
      else if (first) await makeSmaller(ports, job, first);
    }
  }
}

/** A job that never counted its users has none to show for: it is of another release, whose pieces nobody finds. */
function ended(row: JobRecord, at: number): JobRecord {
  const { progress, summary = { total: progress?.total ?? 0, inserted: 0, updated: 0, failed: 0 } } = row;
  return { ...row, status: progress ? 'completed' : 'failed', summary, updatedAt: at };
}

const isUnderWay = (job: JobRecord | undefined): boolean => job?.status === 'pending' || job?.status === 'processing';

const entriesOf = ({ position, content }: JobPiece): Placed[] =>
  (content as unknown as ImportEntry[]).map((entry, offset) => ({ entry, index: position + offset }));

async function step(
  ports: Needed,
  job: JobRecord,
  connection: ConnectionRecord | undefined,
  pieces: readonly JobPiece[],
): Promise<JobRecord | 'gone'> {
  const judged = pieces.flatMap(entriesOf).map(({ entry }) => ({ entry, refused: refuse(entry, connection) }));
  const keepers = await keepersOf(ports, job, judged);
  const newcomers = judged.flatMap(({ entry, refused }) =>
    refused || entry.errors || !connection ? [] : [newcomer(ports, { job, connection, keepers }, entry)],
  );
  return ports.store.jobs.advance(job.tenantId, job.id, {
    takes: pieces.map(({ position }) => position),
    newcomers,
    conclude(row, arrived) {
      const waiting = [...arrived];
      const became = judged.map(({ entry, refused }) => ({ entry, done: refused ?? waiting.shift() ?? [] }));
      const errors = became.flatMap(({ entry, done }) =>
        typeof done === 'string' ? [] : [{ user: entry.shown, errors: done }],
      );
      return told(ports, row, {
        at: pieces[0]?.position ?? 0,
        inserted: arrived.filter((one) => one === 'inserted').length,
        updated: arrived.filter((one) => one === 'updated').length,
        errors,
      });
    },
  });
}

/** Whoever administers keeps the password, or its absence: else those who may import would be who these are. */
async function keepersOf(
  { store }: Needed,
  job: JobRecord,
  judged: readonly { entry: ImportEntry }[],
): Promise<ReadonlySet<string>> {
  const isAsked = job.upsert && judged.some(({ entry }) => !entry.errors && entry.user.passwordHash !== undefined);
  const tenant = isAsked ? await store.tenants.find(job.tenantId) : undefined;
  return tenant ? administratorsOf(store, tenant) : new Set();
}

type Counts = { at: number; inserted: number; updated: number; errors: JobErrorRecord[] };

/** The job with these behind it. */
function told({ now }: Needed, row: JobRecord, { at, inserted, updated, errors }: Counts) {
  const { total, done, startedAt = now() } = row.progress ?? { total: 0, done: 0 };
  const summary = row.summary ?? { total, inserted: 0, updated: 0, failed: 0 };
  const job: JobRecord = {
    ...row,
    status: 'processing',
    summary: {
      total,
      inserted: summary.inserted + inserted,
      updated: summary.updated + updated,
      failed: summary.failed + errors.length,
    },
    progress: { total, done: done + inserted + updated + errors.length, startedAt },
    updatedAt: now(),
  };
  const pieces = [{ position: at, content: errors as unknown as Json }];
  return { job, ...(errors.length === 0 ? {} : { adds: { kind: 'errors', pieces } as const }) };
}

/** A piece that could not be written becomes one for each user; a user who could not be written is told of. */
async function makeSmaller(ports: Needed, { tenantId, id }: JobRecord, piece: JobPiece): Promise<void> {
  const entries = entriesOf(piece);
  const [lone] = entries;
  await ports.store.jobs.advance(tenantId, id, {
    takes: [piece.position],
    conclude(row) {
      if (entries.length > 1 || !lone) {
        const pieces = entries.map(({ entry, index }) => ({ position: index, content: [entry as unknown as Json] }));
        return { job: { ...row, updatedAt: ports.now() }, adds: { kind: 'people', pieces } };
      }
      const fault = [{ code: 'INTERNAL_ERROR', message: 'The user could not be written; import it again' }];
      const errors = [{ user: lone.entry.shown, errors: fault }];
      return told(ports, row, { at: piece.position, inserted: 0, updated: 0, errors });
    },
  });
}

/** Why an entry cannot become a user of the connection, whoever is there. */
function refuse(entry: ImportEntry, connection: ConnectionRecord | undefined): Errors | undefined {
  if (entry.errors) return entry.errors;
  if (!connection) return [{ code: 'CONNECTION_GONE', message: 'The connection was removed during the import' }];
  const missing = missingName(entry.user, connection);
  if (missing === undefined) return undefined;
  return [{ code: 'OBJECT_MISSING_REQUIRED_PROPERTY', message: `Missing required property: ${missing}` }];
}

/** What a user of the connection cannot be without: something to sign in with. */
function missingName(
  { email, username, phoneNumber }: UserInput,
  { options }: ConnectionRecord,
): 'username' | 'email' | undefined {
  if (options.requires_username === true && username === undefined) return 'username';
  return email === undefined && username === undefined && phoneNumber === undefined ? 'email' : undefined;
}

function newcomer(
  { store, random, now }: Needed,
  { job, connection, keepers }: { job: JobRecord; connection: ConnectionRecord; keepers: ReadonlySet<string> },
  { user: input, factors }: Extract<ImportEntry, { errors?: undefined }>,
): Newcomer {
  const { tenantId } = connection;
  const at = now();
  const user = newUser({ store, random, now }, connection, input);
  return {
    user,
    authenticators: factors.map((factor) => {
      const id = `dev_${random.letters(16)}`;
      return { tenantId, id, userId: user.id, confirmed: true, createdAt: at, enrolledAt: at, ...factor };
    }),
    meet(existing) {
      if (!job.upsert) return duplicated('The user already exist and upsert parameter is false');
      if (existing.linkedTo !== undefined) return duplicated('The user is linked to another one');
      if (existing.connection !== connection.name) return duplicated('A user of another connection has the same id');
      return { ...merged(existing, input, keepers.has(existing.id)), updatedAt: at };
    },
  };
}

const duplicated = (message: string): Errors => [{ code: 'DUPLICATED_USER', message }];

/**
 * What an import may change of a user who is there already. A password that was proved here is never replaced by one of
 * another system; how the person signs in stays too.
 */
function merged(row: UserRecord, input: UserInput, keepsPassword: boolean): UserRecord {
  const { email, emailVerified, name, nickname, givenName, familyName, picture, passwordHash } = input;
  // What the file says of another address than the one that stays says nothing of this one.
  const isSameAddress = email?.toLowerCase() === row.email?.toLowerCase();
  const isUnproved = !keepsPassword && (row.passwordHash === undefined || isImported(row.passwordHash));
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
