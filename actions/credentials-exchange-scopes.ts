// `api.transaction` of a credentials exchange: the scopes that the token is to carry. What a script says shows at once in
// its event; what the client was never granted, the host leaves out at the end.

import { SCOPE_CHARACTERS, SCOPES_ADDED, scopeFault } from './post-login/tokens.ts';
import type { ApiMethod, Given } from './trigger.ts';

const { isArray } = Array;

type Transaction = { target_scopes?: string[] };

/** As the exchange has them, with what this run has changed. */
function targetsOf({ memory, original }: Given): Set<string> {
  memory.targetScopes ??= new Set((original() as { transaction?: Transaction }).transaction?.target_scopes ?? []);
  return memory.targetScopes as Set<string>;
}

function checkScope(scope: unknown): string {
  if (typeof scope !== 'string') throw new TypeError('The value for the scope must be a string.');
  const fault = scopeFault(scope.trim());
  if (fault !== undefined) throw new Error(fault);
  return scope.trim();
}

function refuseMany(count: number): void {
  if (count > SCOPES_ADDED) throw new Error(`The number of scopes exceeds the allowed maximum of ${SCOPES_ADDED}.`);
}

function show(next: Set<string>, { event, memory }: Given): void {
  memory.targetScopes = next;
  const seen = event as { transaction?: Transaction };
  seen.transaction ??= {};
  seen.transaction.target_scopes = [...next];
}

const trimmed = (scope: unknown): string => (scope as string).trim();
const trimmedList = (scopes: unknown): string[] => [...new Set((scopes as string[]).map(trimmed))];

/** One scope, in so many characters, or as many scopes as there may be; beside them nothing can grow. */
const bound = {
  bytes: SCOPES_ADDED * (SCOPE_CHARACTERS * 4 + 4),
  message: `The number of scopes exceeds the allowed maximum of ${SCOPES_ADDED}.`,
};

export const transaction = (): ApiMethod[] => [
  {
    name: 'addTargetScope',
    takes: 1,
    returns: 'nothing',
    bound,
    check([scope], given) {
      refuseMany(new Set([...targetsOf(given), checkScope(scope)]).size);
    },
    record: ([scope]) => [trimmed(scope)],
    live: ([scope], given) => show(new Set([...targetsOf(given), trimmed(scope)]), given),
  },
  {
    name: 'removeTargetScope',
    takes: 1,
    returns: 'nothing',
    bound,
    check: ([scope]) => void checkScope(scope),
    record: ([scope]) => [trimmed(scope)],
    live([scope], given) {
      const next = new Set(targetsOf(given));
      next.delete(trimmed(scope));
      show(next, given);
    },
  },
  {
    name: 'setTargetScopes',
    takes: 1,
    returns: 'nothing',
    bound,
    check([scopes]) {
      if (!isArray(scopes)) throw new TypeError('The value for scopes must be an array.');
      for (const scope of scopes) checkScope(scope);
      refuseMany(trimmedList(scopes).length);
    },
    record: ([scopes]) => [trimmedList(scopes)],
    live: ([scopes], given) => show(new Set(trimmedList(scopes)), given),
  },
  {
    name: 'clearTargetScopes',
    takes: 0,
    returns: 'nothing',
    live: (_args, given) => show(new Set(), given),
  },
];
