// Tests of the JSON flow: the whole application, called in-process as a program without cookies calls it, or as a browser.
import type { JsonObject, TenantRecord } from '#storage/records.ts';
import type { HouseOptions } from '#test/kit/house.ts';
import { CALLBACK, type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';

/** A body is looked at key by key; what its values are is the very thing under test. */
export type Json = { [key: string]: Json };
export type Answered = { status: number; body: Json; headers: Headers };

/** Headers by which a browser says that it is one, on a page of the tenant's own. */
export const ownPage = ({ baseUrl }: TenantRecord) => ({ origin: baseUrl, 'sec-fetch-site': 'same-origin' });

export type FlowDesk = {
  door: FrontDoor;
  /** Where the tenant's flow lies. */
  base: string;
  /** Begins a login as a program does; undefined leaves a parameter out. */
  begin(more?: Record<string, string | undefined>, headers?: Record<string, string>): Promise<Begun>;
  call(id: string, name: string, body?: unknown, headers?: Record<string, string>): Promise<Answered>;
  look(id: string, name: string, headers?: Record<string, string>): Promise<Answered>;
  send(path: string, init?: RequestInit): Promise<Answered>;
  /** Says how interactions of one type are carried out. */
  configure(type: string, interactions: JsonObject, metadata?: JsonObject): Promise<void>;
  /** One group of conditions: each of these interactions succeeded once. */
  demand(...groups: string[][]): Promise<void>;
  close(): Promise<void>;
};

export type Begun = { response: Response; id: string; cookie: string };

/** Codes by the senders of ours. */
export const OWN_CODES = (method: 'sms' | 'email'): JsonObject => ({
  [`${method}-authentication-challenge`]: { execution: { function: `${method}_authentication_challenge` } },
  [`${method}-authentication`]: { execution: { function: `${method}_authentication` } },
});

export async function openFlowDesk(options: HouseOptions = {}): Promise<FlowDesk> {
  const door = await openFrontDoor(options);
  const { house, site, app } = door;
  const { store, ports, tenant } = house;
  const base = `${site}/${tenant.name}/v1/authorizations`;
  const send = async (path: string, init: RequestInit = {}): Promise<Answered> => {
    const response = await app.request(path, init);
    const text = await response.text();
    return { status: response.status, body: parse(text), headers: response.headers };
  };
  const at = () => ({ createdAt: ports.now(), updatedAt: ports.now() });
  return {
    door,
    base,
    send,
    begin: async (more = {}, headers = {}) => {
      const parameters = {
        client_id: 'web',
        redirect_uri: CALLBACK,
        response_type: 'code',
        scope: 'openid profile',
        state: 'the state',
        ...more,
      };
      const sent = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
      const response = await app.request(`${base}?${new URLSearchParams(sent)}`, { headers });
      const location = response.headers.get('location');
      const cookie = response.headers
        .getSetCookie()
        .map((line) => line.split(';')[0])
        .join('; ');
      return { response, id: (location && URL.parse(location)?.searchParams.get('id')) ?? '', cookie };
    },
    call: (id, name, body = {}, headers = {}) =>
      send(`${base}/${id}/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    look: (id, name, headers = {}) => send(`${base}/${id}/${name}`, { headers }),
    configure: async (type, interactions, metadata = {}) => {
      const configuration = { id: ports.random.uuid(), type, enabled: true, attributes: {}, metadata, interactions };
      await store.authenticationConfigurations.insert({ tenantId: tenant.id, ...configuration, ...at() });
    },
    demand: async (...groups) => {
      const any_of = groups.map((group) =>
        group.map((name) => ({ path: `$.${name}.success_count`, operation: 'gte', value: 1 })),
      );
      const policy = {
        priority: 1,
        conditions: { client_ids: [], acr_values: [], scopes: [], user_attributes: [] },
        available_methods: [],
        acr_mapping_rules: {},
        level_of_authentication_scopes: {},
        step_definitions: [],
        success_conditions: { any_of },
      };
      const former = await store.authenticationPolicies.findByKey(tenant.id, 'oauth');
      if (former) await store.authenticationPolicies.remove(tenant.id, former.id);
      const record = { id: ports.random.uuid(), flow: 'oauth', enabled: true, policies: [policy] };
      await store.authenticationPolicies.insert({ tenantId: tenant.id, ...record, ...at() });
    },
    close: () => door.close(),
  };
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {}; // A page, or nothing at all.
  }
}
