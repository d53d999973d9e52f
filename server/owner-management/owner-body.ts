// Owner management: what comes in: a JSON object, `dry_run`, a page. Whatever is odd is refused with the texts of the
// original; nothing here throws on input. Source: idp-server reference, §1.1.
import type { Context } from 'hono';
import type { Json, JsonObject } from '#storage/records.ts';
import type { Page } from '#storage/store.ts';
import { isKeepable } from '../management/body.ts';
import { mediaType, type Parameters, readText } from '../request.ts';
import { invalidRequest, type OwnerRefusal, refuseOwner } from './owner-answer.ts';

const LIMIT_BYTES = 1024 * 1024;

const MALFORMED = invalidRequest('The request is malformed or contains invalid parameters');
/** U+0000 cannot be stored in a text of PostgreSQL, hence means nothing. */
export const UNSTORABLE = invalidRequest('Invalid parameter value');

export async function readOwnerBody(c: Context): Promise<{ ok: true; body: JsonObject } | OwnerRefusal> {
  const read = await readText(c, LIMIT_BYTES);
  if (!read.ok) {
    if (read.problem !== 'too-large') return MALFORMED;
    return refuseOwner(413, 'invalid_request', `The body is longer than ${LIMIT_BYTES} bytes`);
  }
  if (mediaType(c.req.header('content-type')) !== 'application/json') {
    return invalidRequest('The body must be application/json');
  }
  let body: unknown;
  try {
    body = JSON.parse(read.text);
  } catch (_notJson) {
    return MALFORMED;
  }
  if (!isJsonObject(body)) return MALFORMED;
  if (isKeepable(body)) return { ok: true, body };
  return read.text.includes('\\u0000') ? UNSTORABLE : MALFORMED;
}

/** What `JSON.parse` gave holds nothing but JSON. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function readDryRun({ dry_run: given }: Parameters): boolean | OwnerRefusal {
  if (given === undefined || given === 'false') return false;
  return given === 'true' ? true : invalidRequest('dry_run must be true or false');
}

const MOST = 1000;
const USUAL = 20;
const FARTHEST = 1_000_000_000;

/** `limit` from 1 to 1000, 20 where it is not given; `offset` from 0. */
export function readPage({ limit, offset }: Parameters): { page: Page; messages: string[] } {
  const page = { limit: wholeOf(limit, USUAL), offset: wholeOf(offset, 0) };
  const messages = [
    ...(page.limit >= 1 && page.limit <= MOST ? [] : [`limit must be a whole number from 1 to ${MOST}`]),
    ...(page.offset >= 0 && page.offset <= FARTHEST ? [] : [`offset must be a whole number from 0 to ${FARTHEST}`]),
  ];
  return { page, messages };
}

function wholeOf(text: string | undefined, usual: number): number {
  if (text === undefined) return usual;
  return /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
}

/** A page of a list that has no other parameters. */
export function pageOf(query: Parameters): Page | OwnerRefusal {
  const { page, messages } = readPage(query);
  return messages.length === 0 ? page : invalidRequest('Query validation failed', messages);
}

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
export const isUuid = (value: Json | undefined): value is string => typeof value === 'string' && UUID.test(value);
export const notUuid = (text: string): OwnerRefusal => invalidRequest(`Invalid UUID: ${text.slice(0, 100)}`);
