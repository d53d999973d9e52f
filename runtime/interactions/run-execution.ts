// Interactions: runs what a configuration says is to be run, as far as it is outside of our house, and keeps or shows of it
// what the rules say.
import type { Json, JsonObject } from '#storage/records.ts';
import { askService } from './http-request.ts';
import { askServices } from './http-requests.ts';
import type {
  Executed,
  ExecutionConfiguration,
  InteractionConfiguration,
  MappingContext,
  MappingRule,
} from './interaction.ts';
import { isObject } from './json-bounds.ts';
import { applyRules, type MappingMeans } from './mapping-rules.ts';
import type { HttpResult, OutsidePlace, OutsidePorts } from './outside.ts';
import { statusPassedOn } from './read-answer.ts';

/** Functions that are run here; all others are parts of our own house. */
export const OUTSIDE_FUNCTIONS: readonly string[] = ['http_request', 'http_requests', 'no_action', 'mock'];

/** The function of a configuration: a `mock` without a name of a function is one. */
export function functionOf({ function: name, mock }: ExecutionConfiguration): string | undefined {
  return name ?? (isObject(mock as Json) && Object.keys(mock ?? {}).length > 0 ? 'mock' : undefined);
}

/**
 * Runs an execution of one of `OUTSIDE_FUNCTIONS`; throws on another.
 * `contents` holds `execution_http_request` or `execution_http_requests`, of failures and faults too.
 */
export async function runExecution(
  ports: OutsidePorts,
  place: OutsidePlace,
  execution: ExecutionConfiguration,
  context: MappingContext,
): Promise<Executed> {
  switch (functionOf(execution)) {
    case 'no_action':
      return { ok: true, status: 200, contents: {} };
    case 'mock':
      return single(mocked(execution));
    case 'http_request': {
      const { http_request: configuration } = execution;
      if (!isObject(configuration as Json | undefined) || !configuration) return unconfigured('http_request');
      const { result, ...came } = await askService(ports, place, { configuration, context });
      return { ...came, contents: { execution_http_request: result } };
    }
    case 'http_requests': {
      const { http_requests: requests } = execution;
      if (!Array.isArray(requests) || requests.length === 0) return unconfigured('http_requests');
      return askServices(ports, place, { requests, context });
    }
    default:
      throw new Error('an execution that is a part of the house was sent outside');
  }
}

/** What of a success is kept for later interactions of the login, and under which name. Undefined: nothing. */
export function storeOf(
  execution: ExecutionConfiguration,
  executed: Executed,
  means: MappingMeans,
): { key: string; payload: JsonObject } | undefined {
  if (!executed.ok) return undefined;
  const one = executed.contents.execution_http_request;
  // The rules of one request read its result itself, those of several read them by their numbers (§2.4).
  const store = isObject(one) ? execution.http_request_store : execution.http_requests_store;
  if (!store || typeof store.key !== 'string' || store.key === '') return undefined;
  const context = { ...executed.contents, ...(isObject(one) ? one : {}) };
  return { key: store.key, payload: applyRules(rulesOf(store.interaction_mapping_rules), context, means) };
}

/** What the response rules make of everything, on success and on failure. Undefined: there are none. */
export function responseBody(
  configuration: InteractionConfiguration,
  context: MappingContext,
  means: MappingMeans,
): JsonObject | undefined {
  const rules = rulesOf(configuration.response?.body_mapping_rules);
  return rules.length === 0 ? undefined : applyRules(rules, context, means);
}

function mocked({ mock }: ExecutionConfiguration): HttpResult {
  const { status_code = 200, response_headers = {}, response_body = {} } = mock ?? {};
  return { status_code: Number(status_code), response_headers: { ...response_headers }, response_body };
}

function single(result: HttpResult): Executed {
  const status = statusPassedOn(result.status_code);
  return { ok: status < 400, status, contents: { execution_http_request: result } };
}

function unconfigured(name: string): Executed {
  const response_body = { error: 'server_error', error_description: `The execution has no ${name}.` };
  return { ...single({ status_code: 500, response_headers: {}, response_body }), ok: false };
}

function rulesOf(rules: MappingRule[] | undefined): MappingRule[] {
  return Array.isArray(rules) ? rules : [];
}
