// Owner management: what a route is: a row that says method, path and scopes, and a function that is called only for who
// may. Rows of a tenant stand at two addresses, below the owner of the tenant and without it; `owner-management.ts` is the
// only file of this family that mounts them.
import type { LifecyclePorts } from '#runtime/lifecycle/ports.ts';
import type { ManagementScope } from '#runtime/lifecycle/scopes.ts';
import type { Caller } from '#runtime/runtime.ts';
import type { JsonObject, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import type { Parameters } from '../request.ts';
import type { OwnerOperator } from './authenticate-owner.ts';
import type { OwnerAnswer } from './owner-answer.ts';

export type OwnerCall = {
  deps: Deps;
  ports: LifecyclePorts;
  operator: OwnerOperator;
  caller: Caller;
  /** `?dry_run=true`: everything is checked and nothing is written. */
  dryRun: boolean;
  query: Parameters;
  /** Empty for a route that takes none. */
  body: JsonObject;
  /** A parameter of the path, decoded. */
  param(name: string): string;
};

/** A call for one tenant, which its caller may administer. */
export type TenantCall = OwnerCall & { tenant: TenantRecord };

type Row<Call> = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  takesBody?: true;
  /** Reads only, whatever its method says: it is neither simulated nor logged. */
  readsOnly?: true;
  handle(call: Call): Promise<OwnerAnswer>;
};

/** `path`: below `/v1/management`, parameters as `:name`. */
export type PlaneRoute = Row<OwnerCall>;

/**
 * `path`: below the tenant, empty for itself. `scopes`: any one of them opens it to an application, as do `management` and
 * `org-management`, which alone open it to a person; none named: every application of the tenant.
 */
export type TenantRoute = Row<TenantCall> & { scopes: readonly ManagementScope[] };
