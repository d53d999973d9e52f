// Server, command line, development: what a project says of its tenant besides Actions, made through the Management API:
// switches of factors, settings, applications, people, organizations. What is there already from an earlier start stays.
import { GUARDIAN_FACTORS } from '#runtime/guardian-factors.ts';
import { FIRST_CONNECTION } from '#runtime/lifecycle/client.ts';
import type { JsonObject, TenantRecord } from '#storage/records.ts';
import type { Call } from '../../demo/management-client.ts';
import { DEMO_API, DEMO_APPLICATION, DEMO_MARK } from '../../demo/people.ts';
import type { Deps } from '../../deps.ts';
import { demoCallback, findDemoApplication } from '../../dev/demo-application.ts';
import type { FixtureOrganization, Project } from '../../project/project.ts';
import { reasonOf } from './deploy-scripts.ts';
import { type MadePerson, makePerson } from './make-person.ts';

/** Switches and settings: those that the file names, and factors that it does not name are off. */
export async function applySettings(call: Call, { factors, settings }: Project): Promise<void> {
  for (const name of GUARDIAN_FACTORS)
    await call('PUT', `/guardian/factors/${name}`, { enabled: factors[name] ?? false });
  if (Object.keys(settings).length > 0) {
    await named('settings', () => call('PATCH', '/tenants/settings', settings));
  }
}

/** Makes what fixtures name, and gives the people as a terminal and the Try page show them. */
export async function applyFixtures(
  call: Call,
  deps: Deps,
  tenant: TenantRecord,
  { fixtures }: Project,
): Promise<MadePerson[]> {
  await makeApplications(call, deps, tenant, fixtures.clients);
  const roles = new Map<string, string>();
  for (const role of (await deps.store.roles.list(tenant.id)).records) roles.set(role.name, role.id);
  const wanted = new Set([
    ...Object.values(fixtures.users).flatMap(({ roles: names = [] }) => names),
    ...Object.values(fixtures.organizations).flatMap(({ members = {} }) => Object.values(members).flat()),
  ]);
  for (const name of wanted) {
    if (!roles.has(name)) roles.set(name, String((await call('POST', '/roles', { name, description: name })).id));
  }
  const people: MadePerson[] = [];
  for (const [index, [name, user]] of Object.entries(fixtures.users).entries()) {
    const make = () => makePerson({ call, deps, tenant, roles }, { name, user, index });
    people.push(await named(`fixtures.users.${name}`, make));
  }
  for (const [name, organization] of Object.entries(fixtures.organizations)) {
    await named(`fixtures.organizations.${name}`, () =>
      makeOrganization({ call, deps, tenant, roles, people }, name, organization),
    );
  }
  return people;
}

/** A refusal says which part of the file it is about. */
async function named<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`sallyport.json: ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

async function makeApplications(
  call: Call,
  deps: Deps,
  tenant: TenantRecord,
  clients: Project['fixtures']['clients'],
): Promise<void> {
  const { store } = deps;
  if (!(await store.resourceServers.findByKey(tenant.id, DEMO_API))) {
    await call('POST', '/resource-servers', { name: 'Demo API', identifier: DEMO_API });
  }
  const application = { app_type: 'spa', token_endpoint_auth_method: 'none', grant_types: ['authorization_code'] };
  const known = await findDemoApplication(deps, tenant);
  if (!known) {
    await call('POST', '/clients', {
      ...application,
      name: DEMO_APPLICATION,
      callbacks: [demoCallback(tenant)],
      client_metadata: { [DEMO_MARK]: 'try' },
    });
  } else if (!known.callbacks.includes(demoCallback(tenant))) {
    await call('PATCH', `/clients/${known.id}`, { callbacks: [demoCallback(tenant)] });
  }
  const { records } = await store.clients.list(tenant.id);
  for (const [name, { metadata = {}, callbacks = [] }] of Object.entries(clients)) {
    if (records.some((client) => client.name === name)) continue;
    await call('POST', '/clients', { ...application, name, callbacks: [...callbacks], client_metadata: metadata });
  }
}

type Place = {
  call: Call;
  deps: Deps;
  tenant: TenantRecord;
  roles: ReadonlyMap<string, string>;
  people: readonly MadePerson[];
};

async function makeOrganization(
  { call, deps, tenant, roles, people }: Place,
  name: string,
  { display_name: displayName, metadata = {}, members = {} }: FixtureOrganization,
): Promise<void> {
  const { records } = await deps.store.organizations.list(tenant.id);
  let id = records.find((organization) => organization.name === name)?.id;
  if (id === undefined) {
    const connection = await deps.store.connections.findByKey(tenant.id, FIRST_CONNECTION);
    const made = await call('POST', '/organizations', {
      name,
      ...(displayName === undefined ? {} : { display_name: displayName }),
      metadata,
      ...(connection ? { enabled_connections: [{ connection_id: connection.id }] } : {}),
    } satisfies JsonObject);
    id = String(made.id);
  }
  for (const [member, roleNames] of Object.entries(members)) {
    const userId = people.find((person) => person.fixture === member)?.userId;
    if (userId === undefined) continue;
    await call('POST', `/organizations/${id}/members`, { members: [userId] });
    const ids = roleNames.flatMap((roleName) => roles.get(roleName) ?? []);
    const path = `/organizations/${id}/members/${encodeURIComponent(userId)}/roles`;
    if (ids.length > 0) await call('POST', path, { roles: ids });
  }
}
