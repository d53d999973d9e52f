// Management: the published description of the API, made from the routes themselves (OpenAPI 3.1). What a route takes and
// answers is said once, where it is built; nothing here knows a family.

import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import type { ManagementScope } from '#runtime/lifecycle/scopes.ts';
import type { Route } from './route.ts';

const REASONS = {
  400: 'The request is not well formed, or cannot be done.',
  401: 'The token is missing, or not one of ours.',
  403: 'The token lacks the scope.',
  404: 'There is no such thing.',
  409: 'It is there already, or it is in use.',
  429: 'Too many requests; see the headers.',
} as const;

const refusal = z
  .strictObject({
    statusCode: z.int(),
    error: z.string(),
    message: z.string(),
    errorCode: z.string().optional(),
    attributes: z.strictObject({ error: z.string() }).optional(),
  })
  .meta({ id: 'Refusal' });

const rehearsed = z
  .strictObject({
    dry_run: z.literal(true),
    status: z.int(),
    result: z.unknown().optional(),
    diff: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Rehearsed' });

const DRY_RUN = z.enum(['true', 'false']).optional().meta({
  description: 'With true everything is checked and the difference is answered; nothing is written.',
});

/** Stands for the address of a tenant; RFC 2606 keeps the name free. */
const ANY_TENANT = 'https://tenant.invalid';

/**
 * The document as JSON, for the tenant at a base URL. It is made once, at the first call: that takes a tenth of a second, and
 * whoever asks needs no token.
 */
export function publishDescription(routes: readonly Route[]): (baseUrl: string) => string {
  let text: string | undefined;
  return (baseUrl) => {
    text ??= JSON.stringify(openApiDocument(routes, ANY_TENANT));
    return text.replaceAll(ANY_TENANT, () => JSON.stringify(baseUrl).slice(1, -1));
  };
}

/** @param server where the API is: `https://…`, without the path. */
function openApiDocument(routes: readonly Route[], server: string): object {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    const path = `/api/v2${route.path.replaceAll(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return createDocument(
    {
      openapi: '3.1.0',
      info: { title: 'Sallyport Management API', version: '2.0.0' },
      servers: [{ url: server }],
      paths,
      components: {
        securitySchemes: {
          token: {
            type: 'oauth2',
            flows: { clientCredentials: { tokenUrl: `${server}/oauth/token`, scopes: scopesOf(routes) } },
          },
        },
      },
    },
    { allowEmptySchema: { custom: true, unknown: true, transform: true, undefined: true } },
  );
}

function operation(route: Route): ZodOpenApiOperationObject {
  const { method, path, scopes, summary, body, form, answers } = route;
  const takes = form ? { 'multipart/form-data': { schema: form } } : body && { 'application/json': { schema: body } };
  const names = path.match(/:\w+/g)?.map((name) => name.slice(1)) ?? [];
  const query = queryOf(route);
  return {
    operationId: operationIdOf(route),
    summary,
    tags: [path.split('/')[1] ?? ''],
    // Any one of the scopes is enough: each is an alternative of its own.
    security: scopes.map((scope) => ({ token: [scope] })),
    ...(names.length === 0 && !query
      ? {}
      : {
          requestParams: {
            ...(names.length === 0
              ? {}
              : { path: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) }),
            ...(query ? { query } : {}),
          },
        }),
    ...(takes ? { requestBody: { required: true, content: takes } } : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, schema]) => [
          status,
          status === '204'
            ? { description: 'Done.' }
            : { description: 'Done.', content: { 'application/json': { schema: shown(method, status, schema) } } },
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(REASONS).map(([status, description]) => [
          status,
          { description, content: { 'application/json': { schema: refusal } } },
        ]),
      ),
    },
  } as ZodOpenApiOperationObject;
}

/** A rehearsal answers 200, whatever the write would. */
const shown = (method: string, status: string, schema: z.ZodType): z.ZodType =>
  method !== 'GET' && status === '200' ? z.union([schema, rehearsed]) : schema;

function queryOf({ method, query }: Route): z.ZodObject | undefined {
  const shape = query instanceof z.ZodObject ? query.shape : {};
  const all = { ...shape, ...(method === 'GET' ? {} : { dry_run: DRY_RUN }) };
  return Object.keys(all).length === 0 ? undefined : z.object(all);
}

const VERBS = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const;

/** `get_roles_id_users`: stable as long as the address is. */
const operationIdOf = ({ method, path }: Route): string => `${VERBS[method]}${path.replaceAll(/[^A-Za-z0-9]+/g, '_')}`;

function scopesOf(routes: readonly Route[]): Record<string, string> {
  const scopes = [...new Set<ManagementScope>(routes.flatMap((route) => [...route.scopes]))].sort();
  return Object.fromEntries(scopes.map((scope) => [scope, scope.replace(':', ' ').replaceAll('_', ' ')]));
}
