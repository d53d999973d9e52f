// Interactions: what an outside service answered, as rules read it, and which status that stands for.
import type { OutgoingAnswer } from '#actions/outgoing-call.ts';
import type { Json } from '#storage/records.ts';
import { createBudget } from './budget.ts';
import { compare } from './conditions.ts';
import type { HttpRequestConfiguration } from './interaction.ts';
import { isObject, isShallow, MOST_CHARACTERS } from './json-bounds.ts';
import { readPath } from './json-path.ts';
import type { HttpResult } from './outside.ts';

type Resolving = NonNullable<HttpRequestConfiguration['response_resolve_configs']>[number];

/** Statuses that our own caller sees as they are (§2.4). */
const PASSED_ON: readonly number[] = [400, 401, 403, 404, 408, 409, 429, 500, 502, 503, 504];
/** Characters that are kept of what is no JSON: a page of somebody's proxy, mostly. */
const RAW = 10_000;

/** Undefined: the answer is larger than any rule may make it. */
export function readAnswer({ status, headers, body }: OutgoingAnswer): HttpResult | undefined {
  const text = 'text' in body ? body.text : body.base64;
  if (text.length > MOST_CHARACTERS) return undefined;
  const byName: { [name: string]: string } = {};
  for (const [name, value] of headers) byName[name] = byName[name] === undefined ? value : `${byName[name]}, ${value}`;
  return { status_code: status, response_headers: byName, response_body: bodyOf(text, 'text' in body) };
}

/** The answer under the status that the tenant's own list gives it; the first entry that fits. */
export function resolveStatus(result: HttpResult, configured: unknown): HttpResult {
  const budget = createBudget();
  const found = resolvingOf(configured).find(({ conditions, match_mode }) => {
    const holds = ({ path, operation, value }: Resolving['conditions'][number]) =>
      compare(String(operation), readPath(result, String(path), budget), value, budget);
    return match_mode === 'any' ? conditions.some(holds) : conditions.every(holds);
  });
  return found ? { ...result, status_code: found.mapped_status_code } : result;
}

/** What our own caller is answered with: a status below 400 is a success of ours. */
export function statusPassedOn(status: number): number {
  if (status < 400 || PASSED_ON.includes(status)) return status;
  return status < 500 ? 400 : 500;
}

/** A list, or a list in an object under `configs`, as it was written once. */
function resolvingOf(configured: unknown): Resolving[] {
  const list = Array.isArray(configured) ? configured : isObject(configured as Json) ? configsOf(configured) : [];
  return list.filter(
    (one): one is Resolving =>
      Array.isArray(one?.conditions) && Number.isInteger(one.mapped_status_code) && one.conditions.every(isObject),
  );
}

function configsOf(configured: unknown): Partial<Resolving>[] {
  const { configs } = configured as { configs?: unknown };
  return Array.isArray(configs) ? configs : [];
}

function bodyOf(text: string, isText: boolean): Json {
  if (text === '') return {};
  if (isText) {
    try {
      const parsed = JSON.parse(text) as Json;
      if (isShallow(parsed)) return parsed;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return { raw_body: text.slice(0, RAW) };
}
