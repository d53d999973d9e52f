// The contract of this room: which policies a login carries, how it stands with them, and what is missing. Pure: a login
// and the rows around it in, a decision out. Source: idp-server reference, §3.
import type { Json, JsonObject } from '#storage/records.ts';
import type { AuthenticationPolicy, PolicyCondition, PolicyStanding } from '../authentication-policy.ts';

/** A condition that does not hold, with what it found. `group`: the place of its group in `any_of`. */
export type UnmetCondition = PolicyCondition & { group: number; actual: Json };

/** Why a login does not get through yet. Both are empty once it may. */
export type Explanation = {
  /** The conditions of success that do not hold, of all groups. */
  unmet: UnmetCondition[];
  /** Interactions that would lead on: those of the groups that lack the least. */
  next: string[];
};

/** How a login stands. `policy`: the one that counts now, absent where the tenant has none. */
export type Judged = Explanation & {
  standing: PolicyStanding;
  policy?: AuthenticationPolicy;
};

/** The counter document of §3.2: interactions by name, and `user` as far as conditions may see it. */
export type CounterDocument = JsonObject;
