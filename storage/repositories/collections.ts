// Storage: the configuration families. A new one is a line here, a name in tables.ts and a table in a migration.
import type { Desk } from '../columns.ts';
import type { Store } from '../store.ts';
import { createCollection as keep } from './collection.ts';
import { removeOwnRoles } from './group-roles.ts';
import { removeTokens } from './refresh-tokens.ts';
import { removeTicketsOf } from './tickets.ts';

type Families =
  | 'clients'
  | 'connections'
  | 'resourceServers'
  | 'clientGrants'
  | 'roles'
  | 'organizations'
  | 'discoveryDomains'
  | 'actions'
  | 'actionVersions'
  | 'builds'
  | 'modules'
  | 'moduleVersions'
  | 'groups'
  | 'forms'
  | 'pages'
  | 'providers'
  | 'tokenExchangeProfiles'
  | 'keptDocuments'
  | 'authenticationConfigurations'
  | 'authenticationPolicies';

export function createCollections(desk: Desk): Pick<Store, Families> {
  return {
    clients: keep(desk, {
      table: 'clients',
      // A client that is an API when it calls others.
      parent: ({ settings: { resource_server_identifier: api } }) => (typeof api === 'string' ? api : undefined),
      // By its foreign keys the row takes tokens and consents with it, but not the handles of the tokens.
      goesWith: (db, tenantId, clientId) => removeTokens(db, tenantId, { clientId }),
      sealed: ['secret'],
    }),
    // The options of a connection hold the credentials of its gateway or upstream.
    connections: keep(desk, { table: 'connections', key: (record) => record.name, sealed: ['options'] }),
    resourceServers: keep(desk, {
      table: 'resource_servers',
      key: (record) => record.identifier,
      sealed: ['signingSecret'],
    }),
    clientGrants: keep(desk, {
      table: 'client_grants',
      // One for the client itself, one for people who come by it.
      key: (record) =>
        `${record.settings.subject_type === 'user' ? 'user\n' : ''}${record.clientId} ${record.audience}`,
      parent: (record) => record.clientId,
    }),
    roles: keep(desk, {
      table: 'roles',
      key: (record) => (record.ownerId === undefined ? record.name : `${record.ownerId}\n${record.name}`),
      parent: (record) => record.ownerId,
    }),
    organizations: keep(desk, {
      table: 'organizations',
      key: (record) => record.name,
      *goesWith(db, tenantId, organizationId) {
        yield* removeTicketsOf(db, tenantId, { organizationId });
        yield* removeOwnRoles(db, tenantId, organizationId);
      },
    }),
    discoveryDomains: keep(desk, {
      table: 'discovery_domains',
      key: (record) => record.domain,
      parent: (record) => record.organizationId,
    }),
    actions: keep(desk, { table: 'actions', build: (record) => record.buildId, sealed: ['secrets'] }),
    actionVersions: keep(desk, {
      table: 'action_versions',
      parent: (record) => record.actionId,
      build: (record) => record.buildId,
      sealed: ['secrets', 'moduleSecrets'],
    }),
    builds: keep(desk, { table: 'builds' }),
    modules: keep(desk, { table: 'modules', key: (record) => record.name, sealed: ['secrets'] }),
    moduleVersions: keep(desk, {
      table: 'module_versions',
      key: (record) => `${record.moduleId} ${record.number}`,
      parent: (record) => record.moduleId,
      sealed: ['secrets'],
    }),
    groups: keep(desk, { table: 'groups', parent: (record) => record.connectionId ?? record.organizationId }),
    forms: keep(desk, { table: 'forms' }),
    pages: keep(desk, {
      table: 'pages',
      key: (record) => `${record.kind} ${record.name}`,
      parent: (record) => record.kind,
    }),
    providers: keep(desk, { table: 'providers', key: (record) => record.name, sealed: ['settings'] }),
    keptDocuments: keep(desk, {
      table: 'kept_documents',
      key: (record) => `${record.kind} ${record.name}`,
      parent: (record) => record.kind,
    }),
    tokenExchangeProfiles: keep(desk, {
      table: 'token_exchange_profiles',
      key: (record) => record.subjectTokenType,
      parent: (record) => record.actionId,
    }),
    authenticationConfigurations: keep(desk, {
      table: 'authentication_configurations',
      key: (record) => record.type,
      sealed: ['interactions'],
    }),
    authenticationPolicies: keep(desk, { table: 'authentication_policies', key: (record) => record.flow }),
  };
}
