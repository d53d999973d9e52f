// Builds: the small modules that the build writes itself. They run in scripts, around the author's text.

import { builtinModules } from 'node:module';
import { ABSENT_MODULES, GLOBAL_SHIMS } from '#actions/prelude/shims.ts';

/** A look-up that `constructor` and its like do not fool. */
export const lookUp = (table: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** By this name the first module requires the author's text. */
export const AUTHOR = 'author';

const BUILTINS = new Set(builtinModules.map((name) => name.replace(/^node:/, '')));

/** Is a module of Node's, whether scripts have it or not. @param name without `node:`. */
export const isBuiltin = (name: string): boolean =>
  BUILTINS.has(name) || BUILTINS.has(baseOf(name)) || lookUp(ABSENT_MODULES, baseOf(name)) !== undefined;

const baseOf = (name: string): string => name.split('/')[0] ?? name;

/**
 * The first module of a bundle: puts the globals into place that the bundle mentions, then runs the author's text and
 * passes on what it exports, as it is.
 */
export function startModule(globals: readonly string[]): string {
  const put = globals.map((name) => `put(${JSON.stringify(name)}, require(${JSON.stringify(`global:${name}`)}));`);
  const head = [
    'const put = (name, { [name]: value }) =>',
    '  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });',
  ];
  const pass = `module.exports = require(${JSON.stringify(AUTHOR)});`;
  return [...(put.length === 0 ? [] : head), ...put, pass, ''].join('\n');
}

const ONLY_NAMED = 'a script can only require what is named in its text and was there when it was deployed';

/**
 * Stands before everything: what the build could not resolve asks this when it runs. Code that requires something if it is
 * there looks for this `code`.
 */
export const REQUIRE_NOTHING = `require = (name) => {
throw Object.assign(new Error("Cannot find module '" + String(name) + "': ${ONLY_NAMED}"), { code: "MODULE_NOT_FOUND" });
};`.replaceAll('\n', '');

/**
 * What a shared module means by `actions` where it declares none itself: an object of its own, with its own secrets. It
 * stands before the bundle by another name, so that no line of the module's text moves.
 */
export function ownActions(moduleName: string, index: number): { name: string; head: string } {
  const name = `sallyportActions${index}`;
  return { name, head: `var ${name}=sallyportHost.module(${JSON.stringify(moduleName)});` };
}

function absence(name: string): string {
  const reason =
    lookUp(ABSENT_MODULES, name) ??
    lookUp(ABSENT_MODULES, baseOf(name)) ??
    'scripts do not have this module of Node.js';
  return JSON.stringify(`Cannot use module '${name}': ${reason}`);
}

/** What an author gets who requires a module that scripts cannot have. */
export const refusingModule = (name: string): string =>
  `throw Object.assign(new Error(${absence(name)}), { code: 'ERR_NOT_AVAILABLE' });\n`;

/**
 * What a package gets: packages require `fs` and the like at their top for functions that are never called in a script.
 * So each member is a function that can be taken, extended and passed on, and refuses to be called. The members come from
 * the prototype, for that is what the copies made for `import` keep.
 */
export const idleModule = (name: string): string => `
const refuse = () => { throw Object.assign(new Error(${absence(name)}), { code: 'ERR_NOT_AVAILABLE' }); };
const members = new Map();
const membersByName = new Proxy(Object.create(null), {
  get(_, key) {
    if (typeof key === 'symbol' || key === '__esModule' || key === 'then' || key === 'toJSON') return undefined;
    if (key in Object.prototype) return Object.prototype[key];
    if (!members.has(key)) members.set(key, function () { refuse(); });
    return members.get(key);
  },
});
module.exports = Object.create(membersByName);
`;

/** Finds the names of globals that stand as words in a text. */
export function findGlobals(text: string): Set<string> {
  const names = Object.keys(GLOBAL_SHIMS);
  if (names.length === 0) return new Set();
  const word = new RegExp(`(?<![\\w$])(?:${names.join('|')})(?![\\w$])`, 'g');
  return new Set(text.match(word));
}
