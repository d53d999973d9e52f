// Server, deploy: what a project wants a tenant to be. Fixtures are for tests and stay at home.
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import type { JsonObject } from '#storage/records.ts';
import { CommandError, UsageError } from '../cli/command.ts';
import type { Project } from '../project/project.ts';
import { plainScript } from './plain-script.ts';

export type Dependency = { name: string; version: string };

export type WantedAction = {
  name: string;
  trigger: string;
  /** Relative to the project's folder. */
  file: string;
  /** As the tenant takes it. */
  code: string;
  runtime: string;
  dependencies: readonly Dependency[];
  /** Names. */
  secrets: readonly string[];
  /** Names. */
  modules: readonly string[];
};

export type WantedModule = { name: string; file: string; code: string; dependencies: readonly Dependency[] };

export type Wanted = {
  actions: readonly WantedAction[];
  modules: readonly WantedModule[];
  /** By trigger, names of Actions in their order. A trigger that is not named is left as it is. */
  bindings: Readonly<Record<string, readonly string[]>>;
  /** A factor that is not named is left as it is. */
  factors: Readonly<Record<string, boolean>>;
  settings: JsonObject;
};

export type WantedOptions = {
  kind: 'sallyport' | 'auth0';
  /** These Actions and the modules they require, and nothing else of the tenant. Empty: all. */
  only: readonly string[];
  bindings: boolean;
};

/** Throws `CommandError` where a text cannot be taken by that kind of tenant. */
export async function readWanted(project: Project, { kind, only, bindings }: WantedOptions): Promise<Wanted> {
  const unknown = only.find((name) => !project.actions.some((action) => action.name === name));
  if (unknown !== undefined) {
    const names = project.actions.map(({ name }) => name).join(', ');
    throw new UsageError(`the project has no Action ${JSON.stringify(unknown)}; it has ${names || 'none'}.`);
  }
  const chosen = project.actions.filter(({ name }) => only.length === 0 || only.includes(name));
  const required = new Set(chosen.flatMap(({ modules }) => modules));
  const textOf = async (path: string) => {
    const file = relative(project.folder, path);
    const plain = plainScript(file, await readFile(path, 'utf8'), kind);
    if (!plain.ok)
      throw new CommandError(
        `${file} cannot be deployed to ${kind === 'auth0' ? 'Auth0' : 'a tenant'}: ${plain.message}`,
      );
    return { file, code: plain.code };
  };
  const actions = chosen.map(async ({ path, ...action }) => ({ ...action, ...(await textOf(path)) }));
  const modules = project.modules
    .filter(({ name }) => only.length === 0 || required.has(name))
    .map(async ({ path, ...module }) => ({ ...module, ...(await textOf(path)) }));
  const whole = only.length === 0;
  return {
    actions: await Promise.all(actions),
    modules: await Promise.all(modules),
    bindings: whole && bindings ? (project.bindings as Wanted['bindings']) : {},
    factors: whole ? (project.factors as Wanted['factors']) : {},
    settings: whole ? project.settings : {},
  };
}
