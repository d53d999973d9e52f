// Management: owners and their tenants, below /v1/management. The token tells whose it is by its issuer; which tenants it
// opens is decided here, in one place. Source: operating contract, "Addresses" and details 2, 16 and 40.
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { newTenant } from '#runtime/lifecycle/tenant.ts';
import type { OwnerRecord, TenantRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import { readSentToken } from '../oauth/presented-token.ts';
import { type Answer, answer, created, refuse } from './answer.ts';
import { authenticate } from './authenticate.ts';
import { readBody } from './body.ts';
import { lifecyclePorts, respond } from './mount.ts';
import type { Operator } from './route.ts';
import { parse } from './validation.ts';

/** Who calls, and the tenant that issued the token. */
type Caller = { operator: Operator; home: TenantRecord; isDefault: boolean };

const FORBIDDEN = refuse(403, 'This token does not open that tenant or organization.', 'insufficient_scope');

const creation = z.strictObject({
  name: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/),
  base_url: z
    .string()
    .max(255)
    .superRefine((value, context) => {
      const url = URL.parse(value);
      if (url && /^https?:$/.test(url.protocol) && url.origin === value) return;
      context.addIssue({ code: 'invalid_format', format: 'origin', input: value });
    }),
});

export function tenantManagementRoutes(deps: Deps): Hono<Env> {
  const app = new Hono<Env>();
  const on = (method: 'get' | 'post', path: string, handle: (caller: Caller, c: Context<Env>) => Promise<Answer>) =>
    app[method](`/v1/management${path}`, async (c) => {
      const caller = await identify(c, deps);
      if (!('operator' in caller)) return respond(c, caller);
      // U+0000 cannot be stored in a text of PostgreSQL, hence names nothing.
      return respond(c, /%00/.test(c.req.url) ? FORBIDDEN : await handle(caller, c));
    });

  on('get', '/organizations', async (caller) => {
    const owners = await deps.store.owners.list();
    const visible = owners.filter((owner) => maySeeOwner(caller, owner));
    return answer(listed(visible.map(({ id, name }) => ({ id, name }))));
  });

  on('get', '/organizations/:organization/tenants', async (caller, c) => {
    const owner = await deps.store.owners.find(c.req.param('organization') ?? '');
    // An owner that is not there and one that is not yours are told apart nowhere.
    if (!owner || !maySeeOwner(caller, owner)) return FORBIDDEN;
    const tenants = await deps.store.tenants.ofOwner(owner.id);
    return answer(listed(tenants.filter((tenant) => maySeeTenant(caller, tenant)).map(showTenant)));
  });

  on('get', '/tenants/:tenant', async (caller, c) => {
    const tenant = await deps.store.tenants.find(c.req.param('tenant') ?? '');
    return tenant && maySeeTenant(caller, tenant) ? answer(showTenant(tenant)) : FORBIDDEN;
  });

  on('post', '/tenants', async (caller, c) => {
    if (!isOperator(caller)) {
      return refuse(403, 'Insufficient scope, expected any of: management', 'insufficient_scope');
    }
    const read = await readBody(c);
    if (!read.ok) return read.refusal;
    const body = parse('payload', creation, read.body);
    if (!body.ok) return body.refusal;
    return create(deps, caller.home, body.value);
  });

  app.all('/v1/management/*', (c) => respond(c, refuse(404, 'Not Found')));
  return app;
}

async function create(deps: Deps, home: TenantRecord, input: z.output<typeof creation>): Promise<Answer> {
  const outcome = await newTenant(lifecyclePorts(deps), {
    name: input.name,
    baseUrl: input.base_url,
    ownerId: home.ownerId,
  });
  if (!outcome.made) return refuse(409, 'A tenant with this name or base URL already exists.');
  const { tenant, adminClient } = outcome;
  return created({
    dry_run: false,
    result: {
      ...showTenant(tenant),
      admin_client: { client_id: adminClient.id, client_secret: adminClient.secret },
    },
  });
}

const showTenant = ({ id, name, baseUrl }: TenantRecord) => ({ id, name, base_url: baseUrl });

const listed = (records: unknown[]) => ({
  list: records,
  total_count: records.length,
  limit: records.length,
  offset: 0,
});

/** A client of the default tenant that may administer all the others. */
const isOperator = ({ isDefault, operator }: Caller): boolean => isDefault && operator.scopes.has('management');

const maySeeOwner = (caller: Caller, owner: OwnerRecord): boolean =>
  isOperator(caller) || owner.id === caller.home.ownerId;

function maySeeTenant(caller: Caller, tenant: TenantRecord): boolean {
  if (tenant.id === caller.home.id || isOperator(caller)) return true;
  return tenant.ownerId === caller.home.ownerId && caller.operator.scopes.has('org-management');
}

/** The token may be of another tenant than the host's: its issuer says which one has to vouch for it. */
async function identify(c: Context<Env>, deps: Deps): Promise<Caller | Extract<Answer, { ok: false }>> {
  const sent = readSentToken(c);
  const home = ('token' in sent ? await tenantOf(deps, sent.token) : undefined) ?? c.var.tenant;
  const authenticated = await authenticate(c, deps, home);
  if (!authenticated.ok) return authenticated.refusal;
  return { operator: authenticated.operator, home, isDefault: home.name === deps.config.tenantName };
}

/** Only finds whose keys to try; nothing of the token is believed yet. */
async function tenantOf(deps: Deps, token: string): Promise<TenantRecord | undefined> {
  const payload = token.split('.')[1] ?? '';
  const host = /"iss":"https?:\/\/([^/"\\\s]{1,255})\/"/.exec(Buffer.from(payload, 'base64url').toString('utf8'))?.[1];
  return host === undefined ? undefined : deps.store.tenants.findByHost(host);
}
