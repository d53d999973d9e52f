// Server, migration: brings to a tenant what a project does not hold: roles, applications, APIs, connections. What is there by
// the same name stays as it is; what is refused is said and stops nothing else. No secret of an export is ever sent.
import { type Remote, RemoteRefusal } from '../cli/remote.ts';
import type { ImportNote } from './plan-project.ts';
import type { Exported, TenantExport, Wire } from './read-export.ts';

type Family = {
  what: string;
  path: string;
  key: string;
  name: string;
  fields: readonly string[];
  from: readonly Exported[];
};

const CLIENT_FIELDS = [
  'name',
  'description',
  'app_type',
  'callbacks',
  'allowed_logout_urls',
  'allowed_origins',
  'web_origins',
  'grant_types',
  'token_endpoint_auth_method',
  'client_metadata',
  'is_first_party',
  'oidc_conformant',
  'logo_uri',
  'initiate_login_uri',
];

const ONE_DATABASE = 'a tenant of Sallyport has its one database of users, and connections that send codes';

export async function pushExport(read: TenantExport, remote: Remote): Promise<ImportNote[]> {
  const families: Family[] = [
    { what: 'role', path: '/roles', key: 'roles', name: 'name', fields: ['name', 'description'], from: read.roles },
    {
      what: 'API',
      path: '/resource-servers',
      key: 'resource_servers',
      name: 'identifier',
      fields: ['name', 'identifier', 'scopes', 'signing_alg', 'token_lifetime', 'allow_offline_access'],
      from: read.resourceServers.filter(({ value }) => value.is_system !== true),
    },
    {
      what: 'application',
      path: '/clients',
      key: 'clients',
      name: 'name',
      fields: CLIENT_FIELDS,
      from: read.clients.filter(({ value }) => value.global !== true),
    },
    {
      what: 'connection',
      path: '/connections',
      key: 'connections',
      name: 'name',
      fields: ['name', 'strategy', 'display_name'],
      from: read.connections,
    },
  ];
  const notes: ImportNote[] = [];
  for (const family of families) if (family.from.length > 0) notes.push(...(await pushFamily(family, remote)));
  return notes;
}

async function pushFamily({ what, path, key, name, fields, from }: Family, remote: Remote): Promise<ImportNote[]> {
  const there = new Set((await remote.list<Wire>(path, key)).map((each) => each[name]));
  const notes: ImportNote[] = [];
  for (const { file, value } of from) {
    const label = `${what} ${String(value[name])}`;
    if (what === 'connection' && remote.kind === 'sallyport' && !/^(sms|email)$/.test(String(value.strategy))) {
      notes.push({ state: 'left', what: label, why: ONE_DATABASE });
    } else if (there.has(value[name]))
      notes.push({ state: 'left', what: label, why: 'the tenant has one of this name' });
    else if (/##\w+##|@@\w+@@/.test(JSON.stringify(value)))
      notes.push({ state: 'human', what: label, why: `has placeholders: write their values in ${file}` });
    else {
      const body = Object.fromEntries(
        fields
          .filter((field) => value[field] !== undefined && value[field] !== null)
          .map((field) => [field, value[field]]),
      );
      try {
        await remote.call('POST', path, body);
        notes.push({ state: 'taken', what: label });
        notes.push(...afterwards(what, label, value));
      } catch (error) {
        if (!(error instanceof RemoteRefusal)) throw error;
        notes.push({ state: 'human', what: label, why: error.message });
      }
    }
  }
  return notes;
}

/** What a new one still lacks. */
function afterwards(what: string, label: string, value: Wire): ImportNote[] {
  const notes: ImportNote[] = [];
  if (what === 'connection') {
    notes.push({
      state: 'human',
      what: label,
      why: 'its options and which applications use it are not taken over: set them',
    });
    const { customScripts } = (value.options ?? {}) as Wire;
    if (customScripts)
      notes.push({ state: 'left', what: `scripts of ${label}`, why: 'a database of another place is not asked' });
  }
  if (what === 'application')
    notes.push({ state: 'human', what: label, why: 'it has a new client id and a new secret: tell the program' });
  return notes;
}
