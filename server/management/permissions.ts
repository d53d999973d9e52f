// Management: permissions on the wire: a scope, named with the API that offers it. Nobody gives what opens other tenants
// without having it.
import { z } from 'zod';
import type { ResourceServerRecord } from '#storage/records.ts';
import type { Permission } from '#storage/store.ts';
import { invalidBody, type Refusal } from './answer.ts';
import { optional, text } from './fields.ts';
import { refuseBeyond, scopesBeyond } from './lifted-clients.ts';
import type { Incoming } from './route.ts';

export const permissionList = z.strictObject({
  permissions: z
    .array(z.strictObject({ resource_server_identifier: text(600), permission_name: text(280) }))
    .min(1)
    .max(1000),
});
type Given = z.output<typeof permissionList>['permissions'];

export const permissionShape = z
  .strictObject({
    permission_name: z.string(),
    description: z.string().optional(),
    resource_server_name: z.string().optional(),
    resource_server_identifier: z.string(),
  })
  .meta({ id: 'Permission' });

/** What is meant, to be given: each must be offered by its API. */
export async function readPermissions(call: Incoming, given: Given): Promise<Permission[] | Refusal> {
  const apis = await apisOf(call, given);
  const read: Permission[] = [];
  for (const { resource_server_identifier: identifier, permission_name: scope } of given) {
    const api = apis.get(identifier);
    if (!api) return invalidBody(`The resource server "${identifier}" does not exist.`);
    if (!api.scopes.some(({ value }) => value === scope)) {
      return invalidBody(`The permission "${scope}" is not offered by the resource server "${identifier}".`);
    }
    const beyond = api.isSystem ? scopesBeyond(call, [scope]) : [];
    if (beyond.length > 0) return refuseBeyond(beyond);
    read.push({ apiId: api.id, scope });
  }
  return read;
}

/** What is meant, to be taken: of what is not there nobody has anything. */
export async function knownPermissions(call: Incoming, given: Given): Promise<Permission[]> {
  const apis = await apisOf(call, given);
  return given.flatMap(({ resource_server_identifier: identifier, permission_name: scope }) => {
    const api = apis.get(identifier);
    return api ? [{ apiId: api.id, scope }] : [];
  });
}

async function apisOf({ deps, tenant }: Incoming, given: Given): Promise<Map<string, ResourceServerRecord>> {
  const apis = new Map<string, ResourceServerRecord>();
  for (const identifier of new Set(given.map((each) => each.resource_server_identifier))) {
    const api = await deps.store.resourceServers.findByKey(tenant.id, identifier);
    if (api) apis.set(identifier, api);
  }
  return apis;
}

/** Those whose scope is still offered, each with its API. */
export async function withApis<P extends Permission>(
  { deps, tenant }: Incoming,
  permissions: readonly P[],
): Promise<{ permission: P; api: ResourceServerRecord }[]> {
  const apis = new Map<string, ResourceServerRecord | undefined>();
  for (const id of new Set(permissions.map(({ apiId }) => apiId))) {
    apis.set(id, await deps.store.resourceServers.find(tenant.id, id));
  }
  return permissions.flatMap((permission) => {
    const api = apis.get(permission.apiId);
    return api?.scopes.some(({ value }) => value === permission.scope) ? [{ permission, api }] : [];
  });
}

export function showPermission({ scope }: Permission, api: ResourceServerRecord): Record<string, unknown> {
  return {
    permission_name: scope,
    ...optional('description', api.scopes.find(({ value }) => value === scope)?.description),
    ...optional('resource_server_name', api.name),
    resource_server_identifier: api.identifier,
  };
}
