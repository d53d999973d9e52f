// Management: from what a caller wants to try to what a replay runs: drafts of the tenant as they are, texts that only this
// call brings along, and deployed versions in another order. Values of secrets are those of the tenant, and stay here.
import { createHash } from 'node:crypto';
import type { BuildRequest, BuildResult, Builds } from '#runtime/builds/builds.ts';
import { loadModules } from '#runtime/lifecycle/module-uses.ts';
import { bundleOf, createVersions, toScript } from '#runtime/pipeline/plan.ts';
import type { ReplayBinding, ReplayRequest, ReplayScript } from '#runtime/replayed-logins.ts';
import { scriptFileName } from '#runtime/script-file-name.ts';
import type { ActionRecord } from '#storage/records.ts';
import { invalidBody, type Refusal, refuse } from './answer.ts';
import { optional } from './fields.ts';
import type { Incoming } from './route.ts';
import { whenBuilt } from './when-built.ts';

export type GivenDraft = {
  id?: string | undefined;
  name?: string | undefined;
  /** Absent: the draft that the tenant has. */
  code?: string | undefined;
  dependencies?: { name: string; version?: string | undefined }[] | undefined;
  /** Texts that it requires as `actions:<name>`; absent: the modules of the Action's draft. */
  modules?:
    | { name: string; code: string; dependencies?: { name: string; version?: string | undefined }[] | undefined }[]
    | undefined;
};

/** `bindings`: names or ids, all of the trigger. */
export type Wanted = { drafts: 'draft' | GivenDraft[]; bindings?: string[] | undefined };

/** `unbound`: names of drafts that run nowhere, because nothing binds them. */
export type Prepared = Pick<ReplayRequest, 'drafts' | 'order'> & { unbound: string[] };

const TRIGGER = 'post-login';
const BUILD_MS = 60_000;

type Draft = { action?: ActionRecord; name: string; script: ReplayScript };

export async function prepareReplay(incoming: Incoming, wanted: Wanted): Promise<Prepared | Refusal> {
  const { deps, tenant } = incoming;
  const { records } = await deps.store.actions.list(tenant.id);
  const actions = records.filter(({ trigger }) => trigger.id === TRIGGER);
  const made =
    wanted.drafts === 'draft'
      ? await ownDrafts(incoming, actions)
      : await givenDrafts(incoming, actions, wanted.drafts);
  if ('ok' in made) return made;
  const present = await deps.store.bindings.list(tenant.id, TRIGGER);
  const boundSince = new Map(present.map(({ actionId, createdAt }) => [actionId, createdAt]));
  const drafts = new Map(made.flatMap(({ action, script }) => (action ? [[action.id, script]] : [])));
  if (wanted.bindings) {
    const order = await orderOf(incoming, { actions, drafts: made, boundSince }, wanted.bindings);
    if ('ok' in order) return order;
    const bound = new Set(order.map(({ name }) => name));
    return { drafts, order, unbound: made.flatMap(({ name }) => (bound.has(name) ? [] : [name])) };
  }
  const unbound = made.flatMap(({ action, name }) => (action && boundSince.has(action.id) ? [] : [name]));
  return { drafts, unbound };
}

/** Drafts that differ from what is deployed. */
async function ownDrafts(incoming: Incoming, actions: ActionRecord[]): Promise<Draft[] | Refusal> {
  const open = actions.filter(({ allChangesDeployed }) => !allChangesDeployed);
  if (open.length === 0) {
    return invalidBody('No Action of post-login has a draft that differs from what is deployed.');
  }
  const drafts: Draft[] = [];
  for (const action of open) {
    const draft = await ownDraft(incoming, action);
    if ('ok' in draft) return draft;
    drafts.push(draft);
  }
  return drafts;
}

/** The draft that the tenant has, as it is run. `what`: what becomes of it, in a refusal. */
export async function ownDraft(
  incoming: Incoming,
  found: ActionRecord,
  what: 'replayed' | 'run' = 'replayed',
): Promise<Draft | Refusal> {
  const action = await whenBuilt(incoming, found, BUILD_MS);
  if (!action || action.status === 'failed') {
    const reasons = action?.errors.map(({ message }) => message).join('; ') ?? 'it is gone';
    return invalidBody(`The draft of ${found.name} failed to build: ${reasons}`);
  }
  const { tenantId, name, status, code } = action;
  if (status !== 'built') {
    return refuse(400, `The draft of ${name} must be in the 'built' state before it can be ${what}.`);
  }
  const bundle = await bundleOf(incoming.deps.store, tenantId, action.buildId);
  const script = toScript({ id: versionOf(name + (bundle?.script ?? code)), code, bundle }, name);
  return { action, name, script: { name, script, ...(await toldOf(incoming, action)) } };
}

async function givenDrafts(
  incoming: Incoming,
  actions: ActionRecord[],
  given: GivenDraft[],
): Promise<Draft[] | Refusal> {
  const drafts: Draft[] = [];
  for (const [index, draft] of given.entries()) {
    const place = `drafts[${index}]`;
    const meant = actions.filter(({ id, name }) => (draft.id === undefined ? name === draft.name : id === draft.id));
    const [action] = meant;
    const name = draft.name ?? action?.name;
    if (draft.id !== undefined && !action) return invalidBody(`The action of ${place} does not exist.`);
    if (meant.length > 1) return invalidBody(`More than one action has the name of ${place}; use its id.`);
    if (name === undefined) return invalidBody(`${place} needs an id or a name.`);
    if (drafts.some((other) => other.name === name)) return invalidBody(`${place} is the second draft of ${name}.`);
    const { code } = draft;
    if (code === undefined) {
      const own = action ? await ownDraft(incoming, action) : invalidBody(`The action of ${place} does not exist.`);
      if ('ok' in own) return own;
      drafts.push(own);
      continue;
    }
    const built = await build(incoming, name, { ...draft, code }, action);
    if (!built.ok)
      return invalidBody(`${place} failed to build: ${built.faults.map(({ message }) => message).join('; ')}`);
    const { script: source, fileName, map } = built;
    const script = { versionId: versionOf(name + source), fileName, source, map: () => map };
    const told = action
      ? await toldOf(
          incoming,
          action,
          draft.modules?.map((module) => module.name),
        )
      : alone(draft);
    drafts.push({ ...(action ? { action } : {}), name, script: { name, script, ...told } });
  }
  return drafts;
}

const alone = ({ modules }: GivenDraft): Pick<ReplayScript, 'secrets' | 'modules'> => ({
  secrets: [],
  ...(modules?.length ? { modules: modules.map(({ name }) => ({ moduleName: name })) } : {}),
});

/** A replay in pages brings the same texts each time. */
const BUILDS_KEPT = 20;
const kept = new WeakMap<Builds, Map<string, BuildResult>>();

async function build(
  { deps, tenant }: Incoming,
  name: string,
  { code, dependencies = [], modules }: GivenDraft & { code: string },
  action: ActionRecord | undefined,
): Promise<BuildResult> {
  const own = modules ? [] : await loadModules(deps.store, tenant.id, action?.modules);
  if ('gone' in own) return { ok: false, faults: [{ id: 'module_not_found', message: own.gone }] };
  const exact = (list: { name: string; version?: string | undefined }[]) =>
    list.map(({ name, version = 'latest' }) => ({ name, version }));
  const request: BuildRequest = {
    fileName: scriptFileName(name),
    source: code,
    dependencies: exact(dependencies),
    modules: modules
      ? modules.map((module) => ({
          name: module.name,
          source: module.code,
          dependencies: exact(module.dependencies ?? []),
        }))
      : own.map(({ use, version }) => ({
          name: use.moduleName,
          source: version.code,
          dependencies: exact(version.dependencies),
        })),
  };
  const known = kept.get(deps.builds) ?? new Map<string, BuildResult>();
  kept.set(deps.builds, known);
  const key = `${tenant.id} ${versionOf(JSON.stringify(request))}`;
  const before = known.get(key);
  if (before) return before;
  const result = await deps.builds.build(request);
  if (result.ok) known.set(key, result);
  if (known.size > BUILDS_KEPT) known.delete(known.keys().next().value ?? '');
  return result;
}

/** The secrets that the draft would be deployed with. */
async function toldOf(
  { deps }: Incoming,
  { tenantId, secrets, modules }: ActionRecord,
  names?: string[],
): Promise<Pick<ReplayScript, 'secrets' | 'modules' | 'moduleSecrets'>> {
  const loaded = await loadModules(deps.store, tenantId, modules);
  const used = 'gone' in loaded ? [] : loaded;
  const required = names ?? used.map(({ use }) => use.moduleName);
  if (required.length === 0) return { secrets };
  return {
    secrets,
    modules: required.map((moduleName) => ({ moduleName })),
    moduleSecrets: Object.fromEntries(used.map(({ use, version }) => [use.moduleName, version.secrets])),
  };
}

/** All that is to be bound, in order. */
async function orderOf(
  { deps, tenant }: Incoming,
  { actions, drafts, boundSince }: { actions: ActionRecord[]; drafts: Draft[]; boundSince: Map<string, number> },
  bindings: string[],
): Promise<ReplayBinding[] | Refusal> {
  const versions = createVersions(deps.store);
  const order: ReplayBinding[] = [];
  for (const [index, ref] of bindings.entries()) {
    const draft = drafts.find(({ name, action }) => name === ref || action?.id === ref);
    const action = draft ? draft.action : actions.find(({ id, name }) => id === ref || name === ref);
    if (order.some(({ name }) => name === (draft?.name ?? action?.name))) {
      return invalidBody(`bindings[${index}] is there twice.`);
    }
    const place = action ? { actionId: action.id, ...optional('boundSince', boundSince.get(action.id)) } : {};
    if (draft) {
      order.push({ ...draft.script, ...place });
      continue;
    }
    const id = action?.deployedVersionId;
    const version = id === undefined ? undefined : await versions(tenant.id, id);
    if (!action) return invalidBody(`The action of bindings[${index}] does not exist, and no draft has its name.`);
    if (!version)
      return invalidBody(`The action of bindings[${index}] has not been deployed yet, and there is no draft of it.`);
    const { secrets, modules, moduleSecrets } = version;
    order.push({
      ...place,
      name: action.name,
      script: toScript(version, action.name),
      secrets,
      ...(modules ? { modules } : {}),
      ...(moduleSecrets ? { moduleSecrets } : {}),
    });
  }
  return order;
}

/** No version of the tenant has such an id, and no two texts have the same. */
const versionOf = (text: string): string => `draft-${createHash('sha256').update(text).digest('hex')}`;
