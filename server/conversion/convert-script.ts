// Server, conversion: a Rule or a Hook becomes an Action. What has a counterpart is written anew; what has none stays as it
// was, with a comment before it and a line in the report. It says too often rather than too rarely that somebody must look.

import { around, nodesOf, part, parts, type Tree, type Visited } from '../lint/script-tree.ts';
import { convertCallbacks } from './callbacks.ts';
import { convertWrites } from './convert-writes.ts';
import { GLOBAL_PACKAGES, HANDLERS, LOST_GLOBALS, NAMES, type OldKind, PARAMETERS } from './old-names.ts';
import { readOldScript } from './old-script.ts';
import { quote } from './plain-edits.ts';
import { belongsTo, chainOf, declaredBy, isVariable } from './scope.ts';
import { silentChange } from './silent-changes.ts';
import { textEdits } from './text-edits.ts';
import type { Work } from './work.ts';

export type Dependency = { name: string; version: string };

export type Conversion =
  | {
      ok: true;
      kind: OldKind;
      trigger: string;
      code: string;
      dependencies: Dependency[];
      /** Names. */
      secrets: string[];
      /** What somebody must look at, by the line of the old script. */
      human: { line: number; message: string }[];
    }
  | { ok: false; line: number; message: string };

/** @param told the extension point of a Hook, where it is known. */
export function convertScript(source: string, { name, kind: told }: { name: string; kind?: OldKind }): Conversion {
  const script = readOldScript(source, told);
  if ('message' in script) return { ok: false, ...script };
  const { made, kind, text } = script;
  const body = part(made, 'body');
  if (!body) return { ok: false, line: 1, message: 'The function has no body.' };
  if (parts(made, 'params').some(({ type }) => type !== 'Identifier')) {
    return {
      ok: false,
      line: made.loc?.start.line ?? 1,
      message: 'It takes its parameters apart; give each of them a name first.',
    };
  }
  const edits = textEdits(text);
  const human: { line: number; message: string; at: number }[] = [];
  const roles = new Map(parts(made, 'params').map((each, at) => [String(each.name), PARAMETERS[kind][at]]));
  const work: Work = {
    kind,
    made,
    edits,
    visited: [...nodesOf(script.tree)],
    text: (node) => text.slice(node.start, node.end),
    done: new Set(),
    secrets: new Set(),
    dependencies: new Map(),
    written: new Map(),
    told: new Set(),
    continues: false,
    roleOf: (visited) =>
      isVariable(visited) && visited.within?.node !== made && belongsTo(made, visited) && isWithin(visited, made)
        ? roles.get(String(visited.node.name))
        : undefined,
    human: (visited, message) => {
      const statement = statementOf(visited, made);
      const line = visited.node.loc?.start.line ?? 1;
      if (human.some((known) => known.line === line && known.message === message)) return;
      human.push({ line, message, at: statement.start });
    },
  };
  if (script.guessed && kind !== 'rule') {
    human.push({ line: 1, message: `Taken for a Hook of ${kind}; --trigger names another.`, at: body.start });
  }
  const wraps = convertCallbacks(work);
  convertWrites(work);
  convertReads(work);
  const heads = convertGlobals(work, script.tree);
  for (const { at, message } of human) if (at > body.start) edits.insert(at, `/* By hand: ${message} */ `);

  const isBlock = body.type === 'BlockStatement';
  const inner = isBlock
    ? edits.between(body.start + 1, body.end - 1)
    : ` return ${edits.between(body.start, body.end)}; `;
  const before = edits
    .between(kind === 'rule' ? 1 : 0, script.start)
    .replace(/\($/, '')
    .trim();
  const after = kind === 'rule' ? '' : edits.between(script.end, text.length).trim();
  const code = [
    `// Converted from the ${kind === 'rule' ? 'Rule' : 'Hook'} ${name.replaceAll(/\s+/g, ' ')}.`,
    ...(human.length > 0 ? ['// Comments that begin with "By hand" say what somebody must look at.'] : []),
    ...heads,
    ...(before === '' ? [] : [before]),
    '',
    handler(work, inner, wraps),
    ...(after === '' ? [] : [after]),
    '',
  ].join('\n');
  return {
    ok: true,
    kind,
    trigger: kind === 'rule' ? 'post-login' : kind,
    code,
    dependencies: [...work.dependencies].map(([dependency, version]) => ({ name: dependency, version })),
    secrets: [...work.secrets].sort(),
    human: human.sort((a, b) => a.line - b.line).map(({ line, message }) => ({ line, message })),
  };
}

const isWithin = (visited: Visited, made: Tree) => [...around(visited)].includes(made);

/** The outermost place before which a comment may stand: the statement, within the function. */
function statementOf(visited: Visited, made: Tree): Tree {
  for (const node of [visited.node, ...around(visited)]) {
    if (node === made) break;
    if (/(Statement|Declaration)$/.test(node.type) && !isHeadOfLoop(node, visited)) return node;
  }
  return visited.node;
}

const isHeadOfLoop = (node: Tree, visited: Visited): boolean =>
  [...around(visited)].some(
    (each) => /^For/.test(each.type) && ['init', 'left'].some((name) => part(each, name) === node),
  );

/** A script that calls its callback later is waited for. */
function handler(work: Work, inner: string, wraps: boolean): string {
  // An async function that throws has failed; within a promise nobody would hear of it.
  const waited = work.made.async === true ? `(async () => {${inner}})().catch(reject);` : inner;
  const body = wraps ? `\n  await new Promise((resolve, reject) => {${waited}});\n` : inner;
  const name = HANDLERS[work.kind];
  if (!work.continues) return `exports.${name} = async (event, api) => {${body}};`;
  return [
    `const run = async (event, api, continued) => {${body}};`,
    '',
    `exports.${name} = async (event, api) => run(event, api, false);`,
    'exports.onContinuePostLogin = async (event, api) => run(event, api, true);',
  ].join('\n');
}

/** Reads of what the older script was given. */
function convertReads(work: Work): void {
  const names = NAMES[work.kind];
  for (const visited of work.visited) {
    const role = work.roleOf(visited);
    if (role === undefined || role === 'callback' || work.done.has(visited.node)) continue;
    const chain = chainOf(visited);
    const full = [role, ...chain.map(({ name }) => name)];
    if (full[0] === 'context' && full[1] === 'protocol' && comparesRedirect(work, visited)) continue;
    const length = full.map((_, at) => full.length - at).find((size) => full.slice(0, size).join('.') in names);
    const found = length === undefined ? undefined : names[full.slice(0, length).join('.')];
    if (full.length > 3 && full.slice(0, 3).join('.') === 'context.webtask.secrets') {
      work.secrets.add(full[3] ?? '');
      work.edits.replace(visited.node.start, chain[1]?.end ?? visited.node.end, 'event.secrets');
      continue;
    }
    if (found === undefined || (role === 'user' && length === 1 && full.length > 1)) {
      if (!work.told.has(visited.node))
        work.human(visited, `${full.slice(0, 3).join('.')} has no counterpart in the event of an Action.`);
      continue;
    }
    const writtenAt = work.written.get(full.slice(0, 3).join('.'));
    if (writtenAt !== undefined && visited.node.start > writtenAt) {
      work.human(visited, `${full.slice(0, 3).join('.')} is still what it was before this script set it.`);
    }
    const silent = silentChange(visited, chain);
    if (silent !== undefined) work.human(visited, silent);
    const end = length === 1 ? visited.node.end : (chain[(length ?? 1) - 2]?.end ?? visited.node.end);
    const isShorthand = visited.within?.node.type === 'Property' && visited.within.node.shorthand === true;
    work.edits.replace(visited.node.start, end, isShorthand ? `${visited.node.name}: ${found}` : found);
  }
}

/** A Rule asked whether somebody had come back by the protocol; an Action has a handler for it. */
function comparesRedirect(work: Work, visited: Visited): boolean {
  const comparison = visited.within?.within?.node;
  if (comparison?.type !== 'BinaryExpression' || !/^[=!]==?$/.test(String(comparison.operator))) return false;
  const sides = [part(comparison, 'left'), part(comparison, 'right')];
  if (!sides.some((side) => side?.type === 'Literal' && side.value === 'redirect-callback')) return false;
  work.continues = true;
  work.edits.replace(
    comparison.start,
    comparison.end,
    String(comparison.operator).startsWith('!') ? '!continued' : 'continued',
  );
  return true;
}

const DENY = 'api.access.deny';

/** What stood about in the older sandbox, and packages with their version in their name. Gives lines for the head. */
function convertGlobals(work: Work, tree: Tree): string[] {
  const heads = new Map<string, string>();
  const declared = new Set([...declaredBy(work.made), ...topLevelNames(tree)]);
  for (const visited of work.visited) {
    const { node } = visited;
    if (node.type === 'CallExpression' && part(node, 'callee')?.name === 'require') {
      const [argument] = parts(node, 'arguments');
      if (argument?.type === 'Literal' && typeof argument.value === 'string') convertRequire(work, visited, argument);
      else work.human(visited, 'Which package is required is known only when it runs.');
    }
    if (!isVariable(visited) || work.done.has(node) || work.roleOf(visited) !== undefined) continue;
    const name = String(node.name);
    if (declared.has(name) || !belongsTo(tree, visited)) continue;
    const known = Object.hasOwn(GLOBAL_PACKAGES, name) ? GLOBAL_PACKAGES[name] : undefined;
    if (known) {
      heads.set(name, `const ${name} = require(${quote(known.module)});`);
      if (known.version !== undefined) work.dependencies.set(known.module, known.version);
      if (name === 'request')
        work.human(visited, 'The package request is no longer kept up; fetch is there without a package.');
    } else if (name === 'configuration') convertConfiguration(work, visited);
    else if (/^(UnauthorizedError|ValidationError)$/.test(name)) {
      heads.set(name, `class ${name} extends Error {}`);
      // Nobody gets in by either, but whoever asked is told of a fault and not of a denial.
      if (work.kind === 'rule') work.human(visited, `An Action that throws has failed; ${DENY} is what denies.`);
    } else if (name === 'global')
      work.human(visited, 'What is kept in global is gone after the run; api.cache keeps small texts.');
    else if (LOST_GLOBALS.includes(name)) work.human(visited, `${name} is not there in an Action.`);
  }
  return [...heads.values()];
}

function topLevelNames(tree: Tree): string[] {
  return parts(tree, 'body')
    .flatMap((statement) => [...parts(statement, 'declarations'), statement])
    .map((each) => part(each, 'id')?.name)
    .filter((name) => typeof name === 'string');
}

function convertRequire(work: Work, visited: Visited, argument: Tree): void {
  const [, name = '', version] = /^(@?[^@]+)(?:@(.+))?$/.exec(String(argument.value)) ?? [];
  const isBuiltIn =
    /^(node:|assert$|buffer$|crypto$|events$|https?$|path$|querystring$|stream$|string_decoder$|url$|util$|zlib$)/.test(
      name,
    );
  if (isBuiltIn) return;
  work.dependencies.set(name.replace(/^((?:@[^/]+\/)?[^/]+)\/.*$/, '$1'), version ?? 'latest');
  if (version === undefined)
    work.human(visited, `Which version of ${name} is meant is not written; it is declared as latest.`);
  else work.edits.replace(argument.start, argument.end, `'${name}'`);
}

function convertConfiguration(work: Work, visited: Visited): void {
  const [first] = chainOf(visited);
  work.edits.replace(visited.node.start, visited.node.end, 'event.secrets');
  if (first) work.secrets.add(first.name);
  else work.human(visited, 'Which setting is read is known only when it runs: declare its name as a secret.');
}
