// Server: the house, wired together here and nowhere else. Everything it needs is made once, handed down, and taken apart in
// reverse order. Who opens it says what is to take another thing's place: a test its clock, a command its database.
import type { Hono } from 'hono';
import type { Builds } from '#runtime/builds/builds.ts';
import { createBuilds } from '#runtime/builds/create-builds.ts';
import { createRuntime } from '#runtime/create-runtime.ts';
import { createEgress } from '#runtime/egress/create-egress.ts';
import { createPasswords } from '#runtime/factors/password-hash.ts';
import { createOffenceLog } from '#runtime/offence-log.ts';
import type { Logger, Ports } from '#runtime/ports.ts';
import { createRandom } from '#runtime/random.ts';
import { createSandbox } from '#runtime/sandbox/cells.ts';
import { openKeyring } from '#storage/keyring.ts';
import { openStore } from '#storage/open.ts';
import { createApp } from './app.ts';
import { openBreachedPasswordsFile } from './breached-passwords-file.ts';
import { type Clock, createClock } from './clock.ts';
import type { Config } from './config.ts';
import type { Deps, Env } from './deps.ts';
import type { Showcase } from './dev/showcase.ts';
import { openGeographyFile, readUntrustedAddressesFile } from './risk-files.ts';
import { rootKeys } from './root-key.ts';

/** What is made elsewhere. It is closed elsewhere too. */
export type Given = Partial<Pick<Ports, 'store' | 'sandbox' | 'egress' | 'random' | 'passwords'>> & {
  clock?: Clock;
  builds?: Builds;
  showcase?: Showcase;
};

export type House = {
  deps: Deps;
  app: Hono<Env>;
  /** Ends what it opened; scripts and messages under way get up to `graceMs`. */
  close(graceMs: number): Promise<void>;
};

/** Throws `OpenError` where the database cannot be used. */
export async function openHouse(config: Config, log: Logger, given: Given = {}): Promise<House> {
  const clock = given.clock ?? createClock();
  const { now } = clock;
  const random = given.random ?? createRandom();
  const passwords = given.passwords ?? createPasswords();
  const keyring = openKeyring(rootKeys(config));
  const store = given.store ?? (await openStore(config.databaseUrl, keyring, { now }));
  const ownEgress = createEgress({ allow: config.egressAllow });
  const egress = given.egress ?? ownEgress;
  const twilio = wayToTwilio(config);
  const onOffence = createOffenceLog({ store, now, random, log });
  const sandbox = given.sandbox ?? createSandbox({ egress, log, onOffence });
  const builds = given.builds ?? createBuilds();
  const { scriptLimits, dev: inbox } = config;
  const runtime = createRuntime({
    store,
    sandbox,
    egress,
    ...(twilio ? { twilio } : {}),
    scriptLimits,
    now,
    random,
    passwords,
    mac: keyring,
    log,
    inbox,
    geography: openGeographyFile(config),
    untrusted: readUntrustedAddressesFile(config),
    breached: openBreachedPasswordsFile(config),
  });
  const { showcase } = given;
  const deps = {
    config,
    store,
    runtime,
    builds,
    egress,
    clock,
    random,
    passwords,
    log,
    ...(showcase ? { showcase } : {}),
  };
  return {
    deps,
    app: createApp(deps, () => sandbox.ready()),
    async close(graceMs) {
      const deadline = performance.now() + graceMs;
      const left = () => Math.max(0, deadline - performance.now());
      await runtime.drain(left());
      if (!given.sandbox) await sandbox.drain(left());
      await Promise.all([ownEgress.close(), twilio?.egress.close(), given.builds ? undefined : builds.close()]);
      if (!given.store) await store.close();
    },
  };
}

/** What the operator names may be anywhere, and nothing but calls to Twilio goes there. */
function wayToTwilio({ twilioBaseUrl: origin, egressAllow }: Config) {
  if (origin === undefined) return undefined;
  return { origin, egress: createEgress({ allow: [...egressAllow, new URL(origin).host] }) };
}
