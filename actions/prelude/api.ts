// Guest code: turns a trigger's contract into the `api` of a script. A call checks its arguments and is recorded as data;
// the host acts on it after the handler has settled.

import type { ApiMethod, TriggerContract } from '../trigger.ts';
import { ask } from './calls.ts';
import { given } from './given.ts';
import { defineProperty } from './primordials.ts';
import { recordCommand, recordLateCall, recordLine, run } from './recorder.ts';

type Branch = Record<string, unknown>;
/** What a call does while the run goes on. */
function perform(method: ApiMethod, path: string, args: unknown[], api: Branch): unknown {
  if (args.length > method.takes) args.length = method.takes;
  if (method.returns === 'value') return method.answer(args, given);
  if (method.returns === 'promise') return ask(path, () => method.ask(args, given));
  const { returns, check, isIdle, bound, record, live } = method;
  check?.(args, given);
  if (!isIdle?.(args, given)) {
    recordCommand(path, record === undefined ? args : record(args, given), bound, true);
    live?.(args, given);
  }
  return returns === 'api' ? api : undefined;
}

function createMethod(method: ApiMethod, path: string, api: Branch): (...args: unknown[]) => unknown {
  function call(...args: unknown[]): unknown {
    if (run.phase !== 'settled') return perform(method, path, args, api);
    recordLateCall(path);
    recordLine('warn', `api.${path} was called after the handler had settled; the call did nothing.`, call);
    return method.returns === 'api' ? api : undefined;
  }
  return call;
}

function createSpace(space: string, methods: readonly ApiMethod[], api: Branch): Branch {
  const branch: Branch = {};
  for (let i = 0; i < methods.length; i++) {
    const method = methods[i] as ApiMethod;
    branch[method.name] = createMethod(method, `${space}.${method.name}`, api);
  }
  return branch;
}

/** Parts that many scripts use are made at once, the others when a script first asks for one. */
export function createApi({ spaces, common }: TriggerContract): Branch {
  const api: Branch = {};
  for (const space of common) api[space] = createSpace(space, spaces[space]?.() ?? [], api);
  for (const space in spaces) {
    if (api[space] !== undefined) continue;
    let made: Branch | undefined;
    defineProperty(api, space, {
      configurable: true,
      enumerable: true,
      get() {
        made ??= createSpace(space, spaces[space]?.() ?? [], api);
        return made;
      },
    });
  }
  return api;
}
