// Guest code: turns a trigger's contract into the `api` of a script. A call checks its arguments and is recorded as data;
// the host acts on it after the handler has settled.

import type { ApiMethod, TriggerContract } from '../trigger.ts';
import { stringify } from './primordials.ts';
import { recordCommand, recordLateCall, recordLine, run } from './recorder.ts';

type Branch = Record<string, unknown>;

/** The event of the run, as the script has it: known only when the run starts. */
export const given: { event: unknown } = { event: undefined };

function createMethod(method: ApiMethod, api: Branch): (...args: unknown[]) => unknown {
  const { name, check, isIdle, bound } = method;
  const nameJson = stringify(name);
  const answer = method.returns === 'api' ? api : undefined;
  function call(...args: unknown[]): unknown {
    if (run.phase === 'settled') {
      recordLateCall(name);
      recordLine('warn', `api.${name} was called after the handler had settled; the call did nothing.`, call);
      return answer;
    }
    check?.(args, given.event);
    if (isIdle === undefined || !isIdle(args)) recordCommand(nameJson, args, bound);
    return answer;
  }
  return call;
}

/** Runs before the script, so plain language features are safe here. */
export function createApi(contract: TriggerContract): Branch {
  const api: Branch = {};
  for (const method of contract.methods) {
    const [space, name] = method.name.split('.') as [string, string];
    const branch = (api[space] ?? {}) as Branch;
    branch[name] = createMethod(method, api);
    api[space] = branch;
  }
  return api;
}
