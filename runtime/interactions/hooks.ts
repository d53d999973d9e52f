// Interactions: what runs before an execution and may stop it, and what runs after a success and stops nothing.
import type { Json } from '#storage/records.ts';
import type { Executed, ExecutionConfiguration, HookConfiguration, MappingContext } from './interaction.ts';
import { isObject } from './json-bounds.ts';
import type { OutsidePlace, OutsidePorts } from './outside.ts';
import { functionOf, OUTSIDE_FUNCTIONS, runExecution } from './run-execution.ts';

/** The name under which rules find what the executions of a `pre_hook` gave: a list, in their order. */
export const PRE_HOOK_RESULTS = 'pre_hook_additional_parameters';

const MOST_EXECUTIONS = 5;

/** `results`: of each execution its result, `{status_code, response_headers, response_body}`, or a list of those. */
export type PreHook = { ok: true; results: Json[] } | { ok: false; executed: Executed };

/**
 * Runs the executions of a `pre_hook`; the first that fails is how the whole interaction fails. Each sees what those before
 * it gave, under `PRE_HOOK_RESULTS`.
 */
export async function runPreHook(
  ports: OutsidePorts,
  place: OutsidePlace,
  hook: HookConfiguration | undefined,
  context: MappingContext,
): Promise<PreHook> {
  const results: Json[] = [];
  for (const execution of executionsOf(hook)) {
    const seen: MappingContext = { ...context, [PRE_HOOK_RESULTS]: [...results] };
    const executed = await runExecution(ports, place, execution, seen);
    if (!executed.ok) return { ok: false, executed };
    results.push(resultOf(executed));
  }
  return { ok: true, results };
}

/** Runs the executions of a `post_hook`. @returns those that failed: somebody should hear of them, but the login goes on. */
export async function runPostHook(
  ports: OutsidePorts,
  place: OutsidePlace,
  hook: HookConfiguration | undefined,
  context: MappingContext,
): Promise<Executed[]> {
  const failed: Executed[] = [];
  for (const execution of executionsOf(hook)) {
    const executed = await runExecution(ports, place, execution, context);
    if (!executed.ok) failed.push(executed);
  }
  return failed;
}

/** Functions of our own house make no sense in a hook, and are passed over. */
function executionsOf(hook: HookConfiguration | undefined): ExecutionConfiguration[] {
  const list = Array.isArray(hook?.additional_parameters) ? hook.additional_parameters : [];
  return list
    .filter((one) => isObject(one as Json) && OUTSIDE_FUNCTIONS.includes(functionOf(one) ?? ''))
    .slice(0, MOST_EXECUTIONS);
}

function resultOf({ contents }: Executed): Json {
  return contents.execution_http_request ?? contents.execution_http_requests ?? {};
}
