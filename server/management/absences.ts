// Longer than 300 lines because it is one table.
// Management: what the wire has and this house has not, one row each, with what there is in its place. Routes are made of
// them in `absence-routes.ts`.
import type { ManagementScope } from '#runtime/lifecycle/scopes.ts';
import type { Method } from './route.ts';

/** What scopes are called after: `rules` of `read:rules`. */
type Stem = { [S in ManagementScope]: S extends `read:${infer Name}` ? Name : never }[ManagementScope];

/** A method, a place below the family's, and its scopes where they are not that of the family. */
export type Call = readonly [method: Method, below: string, ...scopes: ManagementScope[]];

/** `whole`: an object without paging. `bare`: a list and nothing else. */
export type Paging = 'page' | 'checkpoint' | 'whole' | 'bare';

export type Absence = {
  path: string;
  /** One of them, as refusals call it. */
  one: string;
  /** Where all its calls name their scopes, it has none. */
  stem?: Stem;
  /** The key of its list, and how it comes; a family without one lists nothing. */
  list?: readonly [key: string, paging: Paging];
  /** Reading is refused too: an empty answer would be untrue. */
  isUnreadable?: true;
  calls: readonly Call[];
  /** What there is in its place, in whole sentences. */
  instead: string;
};

const CRUD: readonly Call[] = [
  ['GET', ''],
  ['POST', ''],
  ['GET', '/:id'],
  ['PATCH', '/:id'],
  ['DELETE', '/:id'],
];

export const ABSENCES: readonly Absence[] = [
  {
    path: '/rules',
    one: 'rule',
    stem: 'rules',
    list: ['rules', 'page'],
    calls: CRUD,
    instead: 'Rules do not run here. Write a post-login Action; sallyport convert rules makes one of a rule.',
  },
  {
    path: '/rules-configs',
    one: 'rules config',
    stem: 'rules_configs',
    list: ['rules_configs', 'bare'],
    calls: [
      ['GET', ''],
      ['PUT', '/:key'],
      ['DELETE', '/:key'],
    ],
    instead: 'Rules do not run here. Keep the value as a secret of an Action.',
  },
  {
    path: '/hooks',
    one: 'hook',
    stem: 'hooks',
    list: ['hooks', 'page'],
    calls: [
      ...CRUD,
      ['GET', '/:id/secrets'],
      ['POST', '/:id/secrets'],
      ['PATCH', '/:id/secrets'],
      ['DELETE', '/:id/secrets'],
    ],
    instead: 'Hooks do not run here. Write an Action; sallyport convert rules makes one of a hook.',
  },
  {
    path: '/flows',
    one: 'flow',
    stem: 'flows',
    list: ['flows', 'page'],
    calls: CRUD,
    instead: 'Flows do not run here: forms pass them over. Write an Action that reads event.prompt.fields.',
  },
  {
    path: '/flows/:flow_id/executions',
    one: 'execution of the flow',
    stem: 'flows_executions',
    calls: [
      ['GET', ''],
      ['GET', '/:id'],
      ['DELETE', '/:id'],
    ],
    instead: 'Flows do not run here. Executions of Actions are at /api/v2/actions/executions.',
  },
  {
    path: '/flows/vault/connections',
    one: 'vault connection',
    stem: 'flows_vault_connections',
    list: ['connections', 'page'],
    calls: CRUD,
    instead: 'Flows do not run here, so nothing reads their vault. Keep the credentials as secrets of an Action.',
  },
  {
    path: '/event-streams',
    one: 'event stream',
    stem: 'event_streams',
    list: ['eventStreams', 'checkpoint'],
    calls: [...CRUD, ['POST', '/:id/test', 'update:event_streams']],
    instead: 'Events are not streamed here. Use a log stream.',
  },
  {
    path: '/event-streams/:id',
    one: 'event stream',
    stem: 'event_deliveries',
    calls: [
      ['GET', '/deliveries'],
      ['GET', '/deliveries/:event_id'],
      ['POST', '/redeliver', 'update:event_deliveries'],
      ['POST', '/redeliver/:event_id', 'update:event_deliveries'],
    ],
    instead: 'Events are not streamed here. A log stream repeats what could not be delivered.',
  },
  {
    path: '/network-acls',
    one: 'network ACL',
    stem: 'network_acls',
    list: ['network_acls', 'page'],
    calls: [...CRUD, ['PUT', '/:id']],
    instead:
      'There are no rules by network here. Refuse addresses in front of the server, or in an Action by event.request.ip.',
  },
  {
    path: '/keys/network-acls',
    one: 'key',
    stem: 'network_acl_keys',
    list: ['keys', 'whole'],
    calls: [
      ['GET', ''],
      ['POST', ''],
      ['GET', '/:id'],
      ['DELETE', '/:id'],
    ],
    instead: 'There are no rules by network here, so nothing asks for their keys.',
  },
  {
    path: '/self-service-profiles',
    one: 'self-service profile',
    stem: 'self_service_profiles',
    list: ['self_service_profiles', 'page'],
    calls: [
      ...CRUD,
      ['POST', '/:id/sso-ticket', 'create:sso_access_tickets'],
      ['POST', '/:id/sso-ticket/:ticket_id/revoke', 'delete:sso_access_tickets'],
      ['GET', '/:id/custom-text/:language/:page', 'read:self_service_profile_custom_texts'],
      ['PUT', '/:id/custom-text/:language/:page', 'update:self_service_profile_custom_texts'],
    ],
    instead: 'Nobody sets up connections by a page here. Make them with POST /api/v2/connections.',
  },
  {
    path: '/rate-limit-policies',
    one: 'rate limit policy',
    stem: 'rate_limit_policies',
    list: ['rate_limit_policies', 'checkpoint'],
    calls: CRUD,
    instead: 'Rate limits belong to the server. Its operator sets them with SALLYPORT_RATE_LIMITS.',
  },
  {
    path: '/connections-directory-provisionings',
    one: 'directory provisioning',
    stem: 'directory_provisionings',
    list: ['directory_provisionings', 'checkpoint'],
    calls: [['GET', '']],
    instead: 'Directories are not provisioned here. Import users with POST /api/v2/jobs/users-imports.',
  },
  {
    path: '/connections-scim-configurations',
    one: 'SCIM configuration',
    stem: 'scim_config',
    list: ['scim_configurations', 'checkpoint'],
    calls: [['GET', '']],
    instead: 'SCIM is not spoken here. Import users with POST /api/v2/jobs/users-imports.',
  },
  {
    path: '/verifiable-credentials/verification/templates',
    one: 'template',
    stem: 'vdcs_templates',
    list: ['templates', 'checkpoint'],
    calls: CRUD,
    instead: 'Verifiable credentials are not checked here. Ask their service from an Action.',
  },
  {
    path: '/agents',
    one: 'agent',
    stem: 'agents',
    list: ['agents', 'checkpoint'],
    calls: CRUD,
    instead: 'Agents are no things of their own here. Make a client for each.',
  },
  {
    path: '/connections/:id/scim-configuration',
    one: 'SCIM configuration',
    stem: 'scim_config',
    calls: [
      ['GET', ''],
      ['POST', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['GET', '/default-mapping'],
      ['GET', '/tokens', 'read:scim_token'],
      ['POST', '/tokens', 'create:scim_token'],
      ['DELETE', '/tokens/:token_id', 'delete:scim_token'],
    ],
    instead: 'SCIM is not spoken here. Import users with POST /api/v2/jobs/users-imports.',
  },
  {
    path: '/connections/:id/directory-provisioning',
    one: 'directory provisioning',
    stem: 'directory_provisionings',
    calls: [
      ['GET', ''],
      ['POST', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['GET', '/default-mapping'],
      ['GET', '/synchronized-groups'],
      ['POST', '/synchronized-groups', 'update:directory_provisionings'],
      ['PUT', '/synchronized-groups'],
      ['DELETE', '/synchronized-groups', 'update:directory_provisionings'],
      ['POST', '/synchronizations', 'create:directory_provisioning_synchronizations'],
    ],
    instead: 'Directories are not provisioned here. Import users with POST /api/v2/jobs/users-imports.',
  },
  {
    path: '/connections/:id/keys',
    one: 'key of the connection',
    stem: 'connections_keys',
    list: ['keys', 'bare'],
    calls: [
      ['GET', ''],
      ['POST', ''],
      ['POST', '/rotate', 'update:connections_keys'],
    ],
    instead: 'Nobody signs in by a connection to elsewhere here, so none has keys.',
  },
  {
    path: '/keys/encryption',
    one: 'encryption key',
    stem: 'encryption_keys',
    list: ['keys', 'page'],
    calls: [
      ['GET', ''],
      ['POST', ''],
      ['POST', '/rekey', 'update:encryption_keys'],
      ['GET', '/:kid'],
      ['POST', '/:kid', 'update:encryption_keys'],
      ['DELETE', '/:kid'],
      ['POST', '/:kid/wrapping-key', 'create:encryption_keys'],
    ],
    instead: 'What is secret is sealed by the key of the server, which its operator sets with SALLYPORT_ROOT_KEY.',
  },
  {
    path: '/keys/custom-signing',
    one: 'custom signing key set',
    stem: 'custom_signing_keys',
    calls: [
      ['GET', ''],
      ['PUT', '', 'create:custom_signing_keys', 'update:custom_signing_keys'],
      ['DELETE', ''],
    ],
    instead: 'Keys from elsewhere do not sign here. Rotate the keys of the tenant with /api/v2/keys/signing.',
  },
  {
    path: '/events',
    one: 'event',
    stem: 'events',
    isUnreadable: true,
    calls: [['GET', '']],
    instead: 'Events are not streamed here. Use a log stream.',
  },
  {
    path: '/experimentation/experiments',
    one: 'experiment',
    calls: [['POST', '/:id/advance-ramp', 'update:experimentation']],
    instead: 'Pages are the same for everybody here.',
  },
  {
    path: '/clients/cimd',
    one: 'client by metadata document',
    stem: 'clients',
    calls: [
      ['POST', '/preview'],
      ['POST', '/register'],
    ],
    instead: 'Clients are not made from metadata documents here. Use POST /api/v2/clients.',
  },
  {
    path: '/organizations/search',
    one: 'search of organizations',
    stem: 'organizations',
    isUnreadable: true,
    calls: [['GET', '']],
    instead: 'Organizations are not searched here. GET /api/v2/organizations/name/{name} takes one by its name.',
  },
  {
    path: '/resource-servers/search',
    one: 'search of APIs',
    stem: 'resource_servers',
    isUnreadable: true,
    calls: [['GET', '']],
    instead: 'APIs are not searched here. GET /api/v2/resource-servers/{id} also takes an identifier.',
  },
  {
    path: '/organization-templates',
    one: 'organization template',
    stem: 'organization_templates',
    list: ['organization_templates', 'checkpoint'],
    calls: [
      ['GET', ''],
      ['POST', ''],
      ['GET', '/:id'],
      ['PATCH', '/:id'],
      ['GET', '/:id/organizations'],
    ],
    instead: 'Organizations have no templates here. Set what each allows with PATCH /api/v2/organizations/{id}.',
  },
  {
    path: '/organizations/:id/organization-templates',
    one: 'organization template',
    stem: 'organization_templates',
    calls: [
      ['GET', ''],
      ['PUT', '/:template_id', 'update:organizations'],
      ['DELETE', '/:template_id', 'update:organizations'],
    ],
    instead: 'Organizations have no templates here. Set what one allows with PATCH /api/v2/organizations/{id}.',
  },
  {
    path: '/groups/:id/roles',
    one: 'role of the group',
    stem: 'group_roles',
    isUnreadable: true,
    calls: [
      ['GET', ''],
      ['POST', ''],
      ['DELETE', ''],
    ],
    instead: 'Groups are given roles by the role here: /api/v2/roles/{id}/groups.',
  },
  {
    path: '/users/:id/connected-accounts',
    one: 'connected account',
    stem: 'users',
    list: ['connected_accounts', 'checkpoint'],
    calls: [['GET', '']],
    instead: 'Nobody signs in by a connection to elsewhere here.',
  },
  {
    path: '/users/:id/federated-connections-tokensets',
    one: 'token set',
    stem: 'federated_connections_tokens',
    list: ['tokensets', 'bare'],
    calls: [
      ['GET', ''],
      ['DELETE', '/:tokenset_id'],
    ],
    instead: 'Nobody signs in by a connection to elsewhere here, so no tokens of theirs are kept.',
  },
  {
    path: '/users/:id/effective-permissions',
    one: 'effective permission',
    isUnreadable: true,
    calls: [
      ['GET', '', 'read:user_effective_permissions'],
      ['GET', '/sources/effective-roles', 'read:user_permission_source_roles'],
    ],
    instead: 'GET /api/v2/users/{id}/permissions says of each permission where it comes from.',
  },
  {
    path: '/users/:id/effective-roles',
    one: 'effective role',
    isUnreadable: true,
    calls: [
      ['GET', '', 'read:user_effective_roles'],
      ['GET', '/sources/groups', 'read:user_role_source_groups'],
    ],
    instead: 'Ask /api/v2/users/{id}/roles, and /api/v2/roles/{id}/groups for what comes by a group.',
  },
  {
    path: '/organizations/:id/members/:user_id/effective-roles/sources/groups',
    one: 'group of an effective role',
    stem: 'organization_member_role_source_groups',
    isUnreadable: true,
    calls: [['GET', '']],
    instead: 'Ask /api/v2/organizations/{id}/roles/{role_id}/groups.',
  },
  {
    path: '/users/:id/risk-assessments/clear',
    one: 'risk assessment',
    calls: [['POST', '', 'update:users']],
    instead: 'Devices are not forgotten one person at a time here: what is known of them goes with the user.',
  },
  {
    path: '/attack-protection/phone-provider-protection',
    one: 'phone provider protection',
    stem: 'attack_protection',
    isUnreadable: true,
    calls: [
      ['GET', ''],
      ['PATCH', ''],
    ],
    instead: 'What messages may cost is bounded by /api/v2/attack-protection/message-spend here.',
  },
  {
    path: '/guardian/settings',
    one: 'setting of second factors',
    stem: 'guardian_factors',
    isUnreadable: true,
    calls: [
      ['GET', ''],
      ['PUT', '', 'update:guardian_factors'],
    ],
    instead:
      'Whether a browser may be remembered is said by an Action: allowRememberBrowser of api.multifactor.enable.',
  },
  ...(['email', 'phone'] as const).map((factor) => ({
    path: `/guardian/factors/${factor}/settings`,
    one: 'setting of codes',
    stem: 'guardian_factors' as const,
    isUnreadable: true as const,
    calls: [
      ['GET', ''],
      ['PUT', ''],
    ] as const,
    instead: 'How long codes are, and how long they are good, are no settings here.',
  })),
  {
    path: '/custom-domains',
    one: 'check of a custom domain',
    stem: 'custom_domains',
    calls: [
      ['PATCH', '/default'],
      ['POST', '/:id/test', 'read:custom_domains'],
    ],
    instead: 'A tenant answers at its base URL and at nothing else.',
  },
  {
    path: '/connection-profiles/templates/:id',
    one: 'template',
    stem: 'connection_profiles',
    calls: [['GET', '']],
    instead: 'Write the profile whole.',
  },
  {
    path: '/user-attribute-profiles/templates/:id',
    one: 'template',
    stem: 'user_attribute_profiles',
    calls: [['GET', '']],
    instead: 'Write the profile whole.',
  },
  {
    path: '/device-credentials',
    one: 'public key of a device',
    calls: [['POST', '', 'create:current_user_device_credentials']],
    instead: 'Credentials of devices are refresh tokens here: log in with the scope offline_access.',
  },
];
