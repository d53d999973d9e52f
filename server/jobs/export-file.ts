// Server, jobs: exported files, for whoever has the signed address. A file is sent as it is read; nothing of it stays in any
// cache, and whoever comes with another address learns nothing.
import { Readable } from 'node:stream';
import { type Context, Hono } from 'hono';
import type { Deps, Env } from '../deps.ts';
import { notFound } from '../errors.ts';
import { EXPORT_PATH, opensExport } from './export-link.ts';

const PIECES_AT_ONCE = 8;

export function exportRoutes(deps: Deps): Hono<Env> {
  const app = new Hono<Env>();
  app.get(EXPORT_PATH, (c) => sendFile(c, deps));
  return app;
}

async function sendFile(c: Context<Env>, { store, clock }: Deps): Promise<Response> {
  const { tenant } = c.var;
  const [id, name] = [c.req.param('id') ?? '', c.req.param('name') ?? ''];
  const { expires = '', signature = '' } = c.req.query();
  const job = await store.jobs.find(tenant.id, id);
  if (!job || !opensExport(job, { expires, signature }, clock.now())) return notFound(c);
  c.header('content-type', 'application/gzip');
  c.header('content-disposition', `attachment; filename="${name.replaceAll(/[^\w.-]/g, '_')}"`);
  const some = (after: number) => store.jobs.pieces(tenant.id, id, 'file', { after, limit: PIECES_AT_ONCE });
  return c.body(Readable.toWeb(Readable.from(bytesOf(some))) as ReadableStream<Uint8Array>, 200);
}

type Some = (after: number) => Promise<{ position: number; content: unknown }[]>;

async function* bytesOf(some: Some): AsyncGenerator<Uint8Array> {
  for (let found = await some(-1); found.length > 0; found = await some(found.at(-1)?.position ?? 0)) {
    for (const { content } of found) yield Buffer.from(String(content), 'base64');
  }
}
