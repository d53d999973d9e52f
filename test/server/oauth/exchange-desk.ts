// Test: a tenant with one profile of token exchanges, whose Action does what the subject token tells it to: so each row says
// by itself what the script decides.
import type { ClientRecord, JsonObject, OrganizationRecord, UserRecord } from '#storage/records.ts';
import { deployTo } from '#test/runtime/triggers/bind-to.ts';
import { type FrontDoor, openFrontDoor } from './front-door.ts';

export const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const TYPE = 'urn:old-shop:token';
export const ACCESS = 'urn:ietf:params:oauth:token-type:access_token';
export const DATABASE = 'Username-Password-Authentication';
/** Part of every subject token, and to be found nowhere afterwards. */
export const MARK = 'only-in-the-subject-token';

const OBEDIENT = `exports.onExecuteCustomTokenExchange = async (event, api) => {
  const { calls } = JSON.parse(event.transaction.subject_token);
  for (const [space, method, ...args] of calls) await api[space][method](...args);
};`;

/** A call of `api`: its space, its method, its arguments. */
export type ApiCall = [space: string, method: string, ...args: unknown[]];
export const byId = (userId: string): ApiCall => ['authentication', 'setUserById', userId];
export const byConnection = (
  attributes: JsonObject,
  { creates = false, updates = false, connection = DATABASE } = {},
): ApiCall => [
  'authentication',
  'setUserByConnection',
  connection,
  attributes,
  {
    creationBehavior: creates ? 'create_if_not_exists' : 'none',
    updateBehavior: updates ? 'replace' : 'none',
  },
];
const tokenOf = (...calls: ApiCall[]): string => JSON.stringify({ mark: MARK, calls });

export type ExchangeDesk = {
  door: FrontDoor;
  ana: UserRecord;
  organization: OrganizationRecord;
  actionId: string;
  /** Exchanges as the confidential client; undefined removes a parameter. */
  exchange(calls: ApiCall[], more?: Record<string, string | undefined>): ReturnType<FrontDoor['token']>;
  setClient(id: string, more: Partial<ClientRecord>): Promise<unknown>;
  close(): Promise<void>;
};

const OPENED = { token_exchange: { allow_any_profile_of_type: ['custom_authentication'] } };

export async function openExchangeDesk(databaseUrl: string): Promise<ExchangeDesk> {
  const door = await openFrontDoor({ databaseUrl });
  const { house } = door;
  const { store, tenant, ports } = house;
  const of = { tenantId: tenant.id, createdAt: ports.now(), updatedAt: ports.now() };
  const actionId = await deployTo(house, 'custom-token-exchange', { name: 'obedient', code: OBEDIENT });
  await store.tokenExchangeProfiles.insert({ ...of, id: 'tep_1', name: 'old', subjectTokenType: TYPE, actionId });
  const organization: OrganizationRecord = { ...of, id: 'org_shop', name: 'shop', metadata: {}, settings: {} };
  await store.organizations.insert(organization);
  const ana = await house.user('ana');
  const setClient = (id: string, more: Partial<ClientRecord>) =>
    store.clients.update(tenant.id, id, (client) => ({ ...client, settings: OPENED, ...more }));
  for (const id of ['web', 'spa']) await setClient(id, {});

  return {
    door,
    ana,
    organization,
    actionId,
    setClient,
    exchange(calls, more = {}) {
      const parameters = {
        grant_type: GRANT,
        client_id: 'web',
        client_secret: String(door.web.secret),
        subject_token: tokenOf(...calls),
        subject_token_type: TYPE,
        ...more,
      };
      const sent = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
      return door.token(Object.fromEntries(sent));
    },
    close: () => door.close(),
  };
}
