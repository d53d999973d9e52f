// Interactions: one HTTP request, made of what a tenant configured and what the rules found. Nothing is sent here.
import type { JsonObject } from '#storage/records.ts';
import type { HttpRequestConfiguration, MappingContext, MappingRule } from './interaction.ts';
import { textOf } from './mapping-functions/mapping-function.ts';
import { applyRules, type MappingMeans } from './mapping-rules.ts';
import { fillUrl } from './request-url.ts';

export type HttpRequest = {
  url: string;
  method: string;
  /** Names as they were written; `authorization` is not among them yet. */
  headers: [name: string, value: string][];
  body?: string;
};

export type Built = { ok: true; request: HttpRequest } | { ok: false; wrong: string };

export const METHODS: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** RFC 9110 §5.6.2 and §5.5: what a name and a value may hold. A line break would begin a header of its own. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const FORM = 'application/x-www-form-urlencoded';

/** `wrong`: what strangers sent cannot be put where the rules put it; the sentence holds no value. */
export function buildRequest(
  configuration: HttpRequestConfiguration,
  context: MappingContext,
  means: MappingMeans,
): Built {
  const run = (rules: MappingRule[] | undefined) => applyRules(listOf(rules), context, means);
  const method = String(configuration.method ?? '').toUpperCase();
  if (!METHODS.includes(method)) return { ok: false, wrong: 'the method is none that can be sent' };
  const address = fillUrl(
    String(configuration.url ?? ''),
    run(configuration.path_mapping_rules),
    run(configuration.query_mapping_rules),
  );
  if (!address.ok) return address;
  const headers = headersOf(run(configuration.header_mapping_rules));
  const bad = headers.find(([name, value]) => !HEADER_NAME.test(name) || !HEADER_VALUE.test(value));
  if (bad)
    return { ok: false, wrong: `the header ${HEADER_NAME.test(bad[0]) ? bad[0] : 'of a rule'} cannot hold its value` };
  const request: HttpRequest = { url: address.url, method, headers };
  if (method === 'GET' || (method === 'DELETE' && listOf(configuration.body_mapping_rules).length === 0)) {
    return { ok: true, request };
  }
  const body = run(configuration.body_mapping_rules);
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  if (type === undefined) headers.push(['content-type', 'application/json']);
  const isForm = type?.split(';')[0]?.trim().toLowerCase() === FORM;
  return { ok: true, request: { ...request, body: isForm ? asForm(body) : JSON.stringify(body) } };
}

/** Each name once, the last of it; a header of null is empty. */
function headersOf(values: JsonObject): [string, string][] {
  const byName = new Map<string, [string, string]>();
  for (const [name, value] of Object.entries(values)) byName.set(name.toLowerCase(), [name, textOf(value)]);
  return [...byName.values()];
}

function asForm(values: JsonObject): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== null) form.append(name, textOf(one));
  }
  return form.toString();
}

function listOf(rules: MappingRule[] | undefined): MappingRule[] {
  return Array.isArray(rules) ? rules : [];
}
