// Server, deploy: what lies between a tenant and a project, as data; pure. The same project twice gives nothing the second time.
import type { Json } from '#storage/records.ts';
import { CommandError } from '../cli/command.ts';
import { holds, type Present, type PresentAction, type PresentBinding, type PresentModule } from './tenant-state.ts';
import { isMet } from './version-asked.ts';
import type { Dependency, Wanted, WantedAction, WantedModule } from './wanted.ts';

/** `null` on the side where there is none. */
export type Difference = { name: string; from: string | null; to: string | null };

export type ActionChange = {
  what: 'action';
  name: string;
  /** `deploy`: its draft is right and does not run yet. */
  change: 'create' | 'update' | 'deploy';
  wanted: WantedAction;
  present?: PresentAction;
  /** What runs there, or else the draft; absent when it is new. */
  codeBefore?: string;
  /** The tenant's draft is neither what runs nor what is wanted: somebody's work is replaced. */
  replacesDraft: boolean;
  runtime?: Difference;
  dependencies: Difference[];
  modules: Difference[];
  /** The values of all have to be sent, for the tenant takes the list whole or not at all. */
  secrets?: { added: string[]; removed: string[]; again: string[] };
};

export type ModuleChange = {
  what: 'module';
  name: string;
  /** `publish`: its draft is right and is not published yet. */
  change: 'create' | 'update' | 'publish';
  wanted: WantedModule;
  present?: PresentModule;
  codeBefore?: string;
  dependencies: Difference[];
};

export type Change =
  | ModuleChange
  | ActionChange
  | { what: 'bindings'; name: string; from: readonly PresentBinding[]; to: readonly string[] }
  | { what: 'factor'; name: string; from: boolean | undefined; to: boolean }
  | { what: 'setting'; name: string; from: Json | undefined; to: Json }
  | { what: 'removal'; of: 'action' | 'module'; name: string; id: string };

export type CompareOptions = {
  /** Actions and modules that the project does not have go. */
  remove: boolean;
  /** Values of secrets are sent again where their names are the same. */
  secretsAgain: boolean;
};

/** In the order in which they are shown. Throws `CommandError` where the tenant cannot become what is wanted. */
export function compare(wanted: Wanted, present: Present, { remove, secretsAgain }: CompareOptions): Change[] {
  const modules = wanted.modules.flatMap((module) => compareModule(module, present));
  const actions = wanted.actions.flatMap((action) => compareAction(action, present, modules, secretsAgain));
  const changes: Change[] = [...modules, ...actions];
  for (const [trigger, to] of Object.entries(wanted.bindings)) {
    const from = present.bindings[trigger] ?? [];
    const same = from.length === to.length && from.every(({ name }, at) => name === to[at]);
    if (!same) changes.push({ what: 'bindings', name: trigger, from, to });
  }
  for (const [name, to] of Object.entries(wanted.factors)) {
    const from = present.factors[name];
    if (from !== to) changes.push({ what: 'factor', name, from, to });
  }
  for (const [name, to] of Object.entries(wanted.settings)) {
    const from = settingOf(present, name);
    if (to !== undefined && !holds(from, to)) changes.push({ what: 'setting', name, from, to });
  }
  if (remove) changes.push(...removals(wanted, present));
  return changes;
}

/** Names of Actions at the tenant that the project does not have. */
export function strangers(wanted: Wanted, present: Present): string[] {
  return present.actions
    .filter(({ name, isInstalled }) => !isInstalled && !wanted.actions.some((action) => action.name === name))
    .map(({ name }) => name);
}

function removals(wanted: Wanted, present: Present): Change[] {
  const kept = new Set(wanted.actions.map(({ name }) => name));
  const keptModules = new Set(wanted.modules.map(({ name }) => name));
  return [
    ...present.actions
      .filter(({ name, isInstalled }) => !isInstalled && !kept.has(name))
      .map(({ name, id }) => ({ what: 'removal', of: 'action', name, id }) as const),
    ...present.modules
      .filter(({ name }) => !keptModules.has(name))
      .map(({ name, id }) => ({ what: 'removal', of: 'module', name, id }) as const),
  ];
}

function compareModule(wanted: WantedModule, { modules }: Present): ModuleChange[] {
  const present = modules.find(({ name }) => name === wanted.name);
  const { name } = wanted;
  const dependencies = differences(present?.dependencies ?? [], wanted.dependencies);
  if (!present) return [{ what: 'module', name, change: 'create', wanted, dependencies }];
  const base = { what: 'module', name, wanted, present, codeBefore: present.code, dependencies } as const;
  if (present.code !== wanted.code || dependencies.length > 0) return [{ ...base, change: 'update' }];
  return present.isPublished ? [] : [{ ...base, change: 'publish' }];
}

function compareAction(
  wanted: WantedAction,
  { actions, modules }: Present,
  moduleChanges: ModuleChange[],
  secretsAgain: boolean,
): ActionChange[] {
  const { name } = wanted;
  const [present, second] = actions.filter((action) => action.name === name);
  if (second)
    throw new CommandError(`the tenant has more than one Action ${JSON.stringify(name)}; rename all but one there.`);
  if (present?.isInstalled)
    throw new CommandError(`${JSON.stringify(name)} belongs to an integration there; rename yours.`);
  if (present && present.trigger !== wanted.trigger) {
    throw new CommandError(
      `${JSON.stringify(name)} is an Action of ${present.trigger} there and of ${wanted.trigger} here, and an Action keeps its trigger for life. Rename yours, or delete the other one.`,
    );
  }
  const dependencies = differences(present?.dependencies ?? [], wanted.dependencies);
  const moduleDifferences = compareModules(wanted, present, modules, moduleChanges);
  const secrets = compareSecrets(wanted, present, secretsAgain);
  const parts = { dependencies, modules: moduleDifferences, ...(secrets ? { secrets } : {}) };
  if (!present) return [{ what: 'action', name, change: 'create', wanted, replacesDraft: false, ...parts }];
  const runtime =
    canonical(present.runtime) === canonical(wanted.runtime)
      ? undefined
      : { name: 'runtime', from: present.runtime, to: wanted.runtime };
  const codeBefore = present.running?.code ?? present.code;
  const base = {
    what: 'action',
    name,
    wanted,
    present,
    codeBefore,
    ...parts,
    ...(runtime ? { runtime } : {}),
  } as const;
  const isRight =
    present.code === wanted.code && !runtime && !secrets && dependencies.length === 0 && moduleDifferences.length === 0;
  const replacesDraft =
    present.running !== undefined && !present.isRunning && ![wanted.code, present.running.code].includes(present.code);
  if (!isRight || present.hasFailed) return [{ ...base, change: 'update', replacesDraft }];
  return present.isRunning ? [] : [{ ...base, change: 'deploy', replacesDraft: false }];
}

/** An Action names exact versions of modules: one that is published anew is taken anew. */
function compareModules(
  wanted: WantedAction,
  present: PresentAction | undefined,
  modules: readonly PresentModule[],
  moduleChanges: ModuleChange[],
): Difference[] {
  const used = present?.modules ?? [];
  const gone = used.filter(
    ({ id }) => !wanted.modules.some((name) => modules.find((one) => one.name === name)?.id === id),
  );
  return [
    ...gone.map(({ id, number }) => ({
      name: modules.find((module) => module.id === id)?.name ?? id,
      from: number === undefined ? 'some version' : String(number),
      to: null,
    })),
    ...wanted.modules.flatMap((name) => {
      const module = modules.find((one) => one.name === name);
      const use = used.find(({ id }) => id === module?.id);
      const isNew = moduleChanges.some((change) => change.name === name);
      if (use && !isNew && (use.number === undefined || use.number === module?.number)) return [];
      const from = use?.number === undefined ? null : String(use.number);
      return [{ name, from, to: isNew ? String((module?.number ?? 0) + 1) : String(module?.number ?? 1) }];
    }),
  ];
}

function compareSecrets(
  wanted: WantedAction,
  present: PresentAction | undefined,
  again: boolean,
): ActionChange['secrets'] {
  const there = present?.secrets ?? [];
  const added = wanted.secrets.filter((name) => !there.includes(name));
  const removed = there.filter((name) => !wanted.secrets.includes(name));
  const kept = wanted.secrets.filter((name) => there.includes(name));
  if (added.length === 0 && removed.length === 0 && !(again && kept.length > 0)) return undefined;
  return { added, removed, again: kept };
}

/** Tenants pin what was asked for as a range to an exact version; that is the same as long as the range is met. */
function differences(from: readonly Dependency[], to: readonly Dependency[]): Difference[] {
  const names = [...new Set([...from, ...to].map(({ name }) => name))];
  return names.flatMap((name) => {
    const [before, after] = [from, to].map((list) => list.find((one) => one.name === name)?.version);
    if (before !== undefined && after !== undefined && isMet(after, before)) return [];
    return [{ name, from: before ?? null, to: after ?? null }];
  });
}

const canonical = (runtime: string): string => (runtime === 'node18' ? 'node18-actions' : runtime);

/** What is written in minutes is shown in hours. */
function settingOf({ settings }: Present, name: string): Json | undefined {
  const hours = /^(.*)_in_minutes$/.exec(name)?.[1];
  const shown = hours === undefined ? undefined : settings[hours];
  return settings[name] ?? (typeof shown === 'number' ? Math.round(shown * 60) : undefined);
}
