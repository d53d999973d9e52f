// Server, push: the scripts of the page, which are the files of `browser/` without their types. They import each other by the
// names they have here, so all of them lie below one address that changes when one of them does. The service worker's must
// not change, or browsers would take it for another worker.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { type Asset, assetResponse } from '../hosted/assets.ts';
import { withoutTypes } from '../without-types.ts';

const FOLDER = new URL('./browser/', import.meta.url);
const TEXTS: ReadonlyMap<string, string> = new Map(
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [file, strip(readFileSync(new URL(file, FOLDER), 'utf8'))]),
);
const VERSION = createHash('sha256')
  .update(JSON.stringify([...TEXTS]))
  .digest('hex')
  .slice(0, 12);

/** Every script but the worker: this, a version that nobody looks at, and the name of a file. */
export const SCRIPTS_ROUTE = '/push/app/:version{[0-9a-f]{12}}/:file{[a-z-]+\\.ts}';
export const MAIN_SCRIPT = `/push/app/${VERSION}/main.ts`;
export const WORKER_PATH = '/push/worker.js';

const TYPE = 'text/javascript; charset=utf-8';
const ASSETS: ReadonlyMap<string, Asset> = new Map(
  [...TEXTS].map(([file, text]) => [file, { path: `/push/app/${VERSION}/${file}`, type: TYPE, text }]),
);

/** A page that was opened before the scripts changed gets the present ones. */
export function scriptResponse(file: string, acceptedEncodings: string | undefined): Response | undefined {
  const asset = ASSETS.get(file);
  return asset && assetResponse(asset, acceptedEncodings);
}

/** @param base what stands before addresses of the tenant. */
export function workerResponse(base: string): Response {
  // From below its own folder it serves the page above it, too.
  const headers = { 'content-type': TYPE, 'cache-control': 'no-cache', 'service-worker-allowed': `${base}/push` };
  return new Response(TEXTS.get('worker.ts') ?? '', { headers });
}

/** Types become spaces, which only their readers need. */
function strip(text: string): string {
  return withoutTypes(text)
    .replaceAll(/^[ \t]+|[ \t]+$/gm, '')
    .replaceAll(/\n{2,}/g, '\n');
}
