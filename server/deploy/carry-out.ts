// Server, deploy: the writes, in an order in which an interruption does no harm: drafts and builds first, which no login
// sees; then what logins need, then what they run, and bindings near the end. Begun again, it goes on where it ended.
import type { Terminal } from '../cli/command.ts';
import { CommandError } from '../cli/command.ts';
import { pause } from '../cli/pause.ts';
import { printable } from '../cli/printable.ts';
import { type Remote, RemoteRefusal } from '../cli/remote.ts';
import type { ActionChange, Change, ModuleChange } from './changes.ts';
import { draftCall } from './draft-call.ts';
import type { SecretValues } from './secret-values.ts';
import type { Present, WireAction } from './tenant-state.ts';

/** A build with many packages takes a minute or two. */
const BUILD_MS = 5 * 60_000;
const DEPLOY_MS = 2 * 60_000;

export type CarryOut = {
  remote: Remote;
  terminal: Pick<Terminal, 'progress' | 'ended'>;
  present: Present;
  values: SecretValues;
  /** Told of each thing once it is done. */
  done(change: Change): void;
};

/** Throws `CommandError` where it cannot go on. */
export async function carryOut(changes: readonly Change[], work: CarryOut): Promise<void> {
  const { remote, terminal, present, done } = work;
  const of = <W extends Change['what']>(what: W) =>
    changes.filter((change): change is Extract<Change, { what: W }> => change.what === what);
  const actions = of('action');
  const ids = new Map(present.actions.map(({ name, id }) => [name, id]));
  const moduleIds = new Map(present.modules.map(({ name, id }) => [name, id]));

  for (const change of of('module')) {
    terminal.progress(`Publishing the module ${change.name} …`);
    moduleIds.set(change.name, await publishModule(remote, change));
    done(change);
  }
  for (const change of actions) {
    terminal.progress(`Writing ${change.name} …`);
    ids.set(change.name, await writeDraft(work, change, moduleIds));
  }
  for (const change of actions) await waitForBuild(work, change.name, ids.get(change.name) ?? '');
  const turn = async (on: boolean) => {
    for (const change of of('factor').filter(({ to }) => to === on)) {
      await remote.call('PUT', `/guardian/factors/${encodeURIComponent(change.name)}`, { enabled: on });
      done(change);
    }
  };
  await turn(true);
  const settings = of('setting');
  if (settings.length > 0) {
    await remote.call('PATCH', '/tenants/settings', Object.fromEntries(settings.map(({ name, to }) => [name, to])));
    for (const change of settings) done(change);
  }
  for (const change of actions) {
    terminal.progress(`Deploying ${change.name} …`);
    await deployDraft(work, ids.get(change.name) ?? '', change.wanted);
    done(change);
  }
  for (const change of of('bindings')) {
    terminal.progress(`Binding ${change.name} …`);
    const bindings = change.to.map((name) => ({
      ref: { type: 'action_id', value: ids.get(name) ?? '' },
      display_name: change.from.find((binding) => binding.name === name)?.displayName ?? name,
    }));
    await remote.call('PATCH', `/actions/triggers/${encodeURIComponent(change.name)}/bindings`, { bindings });
    done(change);
  }
  await turn(false);
  // Actions come first in them, for they may name the modules.
  for (const change of of('removal')) {
    terminal.progress(`Deleting ${change.name} …`);
    await remote.call('DELETE', `/actions/${change.of}s/${encodeURIComponent(change.id)}`);
    done(change);
  }
  terminal.progress('');
}

/** The module's id. */
async function publishModule(remote: Remote, { change, wanted, present, name }: ModuleChange): Promise<string> {
  const text = { code: wanted.code, dependencies: wanted.dependencies };
  let id = present?.id;
  if (id === undefined) id = (await remote.call<{ id: string }>('POST', '/actions/modules', { name, ...text })).id;
  else if (change === 'update') await remote.call('PATCH', `/actions/modules/${id}`, text);
  await remote.call('POST', `/actions/modules/${id}/versions`);
  return id;
}

/** The Action's id. Its draft is what the project has; what runs is not touched. */
async function writeDraft(
  { remote, present, values }: CarryOut,
  change: ActionChange,
  moduleIds: ReadonlyMap<string, string>,
): Promise<string> {
  if (change.present && change.change === 'deploy') return change.present.id;
  const { method, path, body } = draftCall(change, { present, values, moduleIds });
  const made = await remote.call<WireAction>(method, path, body);
  return change.present?.id ?? made.id;
}

async function waitForBuild({ remote, terminal }: CarryOut, name: string, id: string): Promise<void> {
  const end = Date.now() + BUILD_MS;
  for (let wait = 50; ; wait = Math.min(2000, wait * 2)) {
    const { status = '', errors = [] } = await remote.call<WireAction>('GET', `/actions/actions/${id}`);
    if (status === 'built') return;
    if (status === 'failed') {
      const reasons = errors.map(({ id: fault = '', msg = '' }) => `  ${printable(fault)}: ${printable(msg)}`);
      throw new CommandError(
        [`${name} cannot be built. Nothing was deployed; what runs is what ran before.`, ...reasons].join('\n'),
      );
    }
    if (Date.now() > end) {
      throw new CommandError(
        `${name} is still not built (${printable(status)}). Nothing was deployed; run it again later.`,
      );
    }
    terminal.progress(`${name}: ${printable(status)} …`);
    await pause(wait, terminal.ended);
  }
}

/** Until it runs: some tenants take a moment longer than their answer, and bind nothing before. */
async function deployDraft(
  { remote, terminal }: CarryOut,
  id: string,
  { name, code }: ActionChange['wanted'],
): Promise<void> {
  const end = Date.now() + DEPLOY_MS;
  for (;;) {
    try {
      await remote.call('POST', `/actions/actions/${id}/deploy`);
      break;
    } catch (error) {
      const isEarly = error instanceof RemoteRefusal && error.said.includes("must be in the 'built' state");
      if (!isEarly || Date.now() > end) throw error;
      await pause(2000, terminal.ended);
    }
  }
  for (let wait = 50; Date.now() < end; wait = Math.min(2000, wait * 2)) {
    const action = await remote.call<WireAction>('GET', `/actions/actions/${id}`);
    // An Action has one draft for all who deploy it: the text that was written last is the one that is deployed.
    if (action.code !== undefined && action.code !== code) {
      throw new CommandError(`${printable(name)} was written by somebody else meanwhile, and their text may run now.`);
    }
    if (action.deployed_version && action.all_changes_deployed === true) return;
    await pause(wait, terminal.ended);
  }
}
