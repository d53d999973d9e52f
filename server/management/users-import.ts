// Management: a file of users is taken on. It is read as it comes, judged user by user, and laid down in pieces beside its job:
// what the answer promises is on the disk before the answer is given, and the file itself is nowhere.
import { z } from 'zod';
import { USERS_OF_PIECE } from '#runtime/import-users.ts';
import type { ConnectionRecord, JobPiece, JobRecord, Json } from '#storage/records.ts';
import { startJob } from '../jobs/start-job.ts';
import { type Answer, invalidBody, NOT_FOUND, type Refusal, refuse } from './answer.ts';
import { text } from './fields.ts';
import { readImportedUser } from './imported-user.ts';
import { ELEMENT_BYTES, elementsOf, LongElement, NotAList } from './json-list.ts';
import { type Call, type Route, route } from './route.ts';
import { jobShape, showJob } from './show-job.ts';
import { readForm, type Upload } from './upload.ts';
import { parse } from './validation.ts';

/** Of one tenant at a time. */
const IMPORTS_AT_ONCE = 2;

/** What is wrong with each of more would be longer than any file of users. */
const MOST_USERS = 1_000_000;

/** Pieces that are written at once where nobody is served. */
const PIECES_AT_ONCE = 16;

const truth = z.enum(['true', 'false', '']).optional();

const usersImport = z.strictObject({
  users: z.string().meta({ format: 'binary', description: 'A JSON list of users.' }),
  connection_id: text(64),
  upsert: truth,
  external_id: z.string().max(255).optional(),
  /** There is nobody of ours to send it to. */
  send_completion_email: truth,
});

export const usersImportRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/jobs/users-imports',
    scopes: ['create:users'],
    summary: 'Import users',
    form: usersImport,
    answers: { 202: jobShape },
    unrehearsed: 'it goes on after its answer.',
    handle: takeOnImport,
  }),
];

async function takeOnImport(call: Call<undefined, undefined>): Promise<Answer> {
  const { deps, ports, tenant, upload } = call;
  if (!upload) throw new Error('an import without its form');
  const busy = await refuseWhenBusy(call);
  if (busy) return busy;
  const id = `job_${ports.random.letters(16)}`;
  const taken = await layDown(call, upload, id);
  if (taken.ok) {
    const { connection, total, body } = taken;
    const at = ports.now();
    const job: JobRecord = {
      tenantId: tenant.id,
      id,
      type: 'users_import',
      status: 'pending',
      connectionId: connection.id,
      connection: connection.name,
      ...(body.external_id ? { externalId: body.external_id } : {}),
      upsert: body.upsert === 'true',
      progress: { total, done: 0 },
      createdAt: at,
      updatedAt: at,
    };
    // Others may have come while this one was read.
    const late = await refuseWhenBusy(call);
    if (!late) {
      await deps.store.jobs.insert(job);
      startJob(deps, job);
      return { ok: true, status: 202, body: showJob(job, { tenant, now: at }) };
    }
    await deps.store.jobs.removePieces(tenant.id, id);
    return late;
  }
  await deps.store.jobs.removePieces(tenant.id, id);
  return taken.refusal;
}

async function refuseWhenBusy({ deps, tenant }: Pick<Call<undefined, undefined>, 'deps' | 'tenant'>) {
  if ((await deps.store.jobs.underWay(tenant.id, 'users_import')) < IMPORTS_AT_ONCE) return undefined;
  const reason = `There are ${IMPORTS_AT_ONCE} active import users jobs, please wait until some of them are finished and try again`;
  return refuse(429, reason, 'too_many_requests');
}

type Taken =
  | { ok: true; connection: ConnectionRecord; total: number; body: z.output<typeof usersImport> }
  | { ok: false; refusal: Refusal };

/** Reads the form; its users lie beside the job that is to be, in the order of the file. */
async function layDown({ deps, tenant }: Call<undefined, undefined>, upload: Upload, id: string): Promise<Taken> {
  let total = 0;
  const form = await readForm(upload, {
    file: 'users',
    limitBytes: deps.config.importBytes,
    async take(chunks) {
      const laid = await layDownUsers(chunks, deps, { tenantId: tenant.id, id });
      if (typeof laid !== 'number') return laid;
      total = laid;
      return undefined;
    },
  });
  if (!form.ok) return form;
  const body = parse('payload', usersImport, form.texts);
  if (!body.ok) return body;
  const connection = await deps.store.connections.find(tenant.id, body.value.connection_id);
  if (!connection) return { ok: false, refusal: NOT_FOUND.connection };
  if (connection.strategy !== 'auth0') {
    return { ok: false, refusal: invalidBody('Users are imported to database connections only.') };
  }
  return { ok: true, connection, total, body: body.value };
}

const NO_LIST = invalidBody(
  'Failed to parse users file JSON when importing users. Make sure it is a valid JSON array.',
);

/** How many there are. */
async function layDownUsers(
  chunks: AsyncIterable<Uint8Array>,
  { store, runtime: { pace } }: Call<undefined, undefined>['deps'],
  { tenantId, id }: { tenantId: string; id: string },
): Promise<number | Refusal> {
  let total = 0;
  let piece: Json[] = [];
  let pieces: JobPiece[] = [];
  const close = () => {
    if (piece.length > 0) pieces.push({ position: total - piece.length, content: piece });
    piece = [];
  };
  const write = async () => {
    await store.jobs.addPieces(tenantId, id, 'people', pieces);
    pieces = [];
  };
  try {
    for await (const elements of elementsOf(chunks)) {
      for (const element of elements) {
        if (total === MOST_USERS) return invalidBody(`A file holds at most ${MOST_USERS} users.`);
        piece.push(readImportedUser(element, total) as unknown as Json);
        total += 1;
        if (piece.length < USERS_OF_PIECE) continue;
        close();
        const isFull = pieces.length >= PIECES_AT_ONCE;
        if (isFull) await write();
        if (isFull || !pace.isCalm()) await pace.turn();
      }
    }
  } catch (error) {
    if (error instanceof LongElement) {
      return invalidBody(`Each user of the file may have ${ELEMENT_BYTES} bytes; one has more.`);
    }
    if (error instanceof NotAList) return NO_LIST;
    throw error;
  }
  close();
  await write();
  return total;
}
