// Server: the process. The house is wired together here and nowhere else; everything it needs is made once, handed down,
// and taken apart in reverse order when the process is told to end.
import { createBuilds } from '#runtime/builds/create-builds.ts';
import { createRuntime } from '#runtime/create-runtime.ts';
import { createEgress } from '#runtime/egress/create-egress.ts';
import { createPasswords } from '#runtime/factors/password-hash.ts';
import { createOffenceLog } from '#runtime/offence-log.ts';
import { createRandom } from '#runtime/random.ts';
import { createSandbox } from '#runtime/sandbox/cells.ts';
import { openKeyring } from '#storage/keyring.ts';
import { openStore } from '#storage/open.ts';
import { createApp } from './app.ts';
import { boot, describeStart } from './boot.ts';
import { openBreachedPasswordsFile } from './breached-passwords-file.ts';
import { createClock } from './clock.ts';
import { type Config, loadConfig } from './config.ts';
import { listen } from './listen.ts';
import { createLogger } from './log.ts';
import { keepStreaming } from './log-streams/keep-streaming.ts';
import { keepTelling } from './oauth/back-channel-logout.ts';
import { openGeographyFile, readUntrustedAddressesFile } from './risk-files.ts';
import { rootKeys } from './root-key.ts';
import { endWith, startFault } from './start-fault.ts';
import { whenOrphaned } from './when-orphaned.ts';

const TIDY_EVERY_MS = 60_000;
const DELIVER_EVERY_MS = 5_000;
const GRACE_MS = 5000;

async function main(): Promise<void> {
  const config = loadConfig();
  const readable = process.stdout.isTTY === true;
  const log = createLogger(config, process.stdout, { readable });
  const clock = createClock();
  const { now } = clock;
  const random = createRandom();
  const passwords = createPasswords();
  const keyring = openKeyring(rootKeys(config));
  const store = await openStore(config.databaseUrl, keyring, { now });
  const egress = createEgress({ allow: config.egressAllow });
  const twilio = wayToTwilio(config);
  const onOffence = createOffenceLog({ store, now, random, log });
  const sandbox = createSandbox({ egress, log, onOffence });
  const builds = createBuilds();
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
  const deps = { config, store, runtime, builds, egress, clock, random, passwords, log };
  const app = createApp(deps, () => sandbox.ready());
  const demo = await boot(app, deps);
  const listener = await listen(app, config);
  log.info({ host: config.host, port: config.port, baseUrl: config.baseUrl }, 'listening');
  if (config.started || readable) process.stdout.write(describeStart(config, demo));

  const tidying = setInterval(() => {
    runtime.tidy().catch((cause: unknown) => log.error({ cause }, 'tidying failed'));
  }, TIDY_EVERY_MS).unref();

  const delivering = setInterval(() => {
    runtime.deliverDue().catch((cause: unknown) => log.error({ cause }, 'delivering what was left failed'));
  }, DELIVER_EVERY_MS).unref();

  const telling = keepTelling(deps);
  const streaming = keepStreaming(deps);

  let ending = false;
  const end = async (signal: string) => {
    if (ending) return;
    ending = true;
    log.info({ signal }, 'ending');
    clearInterval(tidying);
    clearInterval(delivering);
    const deadline = Date.now() + GRACE_MS;
    // Readers of the live console would hold the listener open for as long as they are allowed.
    runtime.liveConsole.end();
    await listener.close(GRACE_MS);
    await telling.end(Math.max(0, deadline - Date.now()));
    await streaming.end(Math.max(0, deadline - Date.now()));
    await runtime.drain(Math.max(0, deadline - Date.now()));
    await sandbox.drain(Math.max(0, deadline - Date.now()));
    await Promise.all([egress.close(), twilio?.egress.close(), builds.close()]);
    await store.close();
    process.exit(0);
  };
  const endSoon = (signal: string) => {
    end(signal).catch((cause: unknown) => {
      log.error({ cause }, 'the end was not orderly');
      process.exit(1);
    });
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => endSoon(signal));
  if (config.started) whenOrphaned(() => endSoon('the end of npm start'));
}

/** What the operator names may be anywhere, and nothing but calls to Twilio goes there. */
function wayToTwilio({ twilioBaseUrl: origin, egressAllow }: Config) {
  if (origin === undefined) return undefined;
  return { origin, egress: createEgress({ allow: [...egressAllow, new URL(origin).host] }) };
}

if (Number.parseInt(process.versions.node, 10) < 24) {
  endWith(`Node is ${process.versions.node}; expected 24 or later (npm start uses the one that npm ci installed)`);
} else {
  main().catch((cause: unknown) => endWith(startFault(cause)));
}
