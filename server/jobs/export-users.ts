// Server, jobs: an export of users, step by step: some users become a piece of the file, packed for itself (RFC 1952 §2.2: a
// gzip file is a row of such members), and the job says how far it came. Cut off anywhere, it goes on there.
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Pace } from '#runtime/pace.ts';
import type { Ports } from '#runtime/ports.ts';
import type { JobRecord, UserRecord } from '#storage/records.ts';
import { showUser } from '../management/show-user.ts';
import { csvHeading, csvLine, DEFAULT_FIELDS, jsonLine } from './export-columns.ts';

const USERS_OF_STEP = 50;
const USERS_WHEN_CALM = 500;

const pack = promisify<string, Buffer>(gzip);

export async function exportUsers(
  { store, now }: Pick<Ports, 'store' | 'now'>,
  { tenantId, id }: JobRecord,
  pace: Pace,
): Promise<void> {
  let job = await store.jobs.find(tenantId, id);
  while (await pace.turn()) {
    if (job?.status !== 'pending' && job?.status !== 'processing') return;
    const { connection, progress, limit, cursor } = job;
    const isFirst = progress === undefined;
    const total = progress?.total ?? (await howMany({ store }, job));
    const done = progress?.done ?? 0;
    const most = Math.min(pace.isCalm() ? USERS_WHEN_CALM : USERS_OF_STEP, (limit ?? Number.POSITIVE_INFINITY) - done);
    const from = {
      ...(connection === undefined ? {} : { connection }),
      ...(cursor === undefined ? {} : { after: cursor }),
    };
    const { users, last } = most > 0 ? await store.users.following(tenantId, { ...from, limit: most }) : { users: [] };
    const text = (isFirst ? headOf(job) : '') + users.map((user) => lineOf(job as JobRecord, user)).join('');
    const packed = text === '' && !isFirst ? undefined : await pack(text);
    const position = isFirst ? 0 : done;
    const advanced = await store.jobs.advance(tenantId, id, {
      conclude: (row) => ({
        job: {
          ...row,
          status: users.length === 0 ? 'completed' : 'processing',
          progress: { startedAt: now(), ...row.progress, total, done: done + users.length },
          ...(last === undefined ? {} : { cursor: last }),
          updatedAt: now(),
        },
        ...(packed
          ? { adds: { kind: 'file', pieces: [{ position, content: packed.toString('base64') }] } as const }
          : {}),
      }),
    });
    // Somebody else did this step: on from where they are.
    job = advanced === 'gone' ? await store.jobs.find(tenantId, id) : advanced;
  }
}

async function howMany({ store }: Pick<Ports, 'store'>, { tenantId, connection, limit }: JobRecord): Promise<number> {
  const query = { ...(connection === undefined ? {} : { connection }), page: { limit: 1, offset: 0 } };
  const { total } = await store.users.list(tenantId, query);
  return Math.min(total, limit ?? total);
}

const headOf = ({ format, fields = [...DEFAULT_FIELDS] }: JobRecord): string =>
  format === 'csv' ? csvHeading(fields) : '';

function lineOf({ format, fields = [...DEFAULT_FIELDS] }: JobRecord, user: UserRecord): string {
  const shown = showUser(user);
  return format === 'csv' ? csvLine(shown, fields) : jsonLine(shown, fields);
}
