// Server, command line, development: a project's modules, Actions and bindings, put into the tenant through the Management
// API, and again whenever a text changes. What cannot be built is told and changes nothing: the version before goes on running.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '#storage/records.ts';
import { asAdministrator, type Call } from '../../demo/management-client.ts';
import type { House } from '../../open-house.ts';
import type { Project, ProjectAction, ProjectModule } from '../../project/project.ts';

/** What became of one text. `faults` begin with `file:line:column:` where there is a place; `runs`: an earlier version does. */
export type Deployment =
  | { kind: 'deployed'; what: 'action' | 'module'; name: string; version: number }
  | { kind: 'failed'; what: 'action' | 'module'; name: string; runs: boolean; faults: readonly string[] }
  /** What runs at a trigger now, in order. */
  | { kind: 'bound'; trigger: string; names: readonly string[] }
  /** Bound, but never built: it is left out of the order. */
  | { kind: 'left-out'; trigger: string; name: string };

export type Deployer = {
  /** Brings the tenant to what the project says. One call at a time. */
  deploy(project: Project): Promise<Deployment[]>;
};

/** `sent`: what the tenant has, as JSON, so that the same is not sent twice. */
type Known = { id: string; sent: string; version: number };

const POLL_MS = 4;
const POLLS = 5000;

export function createDeployer({ app, deps }: House, tenantName: string): Deployer {
  const modules = new Map<string, Known>();
  const actions = new Map<string, Known>();
  const bound = new Map<string, string>();
  let isFirst = true;

  /** What an earlier start has left in a database that is kept. */
  async function recall(tenantId: string): Promise<void> {
    for (const { name, id } of (await deps.store.modules.list(tenantId)).records) {
      modules.set(name, { id, sent: '', version: 0 });
    }
    for (const { name, id, deployedVersionId } of (await deps.store.actions.list(tenantId)).records) {
      actions.set(name, { id, sent: '', version: deployedVersionId === undefined ? 0 : 1 });
    }
  }

  async function deployModule(call: Call, module: ProjectModule): Promise<Deployment | undefined> {
    const body = { code: await readFile(module.path, 'utf8'), dependencies: [...module.dependencies] };
    const sent = JSON.stringify(body);
    const known = modules.get(module.name);
    if (known?.sent === sent) return undefined;
    try {
      const id = await keep(call, '/actions/modules', known, body, { name: module.name });
      modules.set(module.name, { id, sent, version: known?.version ?? 0 });
      const published = await call('POST', `/actions/modules/${id}/versions`);
      const version = Number(published.version_number);
      modules.set(module.name, { id, sent, version });
      return { kind: 'deployed', what: 'module', name: module.name, version };
    } catch (error) {
      const runs = (known?.version ?? 0) > 0;
      return { kind: 'failed', what: 'module', name: module.name, runs, faults: [reasonOf(error)] };
    }
  }

  async function deployAction(call: Call, action: ProjectAction, secrets: Secrets): Promise<Deployment | undefined> {
    const { name, runtime } = action;
    const used = action.modules.flatMap((module) => modules.get(module) ?? []);
    const body: JsonObject = {
      runtime,
      code: await readFile(action.path, 'utf8'),
      dependencies: [...action.dependencies],
      secrets: action.secrets.map((secret) => ({ name: secret, value: secrets[secret] ?? '' })),
      modules: used.map(({ id }) => ({ module_id: id })),
    };
    // A new version of a module is taken by building again.
    const sent = JSON.stringify([body, used.map(({ version }) => version)]);
    const known = actions.get(name);
    if (known?.sent === sent) return undefined;
    const trigger = { supported_triggers: [{ id: action.trigger }] };
    try {
      const id = await keep(call, '/actions/actions', known, body, { name, ...trigger });
      const before = known?.version ?? 0;
      actions.set(name, { id, sent, version: before });
      const faults = await faultsOfBuild(call, id);
      if (faults.length > 0) return { kind: 'failed', what: 'action', name, runs: before > 0, faults };
      const { number } = await call('POST', `/actions/actions/${id}/deploy`);
      const version = Number(number ?? before + 1);
      actions.set(name, { id, sent, version });
      return { kind: 'deployed', what: 'action', name, version };
    } catch (error) {
      return { kind: 'failed', what: 'action', name, runs: (known?.version ?? 0) > 0, faults: [reasonOf(error)] };
    }
  }

  /** Binds what can run, in the order of the project; triggers that it no longer names are emptied. */
  async function bind(call: Call, { bindings }: Project): Promise<Deployment[]> {
    const told: Deployment[] = [];
    const triggers = new Set([...Object.keys(bindings), ...bound.keys()]);
    for (const trigger of triggers) {
      const names = bindings[trigger as keyof typeof bindings] ?? [];
      const list = names.flatMap((name) => {
        const known = actions.get(name);
        if (known && known.version > 0) return [{ name, id: known.id }];
        told.push({ kind: 'left-out', trigger, name });
        return [];
      });
      const wanted = JSON.stringify(list);
      if (bound.get(trigger) === wanted) continue;
      await call('PATCH', `/actions/triggers/${trigger}/bindings`, {
        bindings: list.map(({ name, id }) => ({ ref: { type: 'action_id', value: id }, display_name: name })),
      });
      bound.set(trigger, wanted);
      told.push({ kind: 'bound', trigger, names: list.map(({ name }) => name) });
    }
    return told;
  }

  return {
    async deploy(project) {
      const tenant = await deps.store.tenants.find(tenantName);
      if (!tenant) throw new Error(`there is no tenant "${tenantName}"`);
      if (isFirst) await recall(tenant.id);
      isFirst = false;
      const told: (Deployment | undefined)[] = [];
      await asAdministrator(app, deps, tenant, async (call) => {
        for (const module of project.modules) told.push(await deployModule(call, module));
        for (const action of project.actions) {
          told.push(await deployAction(call, action, project.fixtures.secrets[action.name] ?? {}));
        }
        told.push(...(await bind(call, project)));
      });
      return told.filter((each) => each !== undefined);
    },
  };
}

/** Changes what is known, makes what is not, and gives its id. `more`: what only a new one is told. */
async function keep(
  call: Call,
  path: string,
  known: Known | undefined,
  body: JsonObject,
  more: JsonObject,
): Promise<string> {
  if (!known) return String((await call('POST', path, { ...more, ...body })).id);
  await call('PATCH', `${path}/${known.id}`, body);
  return known.id;
}

type Secrets = Readonly<Record<string, string>>;

/** Waits for the end of a build. */
async function faultsOfBuild(call: Call, id: string): Promise<string[]> {
  for (let poll = 0; poll < POLLS; poll += 1) {
    const { status, errors } = await call('GET', `/actions/actions/${id}`);
    if (status === 'built') return [];
    if (status === 'failed') {
      const faults = Array.isArray(errors) ? errors : [];
      return faults.map((fault) => String((fault as { msg?: unknown } | null)?.msg ?? JSON.stringify(fault)));
    }
    await sleep(POLL_MS);
  }
  return ['The build did not end in time.'];
}

/** The sentence of a refusal of the Management API; the first line of anything else. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const said = /"message":("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
  return said === undefined ? (text.split('\n')[0] ?? text) : String(JSON.parse(said));
}
