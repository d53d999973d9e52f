// For tests of sign-ups: a house whose people make accounts, with what they are asked for in one place.
import type { Shown } from '#runtime/runtime.ts';
import type { Registration } from '#runtime/transaction/transaction.ts';
import type { JsonObject, UserRecord } from '#storage/records.ts';
import { type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import { bindTo } from './bind-to.ts';

export type SignUps = {
  house: House;
  /** An address that nobody has. */
  address(): string;
  /** What a page sends, for a fresh address unless another is given. */
  form(given?: Partial<Registration>): Registration;
  /** Opens a login and signs up in it. */
  signUp(given?: Partial<Registration>): Promise<Shown>;
  rowOf(email: string): Promise<UserRecord | undefined>;
  /** Options of the connection. */
  options(given: JsonObject): Promise<void>;
  /** Nothing is bound, nothing is configured, and every bucket is full again. */
  reset(): Promise<void>;
};

export async function openSignUps(databaseUrl: string): Promise<SignUps> {
  const house = await openHouse({ databaseUrl });
  const { store, tenant } = house;
  let people = 0;
  const address = () => `newcomer-${++people}@example.com`;
  const form = (given: Partial<Registration> = {}): Registration => ({
    email: address(),
    password: PASSWORD,
    profile: {},
    userMetadata: {},
    extra: {},
    ...given,
  });
  const options = async (given: JsonObject): Promise<void> => {
    const { records } = await store.connections.list(tenant.id);
    for (const { id } of records) await store.connections.update(tenant.id, id, (row) => ({ ...row, options: given }));
  };
  return {
    house,
    address,
    form,
    options,
    signUp: async (given) => {
      const { key } = await house.begin();
      return house.step(key, { kind: 'registered', registration: form(given) });
    },
    rowOf: (email) => store.users.findByIdentifier(tenant.id, 'Username-Password-Authentication', email),
    reset: async () => {
      for (const trigger of ['pre-user-registration', 'post-user-registration', 'post-login'] as const)
        await bindTo(house, trigger, []);
      await options({});
      house.clock.advance(600_000);
    },
  };
}

/** What the page says, or where the login is. */
export const seen = ({ login: { state }, notice }: Shown): string => notice?.key ?? state.name;
