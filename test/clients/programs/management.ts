// Example programs: the ManagementClient of `auth0`, Auth0's SDK for Node, as version 7 was published, against a tenant of
// Sallyport.
import { ManagementClient, ManagementError } from 'auth0';

type Given = { domain: string; clientId: string; clientSecret: string };

const open = (given: Given) => new ManagementClient(given);

/** Made, read, listed, changed and removed; `name` is of a round of its own. */
export async function wholeLives({ name, ...given }: Given & { name: string }) {
  const auth0 = open(given);

  const role = await auth0.roles.create({ name, description: 'of an example' });
  const roleId = role.id ?? '';
  await auth0.roles.update(roleId, { description: 'changed' });
  const changed = await auth0.roles.get(roleId);

  const identifier = `https://${name}.example`;
  const scopes = [{ value: 'read:orders', description: 'Read orders' }];
  const api = await auth0.resourceServers.create({ name, identifier, scopes });
  await auth0.roles.permissions.add(roleId, {
    permissions: [{ resource_server_identifier: identifier, permission_name: 'read:orders' }],
  });
  const permissions = await auth0.roles.permissions.list(roleId);

  const client = await auth0.clients.create({ name, app_type: 'non_interactive' });
  const clientId = client.client_id ?? '';
  const grant = await auth0.clientGrants.create({ client_id: clientId, audience: identifier, scope: ['read:orders'] });
  const grants = await auth0.clientGrants.list({ client_id: clientId });

  const organization = await auth0.organizations.create({ name: name.toLowerCase(), display_name: name });
  const organizationId = organization.id ?? '';
  const found = await auth0.organizations.getByName(name.toLowerCase());

  const connection = await auth0.connections.create({ name, strategy: 'auth0' });
  const user = await auth0.users.create({
    connection: name,
    email: `${name}@example.com`,
    password: 'correct Horse battery 1!',
  });
  const userId = user.user_id ?? '';
  await auth0.users.roles.assign(userId, { roles: [roleId] });
  const roles = await auth0.users.roles.list(userId);
  const byEmail = await auth0.users.listUsersByEmail({ email: `${name}@example.com` });
  await auth0.organizations.members.create(organizationId, { members: [userId] });
  const members = await auth0.organizations.members.list(organizationId);

  const action = await auth0.actions.create({
    name,
    supported_triggers: [{ id: 'post-login', version: 'v3' }],
    code: 'exports.onExecutePostLogin = async () => {};',
  });
  const actionId = action.id ?? '';
  for (let built = action.status; built !== 'built'; ) ({ status: built } = await auth0.actions.get(actionId));
  const version = await auth0.actions.deploy(actionId);

  await auth0.actions.delete(actionId, { force: true });
  await auth0.users.delete(userId);
  await auth0.organizations.delete(organizationId);
  await auth0.connections.delete(connection.id ?? '');
  await auth0.clientGrants.delete(grant.id ?? '');
  await auth0.clients.delete(clientId);
  await auth0.resourceServers.delete(api.id ?? '');
  await auth0.roles.delete(roleId);
  return {
    description: changed.description,
    permissions: permissions.data.map(({ permission_name: permission }) => permission),
    grants: grants.data.map(({ audience }) => audience),
    organization: found.display_name,
    roles: roles.data.map((held) => held.name),
    byEmail: byEmail.map(({ user_id: id }) => id === userId),
    members: members.data.map(({ user_id: id }) => id === userId),
    version: version.number,
  };
}

/** Lists longer than a page, in both manners, read by iterating. */
export async function longLists({ name, ...given }: Given & { name: string }) {
  const auth0 = open(given);
  const numbers = [1, 2, 3, 4, 5];
  for (const number of numbers) {
    await auth0.roles.create({ name: `${name} ${number}` });
    await auth0.organizations.create({ name: `${name.toLowerCase()}-${number}` });
  }
  const roles: string[] = [];
  for await (const role of await auth0.roles.list({ per_page: 2, name_filter: name })) roles.push(role.name ?? '');
  const organizations: string[] = [];
  for await (const one of await auth0.organizations.list({ take: 2 })) organizations.push(one.name ?? '');
  let page = await auth0.organizations.list({ take: 2 });
  let pages = 1;
  for (; page.hasNextPage(); pages += 1) page = await page.getNextPage();
  return { roles, organizations: organizations.filter((one) => one.startsWith(name.toLowerCase())), pages };
}

/** What is set for the whole tenant: read, changed, read. */
export async function settings(given: Given) {
  const auth0 = open(given);
  await auth0.tenants.settings.update({ friendly_name: 'Acme' });
  await auth0.branding.update({ colors: { primary: '#004488' } });
  await auth0.guardian.factors.set('otp', { enabled: true });
  await auth0.guardian.policies.set(['all-applications']);
  await auth0.attackProtection.bruteForceProtection.update({ max_attempts: 7 });
  await auth0.prompts.updateSettings({ identifier_first: true });
  await auth0.prompts.customText.set('login-id', 'en', { 'login-id': { title: 'Hello' } });
  await auth0.emails.provider.create({
    name: 'smtp',
    default_from_address: 'no-reply@acme.example',
    credentials: { smtp_host: 'mail.acme.example', smtp_port: 587, smtp_user: 'acme', smtp_pass: 'a secret' },
  });
  const provider = await auth0.emails.provider.get({ fields: 'name,enabled', include_fields: true });
  const otp = (await auth0.guardian.factors.list()).find((factor) => factor.name === 'otp');
  const told = {
    name: (await auth0.tenants.settings.get({ fields: 'friendly_name' })).friendly_name,
    primary: (await auth0.branding.get()).colors?.primary,
    otp: otp?.enabled,
    policies: await auth0.guardian.policies.list(),
    attempts: (await auth0.attackProtection.bruteForceProtection.get()).max_attempts,
    first: (await auth0.prompts.getSettings()).identifier_first,
    texts: await auth0.prompts.customText.get('login-id', 'en'),
    provider: provider.name,
    keys: (await auth0.keys.signing.list()).length > 0,
    logs: (await auth0.logs.list({ per_page: 5, search: 'type:sapi' })).data.every(({ type }) => type === 'sapi'),
    activeUsers: await auth0.stats.getActiveUsersCount(),
    streams: (await auth0.logStreams.list()).length,
    blocks: await auth0.userBlocks.listByIdentifier({ identifier: 'nobody@example.com' }),
  };
  await auth0.emails.provider.delete();
  await auth0.guardian.policies.set([]);
  return told;
}

/** What is refused, as the SDK throws it. */
export async function refusals({ name, ...given }: Given & { name: string }) {
  const auth0 = open(given);
  const told = async (call: Promise<unknown>) => {
    try {
      await call;
      return 'nothing';
    } catch (error) {
      if (!(error instanceof ManagementError)) throw error;
      const { errorCode } = error.body as { errorCode?: string };
      return { class: error.constructor.name, status: error.statusCode, errorCode };
    }
  };
  await auth0.roles.create({ name });
  return {
    missing: await told(auth0.users.get('auth0|nobody')),
    wrong: await told(auth0.users.create({ connection: 'Username-Password-Authentication', email: 'no address' })),
    taken: await told(auth0.roles.create({ name })),
    stranger: await told(
      new ManagementClient({ domain: given.domain, token: 'not one of ours' }).roles.list({ per_page: 1 }),
    ),
  };
}
