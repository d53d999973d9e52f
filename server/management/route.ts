// Management: what a route is: a row that says method, path, scopes and schemas, and a function that is called only with
// what passed them. Families are lists of such rows; `mount.ts` is the only file that touches the HTTP framework.
import type { z } from 'zod';
import type { Builder } from '#runtime/lifecycle/action-build.ts';
import type { LifecyclePorts } from '#runtime/lifecycle/ports.ts';
import type { ManagementScope } from '#runtime/lifecycle/scopes.ts';
import type { Caller } from '#runtime/runtime.ts';
import type { TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import type { Answer } from './answer.ts';
import { parse } from './validation.ts';

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
};

export type Call<Query, Body> = Incoming & { query: Query; body: Body };

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export type Route = {
  method: Method;
  /** Below `/api/v2`, parameters as `:name`. */
  path: string;
  /** Any one of them opens it. */
  scopes: readonly ManagementScope[];
  takesBody: boolean;
  /** A form with a file in it, in place of JSON. */
  takesForm: boolean;
  run(incoming: Incoming, query: unknown, body: unknown): Promise<Answer>;
};

type Definition<Query, Body> = {
  method: Method;
  path: string;
  scopes: readonly ManagementScope[];
  query?: z.ZodType<Query>;
  body?: z.ZodType<Body>;
  /** In place of `body`: the texts of a form with a file in it, by their names. */
  form?: z.ZodType<Body>;
  handle(call: Call<Query, Body>): Promise<Answer>;
};

/** Without a `query` schema a route ignores its query string; without a `body` schema it reads none. */
export function route<Query = undefined, Body = undefined>(definition: Definition<Query, Body>): Route {
  const { method, path, scopes, handle } = definition;
  return {
    method,
    path,
    scopes,
    takesBody: definition.body !== undefined,
    takesForm: definition.form !== undefined,
    async run(incoming, givenQuery, givenBody) {
      const query = definition.query ? parse('query', definition.query, givenQuery) : undefined;
      if (query && !query.ok) return query.refusal;
      const schema = definition.body ?? definition.form;
      const body = schema ? parse('payload', schema, givenBody) : undefined;
      if (body && !body.ok) return body.refusal;
      // A schema that is not there stands for `undefined`, as the defaults of the type parameters say.
      return handle({ ...incoming, query: query?.value as Query, body: body?.value as Body });
    },
  };
}
