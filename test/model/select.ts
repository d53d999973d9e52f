// Tests, the reference model: which factors can meet what a script or the tenant's policy asks for (Actions reference,
// sections 3.2, 3.3 and 3.6; `docs/compatibility.md` where it is vague).
import type { Factor, Preferred, Provider } from './chain.ts';
import * as texts from './texts.ts';
import { FACTORS, hasOwn, isEnrollable, isUsable, type World } from './world.ts';

export type Selected = {
  /** What can be shown or enrolled; empty: nothing is asked. */
  offers: Factor[];
  to: 'challenge' | 'enroll';
  /** Names of requested factors that are of no use here, each once. */
  unusable: string[];
};

/** `fails`: why the login ends; `undefined` where no text is fixed. */
type Verdict = Selected | { fails: string | undefined };

/** The requested names, each once; `push` is an alias. */
const eachOnce = (names: string[]): string[] => [
  ...new Set(names.map((name) => (name === 'push' ? 'push-notification' : name))),
];

const known = (name: string): Factor | undefined => FACTORS.find((factor) => factor === name);

/** `here`: second factors shown in this login. */
export function forChallenge(names: string[], world: World, here: ReadonlySet<string>): Verdict {
  const left = eachOnce(names).filter((name) => !here.has(name));
  const offers = left.flatMap((name) => known(name) ?? []).filter((factor) => isUsable(factor, world));
  const unusable = left.filter((name) => !offers.some((offer) => offer === name));
  const isMet = left.length < eachOnce(names).length;
  return offers.length > 0 || isMet ? { offers, to: 'challenge', unusable } : { fails: texts.NOTHING_USABLE };
}

export function forEnrollment(names: string[], world: World, here: ReadonlySet<string>, atClient: boolean): Verdict {
  const factors = eachOnce(names);
  const offers = factors.flatMap((name) => known(name) ?? []).filter((factor) => isEnrollable(factor, world, atClient));
  const rest = factors.filter((name) => !offers.some((offer) => offer === name));
  const enrolled = rest.filter((name) => {
    const factor = known(name);
    return factor !== undefined && isUsable(factor, world);
  });
  const unusable = rest.filter((name) => !enrolled.includes(name));
  if (offers.length === 0 && enrolled.length === 0) return { fails: texts.NOTHING_ENROLLABLE };
  // Whoever only knows a password must not add a factor to an account that has one.
  if (offers.length > 0 && hasOwn(world) && here.size === 0) return { fails: texts.CHALLENGE_FIRST };
  return { offers, to: 'enroll', unusable };
}

/** After the last Action: a factor that the person has, or else one that they come to have. */
export function forPolicy(provider: Provider, adaptive: boolean, world: World, atClient: boolean): Verdict {
  const taken = FACTORS.filter((factor) => takes(provider, factor));
  const usable = taken.filter((factor) => isUsable(factor, world));
  const challenge: Verdict =
    usable.length > 0 ? { offers: usable, to: 'challenge', unusable: [] } : { fails: undefined };
  // An account that has a factor is never given another one for its password alone.
  if (hasOwn(world)) return challenge;
  if (adaptive && usable.length > 0) return challenge;
  const open = taken.filter((factor) => isEnrollable(factor, world, atClient));
  return open.length > 0 ? { offers: open, to: 'enroll', unusable: [] } : challenge;
}

function takes(provider: Provider, factor: Factor): boolean {
  if (provider === 'google-authenticator') return factor === 'otp';
  return provider === 'any' || provider === 'guardian';
}

/** How a phone is reached: as the tenant has it on; of both as the script says, which may leave it to who is at a page. */
export function wayOf({ tenant: { messageTypes } }: World, preferred: Preferred = 'sms', atClient: boolean): Preferred {
  const [first = 'sms', second] = messageTypes;
  if (second === undefined) return first;
  return preferred === 'both' && atClient ? 'sms' : preferred;
}
