// Server: the process. It opens the house, listens, does what is due now and then, and takes all of it apart in reverse order
// when it is told to end.
import { boot, describeStart } from './boot.ts';
import { loadConfig } from './config.ts';
import { resumeJobs } from './jobs/start-job.ts';
import { listen } from './listen.ts';
import { createLogger } from './log.ts';
import { keepStreaming } from './log-streams/keep-streaming.ts';
import { keepTelling } from './oauth/back-channel-logout.ts';
import { openHouse } from './open-house.ts';
import { endWith, startFault } from './start-fault.ts';
import { whenOrphaned } from './when-orphaned.ts';

const TIDY_EVERY_MS = 60_000;
const DELIVER_EVERY_MS = 5_000;
const RESUME_EVERY_MS = 10_000;
const GRACE_MS = 5000;

async function main(): Promise<void> {
  const config = loadConfig();
  const readable = process.stdout.isTTY === true;
  const log = createLogger(config, process.stdout, { readable });
  const house = await openHouse(config, log);
  const { app, deps } = house;
  const { runtime } = deps;
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

  const resuming = setInterval(() => {
    resumeJobs(deps).catch((cause: unknown) => log.error({ cause }, 'going on with jobs failed'));
  }, RESUME_EVERY_MS).unref();

  const telling = keepTelling(deps);
  const streaming = keepStreaming(deps);

  let ending = false;
  const end = async (signal: string) => {
    if (ending) return;
    ending = true;
    log.info({ signal }, 'ending');
    clearInterval(tidying);
    clearInterval(delivering);
    clearInterval(resuming);
    const deadline = Date.now() + GRACE_MS;
    // Readers of the live console would hold the listener open for as long as they are allowed.
    runtime.liveConsole.end();
    runtime.steps.end();
    await listener.close(GRACE_MS);
    await telling.end(Math.max(0, deadline - Date.now()));
    await streaming.end(Math.max(0, deadline - Date.now()));
    await house.close(Math.max(0, deadline - Date.now()));
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

if (Number.parseInt(process.versions.node, 10) < 24) {
  endWith(`Node is ${process.versions.node}; expected 24 or later (npm start uses the one that npm ci installed)`);
} else {
  main().catch((cause: unknown) => endWith(startFault(cause)));
}
