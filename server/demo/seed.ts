// Server, demo tenant: fills the default tenant of an empty database through the Management API, as any tenant would.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { demoCallback, findDemoApplication } from '../dev/demo-application.ts';
import { LANGUAGES } from '../hosted/texts/catalogue.ts';
import { type Application, asAdministrator, type Call } from './management-client.ts';
import { DEMO_API, DEMO_APPLICATION, DEMO_MARK, DEMO_PEOPLE, type DemoPerson } from './people.ts';

/** What a terminal says about the demo tenant. */
export type DemoSummary = { signInUrl: string; inboxUrl: string; people: readonly DemoPerson[] };

/** All that people can enroll: on the account page, or when a script asks for it. */
const FACTORS = ['otp', 'sms', 'email', 'push-notification', 'webauthn-roaming', 'webauthn-platform', 'recovery-code'];

/** Makes the demo tenant. Call it once, on a database that was empty. Throws when a step is refused. */
export async function seedDemo(app: Application, deps: Deps): Promise<DemoSummary> {
  const tenant = await defaultTenant(deps);
  await asAdministrator(app, deps, tenant, async (call) => {
    await call('PATCH', '/tenants/settings', {
      friendly_name: 'Sallyport demo',
      // The first is for those whose own is not among them, and for clients that name none.
      enabled_locales: ['en', ...LANGUAGES.filter((language) => language !== 'en')],
    });
    for (const factor of FACTORS) await call('PUT', `/guardian/factors/${factor}`, { enabled: true });
    await openToPasskeys(call, deps, tenant);
    await call('POST', '/resource-servers', { name: 'Demo API', identifier: DEMO_API });
    await makePeople(call);
    await makeScripts(call);
    // Last: with the application in place the demo tenant is whole.
    await call('POST', '/clients', {
      name: DEMO_APPLICATION,
      app_type: 'spa',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      callbacks: [demoCallback(tenant)],
      client_metadata: { [DEMO_MARK]: 'try' },
    });
  });
  return summary(tenant);
}

/** The demo tenant of an earlier start, moved to the present base URL; undefined where there is none. */
export async function resumeDemo(app: Application, deps: Deps): Promise<DemoSummary | undefined> {
  const tenant = await defaultTenant(deps);
  const application = await findDemoApplication(deps, tenant);
  if (!application) return undefined;
  const callback = demoCallback(tenant);
  if (!application.callbacks.includes(callback)) {
    await asAdministrator(app, deps, tenant, async (call) => {
      await call('PATCH', `/clients/${application.id}`, { callbacks: [callback] });
    });
  }
  return summary(tenant);
}

async function defaultTenant({ store, config }: Deps): Promise<TenantRecord> {
  const tenant = await store.tenants.find(config.tenantName);
  if (!tenant) throw new Error(`there is no tenant "${config.tenantName}"`);
  return tenant;
}

function summary({ baseUrl }: TenantRecord): DemoSummary {
  return { signInUrl: `${baseUrl}/dev/try`, inboxUrl: `${baseUrl}/dev/inbox`, people: DEMO_PEOPLE };
}

/** Whoever has a passkey needs no password. */
async function openToPasskeys(call: Call, { store }: Deps, { id, defaultDirectory = '' }: TenantRecord): Promise<void> {
  const connection = await store.connections.findByKey(id, defaultDirectory);
  if (!connection) throw new Error('the default tenant has no default directory');
  // What is sent replaces all options.
  const methods = { password: { enabled: true }, passkey: { enabled: true } };
  await call('PATCH', `/connections/${connection.id}`, {
    options: { ...connection.options, authentication_methods: methods },
  });
}

async function makePeople(call: Call): Promise<void> {
  const role = await call('POST', '/roles', { name: 'admin', description: 'Administrators of the demo' });
  for (const { name, email, password, admin, phone, totpKey } of DEMO_PEOPLE) {
    const user = await call('POST', '/users', {
      connection: 'Username-Password-Authentication',
      email,
      password,
      name,
      // A verified address is a factor by itself: only the administrator has one.
      email_verified: admin === true,
    });
    const path = `/users/${encodeURIComponent(String(user.user_id))}`;
    if (admin) await call('POST', `${path}/roles`, { roles: [String(role.id)] });
    if (phone !== undefined) {
      await call('POST', `${path}/authentication-methods`, {
        type: 'phone',
        phone_number: phone,
        preferred_authentication_method: 'sms',
      });
    }
    if (totpKey !== undefined) {
      await call('POST', `${path}/authentication-methods`, { type: 'totp', name: 'app', totp_secret: totpKey });
    }
  }
}

const LIBRARY = new URL('../../actions/library/', import.meta.url);
const SCRIPTS = ['sequence-first', 'sequence-second'] as const;

async function makeScripts(call: Call): Promise<void> {
  const ids: string[] = [];
  for (const name of SCRIPTS) {
    const made = await call('POST', '/actions/actions', {
      name,
      supported_triggers: [{ id: 'post-login', version: 'v3' }],
      runtime: 'node22',
      code: await readFile(new URL(`${name}.js`, LIBRARY), 'utf8'),
    });
    const id = String(made.id);
    await built(call, id);
    await call('POST', `/actions/actions/${id}/deploy`);
    ids.push(id);
  }
  await call('PATCH', '/actions/triggers/post-login/bindings', {
    bindings: ids.map((value, index) => ({
      ref: { type: 'action_id', value },
      display_name: SCRIPTS[index] ?? value,
    })),
  });
}

const BUILD_POLL_MS = 20;
const BUILD_POLLS = 1000;

/** Waits until an Action may be deployed. */
async function built(call: Call, id: string): Promise<void> {
  for (let poll = 0; poll < BUILD_POLLS; poll += 1) {
    const { status, errors } = await call('GET', `/actions/actions/${id}`);
    if (status === 'built') return;
    if (status === 'failed') throw new Error(`the demo script ${id} was not built: ${JSON.stringify(errors)}`);
    await sleep(BUILD_POLL_MS);
  }
  throw new Error(`the demo script ${id} was not built in time`);
}
