// Tests of the Management API: the whole application over a real store, called in-process by clients of two tenants.
import { grantManagement, newClient } from '#runtime/lifecycle/client.ts';
import { MANAGEMENT_SCOPES, type ManagementScope, managementAudience } from '#runtime/lifecycle/scopes.ts';
import { newTenant } from '#runtime/lifecycle/tenant.ts';
import type { TenantRecord } from '#storage/records.ts';
import type { HouseOptions } from '#test/kit/house.ts';
import { checkShape } from '#test/kit/wire-shapes.ts';
import { type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';

/** A body is looked at key by key; what its values are is the very thing under test. */
export type Json = { [key: string]: Json };
/** A body that is a list. */
export const items = (body: Json): Json[] => body as unknown as Json[];
export type Answered = { status: number; body: Json; headers: Headers };
export type Send = (method: string, path: string, body?: unknown, more?: Record<string, string>) => Promise<Answered>;

export type Office = {
  door: FrontDoor;
  tenant: TenantRecord;
  /** A tenant of the same owner that nothing here may touch. */
  neighbour: TenantRecord;
  /** Every scope of the first tenant. */
  send: Send;
  /** Every scope of the second. */
  sendAsNeighbour: Send;
  /** A client of the first tenant with these scopes only. */
  as(...scopes: ManagementScope[]): Promise<Send>;
  sender(tenant: TenantRecord, token: string | undefined): Send;
  token(tenant: TenantRecord, scopes: readonly string[]): Promise<string>;
  /** Polls an Action until its build has ended. */
  built(id: string): Promise<Json>;
  close(): Promise<void>;
};

/** So many of the writes of all these tests are rehearsed before they are done: what was foreseen has to happen. */
const REHEARSED_FIRST = 1 / 5;

async function compare(what: string, foreseen: Response, done: Response): Promise<void> {
  const told = (await foreseen.json()) as Json;
  // A fault of ours is nobody's to foresee.
  if (done.status >= 500 || String(told.errorCode) === 'dry_run_unsupported') return;
  const status = foreseen.status === 200 ? Number(told.status) : foreseen.status;
  if (status === done.status) return;
  throw new Error(
    `${what} was rehearsed as ${status} and done as ${done.status}: ${JSON.stringify(told).slice(0, 1000)}`,
  );
}

/** `registry`: where builds fetch packages from. */
export async function openOffice(
  databaseUrl?: string,
  more: { registry?: string } & Pick<HouseOptions, 'egressAllow' | 'ports'> = {},
): Promise<Office> {
  const door = await openFrontDoor({ ...(databaseUrl === undefined ? {} : { databaseUrl }), ...more });
  const { ports, tenant } = door.house;
  const name = `neighbour-${ports.random.hex(6)}`;
  const made = await newTenant(ports, { name, baseUrl: `http://${name}.localhost:3000`, ownerId: 'default' });
  if (!made.made) throw new Error('no second tenant');

  /** What two do at once is nothing that a rehearsal could foresee. */
  let begun = 0;
  let underWay = 0;
  const sender =
    (of: TenantRecord, token: string | undefined): Send =>
    async (method, path, body, more = {}) => {
      const ask = (address: string) =>
        door.app.request(`${of.baseUrl}${address}`, {
          method,
          headers: {
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...more,
          },
          ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        });
      const isWrite = method !== 'GET' && path.startsWith('/api/v2/') && !path.includes('dry_run=');
      if (isWrite) {
        begun += 1;
        underWay += 1;
      }
      const mine = begun;
      const foreseen =
        isWrite && underWay === 1 && Math.random() < REHEARSED_FIRST
          ? await ask(`${path}${path.includes('?') ? '&' : '?'}dry_run=true`)
          : undefined;
      const response = await ask(path);
      if (isWrite) underWay -= 1;
      if (foreseen && begun === mine) await compare(`${method} ${path}`, foreseen, response);
      const text = await response.text();
      const answered = { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Json };
      if (path.startsWith('/api/v2/')) checkShape(method, path, answered);
      return { ...answered, headers: response.headers };
    };

  const tokenOf = async (of: TenantRecord, scopes: readonly string[]): Promise<string> => {
    const client = await newClient(ports, of.id, { name: 'Operator', grantTypes: ['client_credentials'] });
    if (client === 'conflict') throw new Error('no client');
    await grantManagement(ports, of, client.id, [...scopes]);
    const { body } = await sender(of, undefined)('POST', '/oauth/token', {
      grant_type: 'client_credentials',
      client_id: client.id,
      client_secret: client.secret,
      audience: managementAudience(of.baseUrl),
    });
    return String(body.access_token);
  };

  const send = sender(tenant, await tokenOf(tenant, MANAGEMENT_SCOPES));
  return {
    door,
    tenant,
    neighbour: made.tenant,
    send,
    sendAsNeighbour: sender(made.tenant, await tokenOf(made.tenant, MANAGEMENT_SCOPES)),
    as: async (...scopes) => sender(tenant, await tokenOf(tenant, scopes)),
    sender,
    token: tokenOf,
    async built(id) {
      for (let polls = 0; polls < 500; polls += 1) {
        const { body } = await send('GET', `/api/v2/actions/actions/${id}`);
        if (!['pending', 'building', 'packaged'].includes(String(body.status))) return body;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error('the build did not end');
    },
    close: () => door.close(),
  };
}

/** `Payload validation error: …` as the wire has it. */
export const payloadError = (reason: string, path?: string) => ({
  statusCode: 400,
  error: 'Bad Request',
  message: `Payload validation error: '${reason}'${path === undefined ? '' : ` on property ${path}`}.`,
  errorCode: 'invalid_body',
});

export const user = (name: string, more: Record<string, unknown> = {}) => ({
  connection: 'Username-Password-Authentication',
  email: `${name}@example.com`,
  password: 'correct horse battery',
  ...more,
});
