// Server, harness: the house of a simulation: a copy of its tenant, the shared sandbox, and a clock, dice, network and
// person of its own. It lives as long as somebody holds the login.
import type { GeoIp } from '#actions/post-login/event.ts';
import { createBuilds } from '#runtime/builds/create-builds.ts';
import { createRuntime } from '#runtime/create-runtime.ts';
import { noBreachedPasswords } from '#runtime/protection/breached-passwords.ts';
import { type Geography, noGeography } from '#runtime/risk/geography.ts';
import { noUntrustedAddresses } from '#runtime/risk/untrusted-addresses.ts';
import type { Sandbox } from '#runtime/sandbox/sandbox.ts';
import { MOST_LIMITS } from '#runtime/script-limits.ts';
import type { JsonObject } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import type { Config } from '../config.ts';
import { readConfig } from '../config.ts';
import type { Deps } from '../deps.ts';
import { type Furnished, furnish, quickPasswords, type Setup } from './furnished-tenant.ts';
import type { Place } from './local-scripts.ts';
import { createSeededRandom } from './seeded-random.ts';
import type { SimulatedClock } from './simulation.ts';
import type { StubbedNetwork } from './stubbed-network.ts';
import { type Authenticators, createAuthenticators } from './virtual-authenticators.ts';

export type SimulatedHouse = Omit<Furnished, 'keyring' | 'store'> & {
  deps: Deps;
  clock: SimulatedClock;
  network: StubbedNetwork;
  person: Setup['person'];
  authenticators: Authenticators;
  /** Where scripts of later logins come from. */
  place: Place;
  callback: string;
  /** See `WEIGHT`. */
  weight: ArrayBuffer;
};

export type Parts = {
  setup: Setup;
  seed: string;
  clock: SimulatedClock;
  network: StubbedNetwork;
  sandbox: Sandbox;
  geoip: JsonObject | undefined;
  place: Place;
};

/**
 * Bytes that a database in memory takes, with what is prepared for it. The collector sees none of them and would let
 * hundreds of databases wait; a buffer of this size that nobody writes to tells it what it gets back.
 */
const WEIGHT = 1024 * 1024;

const quiet = { info() {}, warn() {}, error() {} };

export async function openSimulation(parts: Parts): Promise<SimulatedHouse> {
  const { setup, seed, clock, network, sandbox, geoip, place } = parts;
  const { keyring, store: copy, ...furnished } = await furnish(setup, clock.now);
  const store = withAnyForm(copy);
  const random = createSeededRandom(`login ${seed}`);
  const runtime = createRuntime({
    store,
    sandbox,
    egress: network.egress,
    scriptLimits: MOST_LIMITS,
    now: clock.now,
    random,
    passwords: quickPasswords,
    mac: keyring,
    log: quiet,
    inbox: true,
    geography: geographyOf(geoip),
    untrusted: noUntrustedAddresses,
    breached: noBreachedPasswords,
  });
  const deps: Deps = {
    config: configOf(furnished.tenant.baseUrl),
    store,
    runtime,
    builds: createBuilds(),
    egress: network.egress,
    clock: { now: clock.now, advance: (seconds) => clock.advance(seconds * 1000) },
    random,
    passwords: quickPasswords,
    log: quiet,
  };
  const { person } = setup;
  const authenticators = createAuthenticators({ deps, tenant: furnished.tenant, person });
  const [callback = ''] = furnished.client.callbacks;
  return {
    ...furnished,
    deps,
    clock,
    network,
    person,
    authenticators,
    place,
    callback,
    weight: new ArrayBuffer(WEIGHT),
  };
}

/** Whatever a page would show of it: each form that a script names is there, and takes what the test sends. */
function withAnyForm(store: Store): Store {
  const find: Store['forms']['find'] = async (tenantId, id) => {
    const times = { createdAt: 0, updatedAt: 0 };
    return (await store.forms.find(tenantId, id)) ?? { tenantId, id, name: id, definition: {}, ...times };
  };
  return { ...store, forms: { ...store.forms, find } };
}

const configs = new Map<string, Config>();

function configOf(baseUrl: string): Config {
  const known = configs.get(baseUrl);
  if (known) return known;
  const made = readConfig({ SALLYPORT_BASE_URL: baseUrl, SALLYPORT_RATE_LIMITS: 'off' }, { start: false });
  configs.set(baseUrl, made);
  return made;
}

/** One place for every address: what the test says. */
function geographyOf(geoip: JsonObject | undefined): Geography {
  if (geoip === undefined) return noGeography;
  const place = { ...(geoip as GeoIp), isAnonymousProxy: false };
  return { isAvailable: true, locate: () => place };
}
