// Builds: which packages a text may name, and which texts can share one folder of packages.
// Names and versions come from tenants and end up in paths and addresses: what is not plainly a package of a registry is refused.

import type { BuildFault, BuildRequest, Dependency } from '../builds.ts';
import { MAX_DEPENDENCIES } from './order.ts';

/** As npm has them, old names with capitals included; no dot at the front, so no `..`, and never two slashes. */
const NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/i;
const RESERVED = ['node_modules', 'favicon.ico'];
/**
 * A version, a range or a tag. Without `:`, `/`, `@` and `#` it can be no address, no alias and no path; npm also takes
 * what begins with a dot or ends like an archive for a file.
 */
const VERSION = /^(?!\.)(?!.*\.(?:tgz|tar|tar\.gz)$)[\w.+~^<>=|* -]{1,200}$/i;

const plain = (text: string): string => JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);

function check(dependencies: readonly Dependency[], owner: string): BuildFault[] {
  const refuse = (message: string): BuildFault => ({ id: 'dependency_refused', message: `${owner}${message}` });
  if (dependencies.length > MAX_DEPENDENCIES) {
    return [refuse(`${dependencies.length} dependencies are declared; ${MAX_DEPENDENCIES} are possible.`)];
  }
  const seen = new Set<string>();
  return dependencies.flatMap(({ name, version }) => {
    if (name.length > 214 || !NAME.test(name) || RESERVED.includes(name.toLowerCase())) {
      return [refuse(`${plain(name)} is not the name of an npm package.`)];
    }
    if (!VERSION.test(version)) {
      return [
        refuse(
          `${plain(version)} is not a version of ${name}; dependencies are packages of the npm registry, by version.`,
        ),
      ];
    }
    if (seen.has(name)) return [refuse(`${name} is declared twice.`)];
    seen.add(name);
    return [];
  });
}

/** Faults of everything that a request declares; empty when all of it may be asked for. */
export function checkDependencies({ dependencies, modules }: BuildRequest): BuildFault[] {
  return [
    ...check(dependencies, ''),
    ...modules.flatMap((module) => check(module.dependencies, `actions:${module.name}: `)),
  ];
}

/**
 * Puts lists of dependencies together where they do not contradict each other, so that a package used by an Action and a
 * shared module is fetched and bundled once.
 * @returns the groups, and for each list the index of its group; undefined for an empty list.
 */
export function groupDependencies(lists: readonly Dependency[][]): {
  groups: Dependency[][];
  groupOf: (number | undefined)[];
} {
  const groups: Map<string, string>[] = [];
  const groupOf = lists.map((list) => {
    if (list.length === 0) return undefined;
    let index = groups.findIndex((group) =>
      list.every(({ name, version }) => (group.get(name) ?? version) === version),
    );
    if (index === -1) index = groups.push(new Map()) - 1;
    for (const { name, version } of list) groups[index]?.set(name, version);
    return index;
  });
  return { groups: groups.map((group) => [...group].map(([name, version]) => ({ name, version }))), groupOf };
}
