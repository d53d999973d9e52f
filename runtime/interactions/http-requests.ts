// Interactions: several requests, one after the other, each of which can read what those before it were answered.
import type { Json } from '#storage/records.ts';
import { holds } from './conditions.ts';
import { askService } from './http-request.ts';
import type { Executed, HttpRequestConfiguration, MappingContext } from './interaction.ts';
import { LONGEST_MS, type OutsidePlace, type OutsidePorts, resultOfFault, unanswered } from './outside.ts';

/** Requests of one list. */
export const MOST_REQUESTS = 10;

/**
 * The first that fails ends it. A request whose `condition` does not hold is skipped, and its place says so; where all are,
 * nothing was checked by anybody, and that is a failure.
 */
export async function askServices(
  ports: OutsidePorts,
  place: OutsidePlace,
  { requests, context }: { requests: readonly HttpRequestConfiguration[]; context: MappingContext },
): Promise<Executed> {
  const until = performance.now() + LONGEST_MS;
  const results: Json[] = [];
  let last: Omit<Executed, 'contents'> | undefined;
  for (const configuration of requests.slice(0, MOST_REQUESTS)) {
    const seen: MappingContext = { ...context, execution_http_requests: [...results] };
    if (configuration.condition && !holds(configuration.condition, seen)) {
      results.push({ skipped: true });
      continue;
    }
    const { result, ...came } = await askService(ports, place, { configuration, context: seen, until });
    results.push(result);
    last = came;
    if (!came.ok) break;
  }
  const contents = { execution_http_requests: results };
  if (last) return { ...last, contents };
  const { fault, status } = unanswered('skipped');
  return { ok: false, status, fault, contents: { ...resultBody(), ...contents } };
}

function resultBody() {
  return { execution_http_request: resultOfFault(unanswered('skipped')) };
}
