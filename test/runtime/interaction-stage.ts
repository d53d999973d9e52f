// Test kit: logins of the JSON flow without HTTP: a program begins one and calls its interactions.
import type { Opening, Shown } from '#runtime/runtime.ts';
import type { DoorInput } from '#runtime/transaction/input.ts';
import type { JsonObject, SecurityEventRecord } from '#storage/records.ts';
import { CALLER, type House } from '#test/kit/house.ts';

export const CONNECTION = 'Username-Password-Authentication';
export const PHONE = '+819012345678';
/** The same number as the document types it. */
export const TYPED_PHONE = '+81-90-1234-5678';

export type Answer = { status: number; body: JsonObject };
export type Flow = {
  id: string;
  key: string;
  /** Calls an interaction. `busy`: somebody else's call was there first. */
  call(interaction: string, body?: JsonObject): Promise<Answer>;
  submit(input: DoorInput): Promise<Shown>;
  login(): Promise<Shown['login']>;
};

export async function beginFlow(house: House, more: Partial<Opening> = {}): Promise<Flow> {
  const opening = { door: 'json', selection: 'client', headless: true, ...NO_BROWSER, ...more } as const;
  const { login, key } = await house.begin(opening);
  return flowOf(house, key, login.id);
}

const NO_BROWSER = { binding: undefined as unknown as string };

/** Goes on with a login, by another server too. */
export function flowOf({ runtime, tenant, clock }: House, key: string, id: string): Flow {
  const reference = { key, heldBy: 'flow', binding: undefined, headless: true } as const;
  const submit = async (input: DoorInput) => {
    const submitted = await runtime.submit(tenant, reference, input, CALLER);
    if (submitted.outcome !== 'moved') throw new Error(submitted.outcome);
    return submitted.shown;
  };
  return {
    id,
    key,
    submit,
    call: async (interaction, body = {}) => {
      // So that what one call tells is later than what the one before it has told.
      clock.advance(1);
      const submitted = await runtime.submit(tenant, reference, { kind: 'called', interaction, body }, CALLER);
      if (submitted.outcome === 'busy') return { status: 409, body: { error: 'transaction_conflict' } };
      if (submitted.outcome !== 'moved') throw new Error(submitted.outcome);
      const { answer } = submitted.shown;
      if (!answer) throw new Error('an interaction was not answered');
      return answer;
    },
    login: async () => {
      const found = await runtime.read(tenant, reference);
      if (found.found !== 'present') throw new Error(found.found);
      return found.shown.login;
    },
  };
}

/** How interactions of one kind run; replaces what was there. */
export async function configure(
  { store, tenant, ports }: House,
  type: string,
  interactions: JsonObject,
  more: { metadata?: JsonObject; enabled?: boolean } = {},
): Promise<void> {
  const former = await store.authenticationConfigurations.findByKey(tenant.id, type);
  if (former) await store.authenticationConfigurations.remove(tenant.id, former.id);
  const at = ports.now();
  await store.authenticationConfigurations.insert({
    tenantId: tenant.id,
    id: ports.random.uuid(),
    type,
    enabled: true,
    attributes: {},
    metadata: {},
    ...more,
    interactions,
    createdAt: at,
    updatedAt: at,
  });
}

/** Codes of ours. `details`: of the challenge. */
export function ownCodes(channel: 'sms' | 'email', details: JsonObject = {}): JsonObject {
  return {
    [`${channel}-authentication-challenge`]: {
      execution: { function: `${channel}_authentication_challenge`, details },
    },
    [`${channel}-authentication`]: { execution: { function: `${channel}_authentication` } },
  };
}

/** Fills in what the management layer does. */
export async function setPolicies({ store, tenant, ports }: House, ...policies: JsonObject[]): Promise<void> {
  const former = await store.authenticationPolicies.findByKey(tenant.id, 'oauth');
  if (former) await store.authenticationPolicies.remove(tenant.id, former.id);
  const at = ports.now();
  const whole = policies.map((policy) => ({
    priority: 0,
    available_methods: [],
    acr_mapping_rules: {},
    level_of_authentication_scopes: {},
    step_definitions: [],
    ...policy,
    conditions: { client_ids: [], acr_values: [], scopes: [], user_attributes: [] },
  }));
  await store.authenticationPolicies.insert({
    tenantId: tenant.id,
    id: ports.random.uuid(),
    flow: 'oauth',
    enabled: true,
    policies: whole,
    createdAt: at,
    updatedAt: at,
  });
}

/** That an interaction has succeeded, or failed, so often. */
export const counts = (interaction: string, field: 'success_count' | 'failure_count' = 'success_count', value = 1) => ({
  any_of: [[{ path: `$.${interaction}.${field}`, operation: 'gte', value }]],
});

/** Oldest first. */
export async function eventsOf({ store, tenant }: House): Promise<SecurityEventRecord[]> {
  const { records } = await store.securityEvents.list(tenant.id, { page: { offset: 0, limit: 1000 } });
  return records.toReversed();
}
