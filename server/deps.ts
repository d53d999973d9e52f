// What every route is given, and what the middleware has found out before a route runs.
import type { HttpBindings } from '@hono/node-server';
import type { Builds } from '#runtime/builds/builds.ts';
import type { Egress } from '#runtime/egress/egress.ts';
import type { Logger, Passwords, Random } from '#runtime/ports.ts';
import type { Caller, Runtime } from '#runtime/runtime.ts';
import type { TenantRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Showcase } from './dev/showcase.ts';
import type { LookOf } from './hosted/look.ts';
import type { RequestCounter } from './request-counter.ts';
import type { Addressed } from './tenant-of-path.ts';

export type Deps = {
  config: Config;
  store: Store;
  runtime: Runtime;
  builds: Builds;
  /** For calls of ours on behalf of a tenant: the same guard as for its scripts. */
  egress: Pick<Egress, 'request'>;
  clock: Clock;
  random: Random;
  passwords: Passwords;
  log: Logger;
  /** What the development start page shows, where it is not the demo tenant. */
  showcase?: Showcase;
};

/** Set by `app.ts` for every request below a tenant's host. */
export type Env = {
  Bindings: HttpBindings & { addressed?: Addressed };
  Variables: {
    tenant: TenantRecord;
    caller: Caller;
    /** Scheme, host and port that were called, as they are stored; absent: those of the tenant's base URL. */
    origin?: string;
    /** What stands before a root-relative address of ours that leaves; absent: nothing. */
    base?: string;
    /** Where the cookies of this request belong; absent: `/`. */
    cookiePath?: string;
    /** Holds the tenant's own texts for pages; absent where they say ours. */
    pageStore?: Pick<Store, 'pages'>;
    /** How the tenant wants its pages to look; absent where they are plain. */
    lookOf?: LookOf;
    /** Absent where nothing is limited. */
    requestCounter?: RequestCounter;
  };
};
