// Management: what a route is: its description (method, path, scopes, what it takes and answers), and a function that is
// called only with what passed it. Families are lists of routes; `mount.ts` is the only file that touches the HTTP framework.
import { z } from 'zod';
import type { Builder } from '#runtime/lifecycle/action-build.ts';
import type { LifecyclePorts } from '#runtime/lifecycle/ports.ts';
import type { ManagementScope } from '#runtime/lifecycle/scopes.ts';
import type { Caller } from '#runtime/runtime.ts';
import type { JsonObject, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import type { Answer, Refusal } from './answer.ts';
import type { Upload } from './upload.ts';
import { parse } from './validation.ts';
import type { WayBack } from './way-back.ts';

/** The client that calls, as its token says. */
export type Operator = { clientId: string; scopes: ReadonlySet<string> };

/** A request whose caller may make it, before its query and body are judged. */
export type Incoming = {
  deps: Deps;
  ports: LifecyclePorts;
  builder: Builder;
  tenant: TenantRecord;
  operator: Operator;
  caller: Caller;
  /** A parameter of the path, decoded. */
  param(name: string): string;
  /** The form of a route that takes one, as it comes. */
  upload?: Upload;
};

export type Call<Query, Body> = Incoming & { query: Query; body: Body };

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What each status of success carries; `NOTHING` for an answer without a body. */
export type Answers = { readonly [Status in 200 | 201 | 202 | 204]?: z.ZodType };

/** An answer without a body, or whose body is an empty object. */
export const NOTHING = z.strictObject({});

/** What is said of a route where it is described: validation, the published document, tests and audits read it here. */
export type Description = {
  method: Method;
  /** Below `/api/v2`, parameters as `:name`. */
  path: string;
  /** Any one of them opens it. */
  scopes: readonly ManagementScope[];
  /** What it does, as a heading: `List roles`. */
  summary: string;
  /** Shapes of good answers, by status. */
  answers: Answers;
  query?: z.ZodType;
  body?: z.ZodType;
  /** In place of `body`: the parts of a form with a file in it, by their names. The route reads it itself: it may be long. */
  form?: z.ZodType;
  /**
   * The path of the route that shows what a write changes, for the audit and for `dry_run`, where `subject.ts` would guess
   * wrong; `none`: nothing does. A route in place of a path is no part of the API: it shows less than the public one.
   */
  subject?: string | Route;
  /** Why a write cannot be rehearsed: it acts outside the database, or takes too long. */
  unrehearsed?: string;
  /** How it is undone, where that is not the same call with what was there before. */
  undo?: WayBack;
  /** It is another write, which is found when this is called: that one is rehearsed, done and logged. `query` is unjudged. */
  standsFor?(incoming: Incoming, query: unknown, routes: readonly Route[]): Promise<Meant>;
};

export type Route = Description & {
  run(incoming: Incoming, query: unknown, body: unknown): Promise<Answer>;
};

/** A call of a route that writes. */
export type Calling = {
  route: Route;
  /** As it was called: no query. */
  path: string;
  query: Record<string, unknown>;
  body: unknown;
  /** It puts a change back: the line that told of it, and what the answer says beside the result. */
  undoes?: { logId: string; told: JsonObject };
};

/** A write in place of the one that was called, and what it is called with. */
export type Meant = { ok: true; incoming: Incoming; write: Calling } | Refusal;

type Definition<Query, Body> = Omit<Description, 'query' | 'body'> & {
  query?: z.ZodType<Query>;
  body?: z.ZodType<Body>;
  handle(call: Call<Query, Body>): Promise<Answer>;
};

/** Without a `query` schema a route ignores its query string; without a `body` schema it reads none. */
export function route<Query = undefined, Body = undefined>(definition: Definition<Query, Body>): Route {
  const { handle, ...description } = definition;
  return {
    ...description,
    async run(incoming, givenQuery, givenBody) {
      const query = definition.query ? parse('query', definition.query, givenQuery) : undefined;
      if (query && !query.ok) return query.refusal;
      const body = definition.body ? parse('payload', definition.body, givenBody) : undefined;
      if (body && !body.ok) return body.refusal;
      // A schema that is not there stands for `undefined`, as the defaults of the type parameters say.
      return handle({ ...incoming, query: query?.value as Query, body: body?.value as Body });
    },
  };
}
