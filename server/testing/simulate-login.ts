// Server, harness: from what a test gives to a login that it drives. Names become fixtures of the project, what is not said
// gets its default, and what cannot be is refused before anything runs.
import type { FactorType } from '#actions/post-login.ts';
import { factorOf } from '#runtime/factors/catalogue.ts';
import type { GuardianFactorName } from '#storage/records.ts';
import type { FixtureUser, Project } from '../project/project.ts';
import { describeProjectFault, findProject, readProject } from '../project/read-project.ts';
import { createDebugSandbox } from './debug-sandbox.ts';
import { beginLogin } from './drive-login.ts';
import { createFakeClock } from './fake-clock.ts';
import { completePerson } from './fixture-person.ts';
import type { Setup } from './furnished-tenant.ts';
import { type LocalScript, readScripts } from './local-scripts.ts';
import { SimulationError } from './misuse.ts';
import { openSimulation } from './open-simulation.ts';
import { sharedSandbox } from './shared-sandbox.ts';
import type { SimulatedLogin, Simulation } from './simulation.ts';
import { createStubbedNetwork } from './stubbed-network.ts';

const SWITCHES: readonly GuardianFactorName[] = [
  'sms',
  'push-notification',
  'otp',
  'email',
  'webauthn-roaming',
  'webauthn-platform',
  'recovery-code',
];

/** Every option by its name; the compiler asks when one is added. */
const OPTIONS: { readonly [Name in keyof Simulation]-?: true } = {
  user: true,
  actions: true,
  organization: true,
  client: true,
  request: true,
  factors: true,
  settings: true,
  secrets: true,
  fetch: true,
  now: true,
  seed: true,
  debug: true,
  project: true,
  signIn: true,
};

/** Tests are often written in JavaScript, where a name that is mistyped would change nothing and pass. */
function checkOptions(simulation: Simulation): void {
  const names = Object.keys(OPTIONS);
  const unknown = Object.keys(simulation).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new SimulationError(`simulateLogin has no option "${unknown}"; it has ${names.join(', ')}`);
  }
  if (simulation.actions !== undefined && !Array.isArray(simulation.actions)) {
    throw new SimulationError(
      'actions is no list; expected names, paths or texts in the order in which they run: [ … ]',
    );
  }
}

/**
 * Begins a login and, unless `signIn` is false, enters the password: the scripts run until somebody is asked something or
 * the login is over. Throws `SimulationError` for a simulation that cannot be set up.
 */
export async function simulateLogin(simulation: Simulation = {}): Promise<SimulatedLogin> {
  checkOptions(simulation);
  const { request = {}, debug = false, seed = 'simulation', signIn = true } = simulation;
  const project = await projectOf(simulation.project);
  const place = { project, secrets: simulation.secrets ?? {} };
  const scripts = await readScripts(simulation.actions, place);
  const clock = createFakeClock(simulation.now);
  const network = createStubbedNetwork(simulation.fetch);
  const sandbox = debug
    ? createDebugSandbox((versionId) => scripts.find((script) => script.versionId === versionId)?.path)
    : sharedSandbox();
  const setup = setupOf(simulation, project, scripts, clock.now());
  const house = await openSimulation({ setup, seed, clock, network, sandbox, geoip: request.geoip, place });
  return beginLogin(house, { request, signIn });
}

function setupOf(
  simulation: Simulation,
  project: Project | undefined,
  scripts: readonly LocalScript[],
  at: number,
): Setup {
  const { request = {} } = simulation;
  const { audience, scope = '' } = request.query ?? {};
  const isStandard = /^(openid|profile|email|phone|address|offline_access)?$/;
  const person = personOf(simulation.user, project);
  return {
    tenant: project?.tenant ?? 'simulation',
    factors: factorsOf(simulation.factors, project),
    settings: { ...project?.settings, ...simulation.settings },
    client: clientOf(simulation.client, project),
    person,
    organization: organizationOf(simulation.organization, project, person.called),
    scripts,
    api:
      audience === undefined || audience === ''
        ? undefined
        : { identifier: audience, scopes: scope.split(' ').filter((each) => !isStandard.test(each)) },
    at,
  };
}

export async function projectOf(folder: string | undefined): Promise<Project | undefined> {
  const found = folder ?? findProject(process.cwd());
  if (found === undefined) return undefined;
  const read = await readProject(found);
  if (read.ok) return read.project;
  const faults = read.faults.map((fault) => `  ${describeProjectFault(fault)}`);
  throw new SimulationError([`The project in ${found} cannot be used:`, ...faults].join('\n'));
}

function personOf(user: string | FixtureUser | undefined, project: Project | undefined) {
  if (typeof user !== 'string') return completePerson('somebody', user ?? {});
  return completePerson(user, fixture('user', user, project?.fixtures.users, project));
}

function clientOf(client: Simulation['client'], project: Project | undefined): Setup['client'] {
  if (typeof client === 'string') {
    return { name: client, ...fixture('client', client, project?.fixtures.clients, project) };
  }
  return { ...client, name: client?.name ?? 'Application' };
}

function organizationOf(
  organization: Simulation['organization'],
  project: Project | undefined,
  called: string,
): Setup['organization'] {
  if (organization === undefined) return undefined;
  const fixed =
    typeof organization === 'string'
      ? { name: organization, ...fixture('organization', organization, project?.fixtures.organizations, project) }
      : organization;
  const { members = {} } = fixed;
  return { ...fixed, roles: Object.hasOwn(members, called) ? (members[called] ?? []) : [] };
}

function fixture<T>(
  what: string,
  name: string,
  fixtures: Readonly<Record<string, T>> | undefined,
  project: Project | undefined,
): T {
  if (fixtures && Object.hasOwn(fixtures, name)) return fixtures[name] as T;
  if (!project) {
    throw new SimulationError(
      `${what}: "${name}" is the name of a fixture, and no sallyport.json was found here or above. Say what it is: ${what}: { … }`,
    );
  }
  const names = Object.keys(fixtures ?? {}).join(', ') || 'none';
  throw new SimulationError(`${what}: the project in ${project.folder} has no fixture "${name}". It has: ${names}.`);
}

/** `phone`, as scripts call it, is the switch `sms`. */
function factorsOf(factors: readonly string[] | undefined, project: Project | undefined): GuardianFactorName[] {
  const wanted = factors ?? (project ? SWITCHES.filter((name) => project.factors[name] === true) : SWITCHES);
  return wanted.map((name) => {
    const own = factorOf(name as FactorType)?.switch ?? name;
    const found = SWITCHES.find((each) => each === own);
    if (!found) throw new SimulationError(`factors names "${name}"; expected some of ${SWITCHES.join(', ')}`);
    return found;
  });
}
