// Builds: one build from begin to end, inside a build process: read the texts, fetch what they declare, bundle.

import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildFault, BuildRequest, BuildResult, BuildStage, Dependency } from '../builds.ts';
import { type AuthorText, bundle } from './bundle.ts';
import { groupDependencies } from './dependencies.ts';
import type { Installed } from './install.ts';
import { type BuildOrder, MAX_FAULTS } from './order.ts';
import { type ParsedText, parseText } from './parse.ts';
import { AUTHOR, ownActions } from './stand-ins.ts';

type Fetched = { folder: string } & Installed;

/** Whose text it is: the Action's, or a shared module's with its own `actions`. */
export type Owner = {
  key: string;
  fileName: string;
  source: string;
  dependencies: Dependency[];
  actions?: ReturnType<typeof ownActions>;
};

const refuse = (faults: BuildFault[]): { result: BuildResult; unpackedBytes: number } => ({
  result: { ok: false, faults: faults.slice(0, MAX_FAULTS) },
  unpackedBytes: 0,
});

async function fetchAll(
  groups: Dependency[][],
  { folder, cache, registry }: BuildOrder,
  onStage: (stage: BuildStage) => void,
): Promise<Fetched[] | BuildFault[]> {
  if (groups.length === 0) return [];
  onStage('resolving');
  // npm's library takes half a second to load: only builds that need it wait for it.
  const { install } = await import('./install.ts');
  const fetched: Fetched[] = [];
  for (const [index, group] of groups.entries()) {
    const place = { folder: join(folder, String(index)), cache, ...(registry === undefined ? {} : { registry }) };
    const installed = await install(group, place, () => onStage('fetching'));
    if (Array.isArray(installed)) return installed;
    fetched.push({ folder: await realpath(place.folder), ...installed });
  }
  return fetched;
}

const isFaults = (found: Fetched[] | BuildFault[]): found is BuildFault[] => found[0] !== undefined && 'id' in found[0];

/** The texts of a request as they were read, with what each declares. */
export type ReadTexts = { owners: readonly Owner[]; parsed: readonly ParsedText[] };

/** Reads the author's text and those of the shared modules. */
export async function readTexts({
  fileName,
  source,
  dependencies,
  modules,
}: BuildRequest): Promise<ReadTexts | BuildFault[]> {
  const owners: Owner[] = [
    { key: AUTHOR, fileName, source, dependencies },
    ...modules.map((module, index) => ({
      ...module,
      actions: ownActions(module.name, index),
      key: `actions:${module.name}`,
      fileName: `actions/${module.name}.js`,
    })),
  ];
  const parsed: ParsedText[] = [];
  const faults: BuildFault[] = [];
  for (const owner of owners) {
    const text = await parseText(owner.fileName, owner.source, owner.actions && { actions: owner.actions.name });
    if (Array.isArray(text)) faults.push(...text);
    else parsed.push(text);
  }
  return faults.length > 0 ? faults : { owners, parsed };
}

/**
 * Makes one file of texts that have been read.
 * @param folderOf where the packages of each text are, in the order of the texts.
 * @param folders real paths of all folders with packages.
 */
export function bundleTexts(
  { owners, parsed }: ReadTexts,
  folderOf: (index: number) => string | undefined,
  folders: readonly string[],
): Promise<{ script: string; map: string } | BuildFault[]> {
  const texts = owners.map((owner, index): AuthorText => {
    const declared = new Set(owner.dependencies.map(({ name }) => name));
    const text = parsed[index]!;
    const { actions } = owner;
    const usesActions = actions !== undefined && text.code.includes(actions.name);
    const head = `${usesActions ? actions.head : ''}${text.head ?? ''}`;
    return { key: owner.key, text, declared, folder: folderOf(index), ...(head === '' ? {} : { head }) };
  });
  return bundle(texts, folders);
}

/** Names and versions of dependencies have been checked. `unpackedBytes` says how much was fetched. Rejects for faults of ours alone. */
export async function buildScript(
  order: BuildOrder,
  onStage: (stage: BuildStage) => void,
): Promise<{ result: BuildResult; unpackedBytes: number }> {
  const { dependencies } = order.request;
  const texts = await readTexts(order.request);
  if (Array.isArray(texts)) return refuse(texts);

  const { groups, groupOf } = groupDependencies(texts.owners.map((owner) => owner.dependencies));
  const fetched = await fetchAll(groups, order, onStage);
  if (isFaults(fetched)) return refuse(fetched);

  onStage('bundling');
  const folders = fetched.map(({ folder }) => folder);
  const bundled = await bundleTexts(texts, (index) => fetched[groupOf[index] ?? -1]?.folder, folders);
  if (Array.isArray(bundled)) return refuse(bundled);

  const taken = fetched[groupOf[0] ?? -1]?.versions;
  const exact = dependencies.map(({ name, version }) => ({ name, version: taken?.get(name) ?? version }));
  const result: BuildResult = { ok: true, ...bundled, fileName: texts.parsed[0]!.fileName, dependencies: exact };
  return { result, unpackedBytes: fetched.reduce((sum, { unpackedBytes }) => sum + unpackedBytes, 0) };
}
