// Server, command line, development: the whole house with one project in it: its tenant, its people, its Actions, and what
// keeps them as the files are. It listens on loopback alone, and shows codes.
import { createServer } from 'node:net';
import { boot } from '../../boot.ts';
import { ConfigError, readConfig } from '../../config.ts';
import { asAdministrator } from '../../demo/management-client.ts';
import { listen } from '../../listen.ts';
import { type House, openHouse } from '../../open-house.ts';
import type { Project } from '../../project/project.ts';
import { describeProjectFault, readProject } from '../../project/read-project.ts';
import { startFault } from '../../start-fault.ts';
import { CommandError } from '../command.ts';
import { createDeployer, type Deployment, reasonOf } from './deploy-scripts.ts';
import { applyFixtures, applySettings } from './furnish-tenant.ts';
import type { MadePerson } from './make-person.ts';
import { projectBuilds } from './project-builds.ts';
import { createStepReader, type ToldStep } from './tell-step.ts';
import { watchProject } from './watch-project.ts';

const HOST = '127.0.0.1';
const LISTEN_MS = 15_000;
const GRACE_MS = 3000;
const DELIVER_EVERY_MS = 5000;

export type DevNews =
  /** None: the project can be read again, and is what it was. */
  | { kind: 'deployments'; deployments: readonly Deployment[]; tookMs: number }
  /** The project cannot be read any more; what ran before goes on running. */
  | { kind: 'project-faults'; faults: readonly string[] }
  /** People or settings could not be brought in; `reason` says why. */
  | { kind: 'refused'; reason: string }
  | { kind: 'people'; people: readonly MadePerson[] }
  | { kind: 'step'; told: ToldStep };

export type DevSettings = {
  project: Project;
  /** 0: any that is free. */
  port: number;
  databaseUrl: string;
  /** A variable of the environment, for what scripts may reach and how messages leave. */
  env(name: string): string | undefined;
  say(news: DevNews): void;
};

export type DevServer = {
  /** `http://localhost:3000` */
  origin: string;
  house: House;
  people: readonly MadePerson[];
  /** Of the first deployment. */
  deployments: readonly Deployment[];
  close(): Promise<void>;
};

const quiet = { info() {}, warn() {}, error() {} };

/** Throws `CommandError` where it cannot start, with one line for whoever called it. */
export async function openDev(settings: DevSettings): Promise<DevServer> {
  const port = await freePort(settings.port);
  let { project } = settings;
  let people: readonly MadePerson[] = [];
  const config = configOf(settings, port);
  const house = await openOrSay(() =>
    openHouse(config, quiet, {
      builds: projectBuilds(() => project),
      showcase: { people: () => people, scripts: () => project.bindings['post-login'] ?? [] },
    }),
  );
  const { app, deps } = house;
  const deployer = createDeployer(house, project.tenant);

  async function tenantNow() {
    const tenant = await deps.store.tenants.find(project.tenant);
    if (!tenant) throw new Error(`there is no tenant "${project.tenant}"`);
    return tenant;
  }

  async function furnish(): Promise<void> {
    const tenant = await tenantNow();
    await asAdministrator(app, deps, tenant, async (call) => {
      await applySettings(call, project);
      people = await applyFixtures(call, deps, tenant, project);
    });
  }

  async function deploy(): Promise<Deployment[]> {
    const { deployments } = await timed(() => deployer.deploy(project));
    return deployments;
  }

  let deployments: Deployment[];
  try {
    await boot(app, deps);
    await furnish();
    deployments = await deploy();
  } catch (error) {
    await house.close(0);
    throw new CommandError(`the project cannot be brought in: ${reasonOf(error)}`);
  }
  const listener = await openOrSay(() => listen(app, config));

  const told = (kept: Project) => JSON.stringify([kept.factors, kept.settings, kept.fixtures]);
  let isFaulty = false;
  async function reload(): Promise<void> {
    try {
      const read = await readProject(project.folder);
      if (!read.ok) {
        isFaulty = true;
        return settings.say({ kind: 'project-faults', faults: read.faults.map(describeProjectFault) });
      }
      // The tenant of this server stays what it was begun with.
      const next = { ...read.project, tenant: project.tenant };
      const isRefurnished = told(next) !== told(project);
      project = next;
      if (isRefurnished) {
        await furnish();
        settings.say({ kind: 'people', people });
      }
      const result = await timed(() => deployer.deploy(project));
      if (result.deployments.length > 0 || isFaulty) settings.say({ kind: 'deployments', ...result });
      isFaulty = false;
    } catch (error) {
      settings.say({ kind: 'refused', reason: reasonOf(error) });
    }
  }
  const watching = watchProject(project.folder, reload);
  const telling = tellSteps(house, await tenantNow(), settings.say);
  const delivering = setInterval(() => void deps.runtime.deliverDue().catch(() => {}), DELIVER_EVERY_MS).unref();

  return {
    origin: config.baseUrl,
    house,
    people,
    deployments,
    async close() {
      watching.close();
      clearInterval(delivering);
      deps.runtime.liveConsole.end();
      deps.runtime.steps.end();
      await telling;
      await listener.close(GRACE_MS);
      await house.close(GRACE_MS);
    },
  };
}

async function timed(work: () => Promise<Deployment[]>): Promise<{ deployments: Deployment[]; tookMs: number }> {
  const began = performance.now();
  const deployments = await work();
  return { deployments, tookMs: Math.round(performance.now() - began) };
}

/** Until the house ends its steps. */
async function tellSteps(
  { deps }: House,
  tenant: Parameters<typeof createStepReader>[1],
  say: (news: DevNews) => void,
): Promise<void> {
  const listening = deps.runtime.steps.listen(tenant.id);
  const read = createStepReader(deps, tenant);
  for (;;) {
    const heard = await listening?.next(LISTEN_MS);
    if (!heard || heard.heard === 'end') return;
    if (heard.heard === 'nothing') continue;
    const { step, results } = heard.news;
    try {
      say({ kind: 'step', told: await read(step, results) });
    } catch {
      return; // The database was closed under it: this is the end.
    }
  }
}

function configOf({ project, databaseUrl, env }: DevSettings, port: number) {
  const given = (name: string) => ({ [name]: env(name) });
  try {
    return readConfig(
      {
        ...given('SALLYPORT_SECRET'),
        ...given('SALLYPORT_EGRESS_ALLOW'),
        ...given('SALLYPORT_SCRIPT_LIMITS'),
        ...given('SALLYPORT_GEOIP'),
        PORT: String(port),
        DATABASE_URL: databaseUrl,
        SALLYPORT_TENANT: project.tenant,
        SALLYPORT_DEV: '1',
        SALLYPORT_DEMO: '0',
        SALLYPORT_HOST: HOST,
        // Nobody else reaches it, and whoever tries things out tries them often.
        SALLYPORT_RATE_LIMITS: 'off',
      },
      { start: false },
    );
  } catch (error) {
    if (error instanceof ConfigError) throw new CommandError(error.message);
    throw error;
  }
}

/** Asked before anything is opened, so that a port in use is the first thing that is said. */
async function freePort(port: number): Promise<number> {
  const server = createServer();
  try {
    const taken = await new Promise<number>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, HOST, () => resolve((server.address() as { port: number }).port));
    });
    await new Promise((resolve) => server.close(resolve));
    return taken;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new CommandError(`port ${port} is in use. Name another with --port, or --port 0 for any that is free.`);
    }
    throw new CommandError(`port ${port} cannot be listened on (${code}). Name another with --port.`);
  }
}

async function openOrSay<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    throw new CommandError(startFault(error));
  }
}
