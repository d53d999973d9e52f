// Server, conversion: what an older script changed by writing to what it was given, an Action says by a method of `api`.
import { keyOf, part, parts, type Tree, type Visited } from '../lint/script-tree.ts';
import { convertResult, namesHandedBack, writesResult } from './hook-results.ts';
import { drop, quote } from './plain-edits.ts';
import { chainOf } from './scope.ts';
import type { Work } from './work.ts';

const TOKENS: Readonly<Record<string, string>> = { idToken: 'api.idToken', accessToken: 'api.accessToken' };
const SETTERS: Readonly<Record<string, string>> = { app_metadata: 'setAppMetadata', user_metadata: 'setUserMetadata' };
/** Providers as Rules named them. */
const PROVIDERS = ['any', 'none', 'guardian', 'google-authenticator', 'duo'];

export function convertWrites(work: Work): void {
  const results = work.kind === 'credentials-exchange' ? namesHandedBack(work) : new Set<string>();
  for (const visited of work.visited) {
    if (writesResult(visited, results)) convertResult(work, visited);
    else if (visited.node.type === 'AssignmentExpression') convertAssignment(work, visited);
    else if (visited.node.type === 'UnaryExpression' && visited.node.operator === 'delete')
      convertDelete(work, visited);
    else if (visited.node.type === 'UpdateExpression') convertUpdate(work, visited);
    else if (visited.node.type === 'CallExpression') convertMetadataCall(work, visited);
  }
}

type Target = { role: string; names: string[]; root: Visited; member: Tree };

/** What is written to: the names, and the member expression; its last name may be computed. */
function targetOf(work: Work, left: Tree | undefined): Target | undefined {
  if (left?.type !== 'MemberExpression') return undefined;
  const root = work.visited.find(
    (each) => each.node.type === 'Identifier' && each.node.start === left.start && work.roleOf(each) !== undefined,
  );
  const role = root && work.roleOf(root);
  if (!root || role === undefined) return undefined;
  return {
    role,
    names: chainOf(root)
      .filter(({ end }) => end <= left.end)
      .map(({ name }) => name),
    root,
    member: left,
  };
}

function convertAssignment(work: Work, visited: Visited): void {
  const { node } = visited;
  const [left, right] = [part(node, 'left'), part(node, 'right')];
  const target = targetOf(work, left);
  if (!target || !left || !right || !part(left, 'property')) return;
  const { role, names, root } = target;
  const computed = keyOf(left) === undefined;
  const depth = names.length + (computed ? 1 : 0);
  const [first = '', second] = names;
  if (isDefault(work, left, right) && depth <= 2) {
    drop(work, visited);
    return;
  }
  if (role === 'context' && depth === 2 && first in TOKENS) {
    if (first === 'accessToken' && second === 'scope') {
      work.human(visited, 'Scopes change by api.accessToken.addScope and removeScope.');
      return;
    }
    toCall(work, visited, `${TOKENS[first]}.setCustomClaim`, target);
    return;
  }
  if (role === 'context' && depth === 1 && first === 'redirect') {
    convertRedirect(work, visited, right, root);
    return;
  }
  if (role === 'context' && depth === 1 && first === 'multifactor') {
    convertMultifactor(work, visited, right, root);
    return;
  }
  if (role === 'context' && depth === 1 && first === 'primaryUser') {
    work.done.add(root.node);
    work.edits.replace(node.start, right.start, 'api.authentication.setPrimaryUser(');
    work.edits.insert(right.end, ')');
    return;
  }
  if (role === 'user' && depth === 2 && first in SETTERS) {
    if (second !== undefined) noteWrite(work, target, node.end);
    toCall(work, visited, `api.user.${SETTERS[first]}`, target);
    return;
  }
  if (role === 'user' && depth === 1 && first in SETTERS && right.type === 'ObjectExpression') {
    convertWhole(work, visited, right, root, `api.user.${SETTERS[first]}`);
    return;
  }
  const name = [role, ...names].join('.');
  if (role === 'callback') return;
  work.told.add(root.node);
  work.human(visited, `Writing to ${name} changes nothing in an Action.`);
}

/** `x = x || {}`: an Action needs no object to write to. */
function isDefault(work: Work, left: Tree, right: Tree): boolean {
  return (
    (right.type === 'LogicalExpression' &&
      part(right, 'left') !== undefined &&
      work.text(part(right, 'left') ?? right) === work.text(left)) ||
    (right.type === 'ObjectExpression' && parts(right, 'properties').length === 0)
  );
}

function noteWrite({ written }: Work, { role, names }: Target, at: number): void {
  const name = [role, ...names].join('.');
  if (!written.has(name)) written.set(name, at);
}

/** `left = right` and `left += right` become `method(key, value)`. */
function toCall(work: Work, visited: Visited, method: string, { root, member }: Target): void {
  const { node } = visited;
  const [right, property] = [part(node, 'right'), part(member, 'property')];
  if (!right || !property) return;
  work.done.add(root.node);
  const key = keyOf(member);
  const operator = String(node.operator).slice(0, -1);
  const isRead = operator !== '';
  const former = isRead && key !== undefined ? formerOf(work, member, root) : undefined;
  if (isRead && former === undefined) work.human(visited, 'What it adds to has to be read from the event.');
  const prefix = former === undefined ? '' : `${former} ${operator} (`;
  const close = former === undefined ? ')' : '))';
  if (key === undefined) {
    work.edits.replace(node.start, property.start, `${method}(`);
    work.edits.replace(property.end, right.start, `, ${prefix}`);
  } else work.edits.replace(node.start, right.start, `${method}(${quote(key)}, ${prefix}`);
  work.edits.insert(right.end, close);
}

function formerOf(work: Work, member: Tree, root: Visited): string | undefined {
  if (work.roleOf(root) !== 'user') return undefined;
  return `event.user${work.text(member).slice(work.text(root.node).length)}`;
}

function convertWhole(work: Work, visited: Visited, right: Tree, root: Visited, method: string): void {
  const properties = parts(right, 'properties');
  if (
    visited.within?.node.type !== 'ExpressionStatement' ||
    properties.some((each) => keyOf(each) === undefined || each.shorthand === true)
  ) {
    work.human(visited, `Say it key by key with ${method}.`);
    return;
  }
  work.done.add(root.node);
  let at = visited.node.start;
  for (const [index, property] of properties.entries()) {
    const value = part(property, 'value');
    if (!value) continue;
    work.edits.replace(at, value.start, `${index === 0 ? '' : '), '}${method}(${quote(keyOf(property) ?? '')}, `);
    at = value.end;
  }
  work.edits.replace(at, right.end, ')');
}

function convertRedirect(work: Work, visited: Visited, right: Tree, root: Visited): void {
  const url = propertyNamed(right, 'url');
  if (!url) {
    work.human(visited, 'Send the person away with api.redirect.sendUserTo(url).');
    return;
  }
  work.done.add(root.node);
  work.edits.replace(visited.node.start, url.start, 'api.redirect.sendUserTo(');
  work.edits.replace(url.end, visited.node.end, ')');
}

function convertMultifactor(work: Work, visited: Visited, right: Tree, root: Visited): void {
  const provider = propertyNamed(right, 'provider');
  const remember = propertyNamed(right, 'allowRememberBrowser');
  if (!provider) {
    work.human(visited, 'Ask for a factor with api.multifactor.enable or api.authentication.challengeWith.');
    return;
  }
  if (provider.type === 'Literal' && !PROVIDERS.includes(String(provider.value))) {
    work.human(visited, `There is no provider ${String(provider.value)}; "any" asks for whatever is on.`);
  }
  work.done.add(root.node);
  for (const { node } of work.visited) {
    const isGone =
      node.start >= right.start && node.end <= right.end && !isPart(node, provider) && !isPart(node, remember);
    if (isGone) work.done.add(node);
  }
  const options = remember ? `, { allowRememberBrowser: ${work.text(remember)} }` : '';
  if (remember) for (const { node } of work.visited) if (isPart(node, remember)) work.done.add(node);
  work.edits.replace(visited.node.start, provider.start, 'api.multifactor.enable(');
  work.edits.replace(provider.end, visited.node.end, `${options})`);
}

const isPart = (node: Tree, of: Tree | undefined): boolean =>
  of !== undefined && node.start >= of.start && node.end <= of.end;

function propertyNamed(object: Tree, name: string): Tree | undefined {
  return part(
    parts(object, 'properties').find((each) => each.type === 'Property' && keyOf(each) === name),
    'value',
  );
}

function convertDelete(work: Work, visited: Visited): void {
  const target = targetOf(work, part(visited.node, 'argument'));
  if (!target) return;
  const [first = '', second] = target.names;
  const setter = target.role === 'user' ? SETTERS[first] : undefined;
  if (setter === undefined || second === undefined || target.names.length !== 2) {
    work.human(visited, `Deleting ${[target.role, ...target.names].join('.')} changes nothing in an Action.`);
    return;
  }
  work.done.add(target.root.node);
  work.edits.replace(visited.node.start, visited.node.end, `api.user.${setter}(${quote(second)}, null)`);
}

/** `user.app_metadata.count++` */
function convertUpdate(work: Work, visited: Visited): void {
  const member = part(visited.node, 'argument');
  const target = targetOf(work, member);
  if (!target || !member) return;
  const [first = '', second] = target.names;
  const setter = target.role === 'user' ? SETTERS[first] : undefined;
  const former = formerOf(work, member, target.root);
  if (
    setter === undefined ||
    second === undefined ||
    former === undefined ||
    visited.within?.node.type !== 'ExpressionStatement'
  ) {
    work.human(visited, `Writing to ${[target.role, ...target.names].join('.')} changes nothing in an Action.`);
    return;
  }
  work.done.add(target.root.node);
  const operator = String(visited.node.operator).slice(0, 1);
  work.edits.replace(
    visited.node.start,
    visited.node.end,
    `api.user.${setter}(${quote(second)}, ${former} ${operator} 1)`,
  );
}

/**
 * `auth0.users.updateAppMetadata(id, user.app_metadata)` wrote down what had been changed before; that is already commanded.
 * One with an object of its own becomes a command for each of its keys. The promise that follows stays one.
 */
function convertMetadataCall(work: Work, visited: Visited): void {
  const { node } = visited;
  const callee = part(node, 'callee');
  const method = callee?.type === 'MemberExpression' ? keyOf(callee) : undefined;
  const setter =
    method === 'updateAppMetadata' ? 'setAppMetadata' : method === 'updateUserMetadata' ? 'setUserMetadata' : undefined;
  const root = part(part(callee, 'object'), 'object');
  if (setter === undefined || root?.name !== 'auth0') return;
  const [, changed] = parts(node, 'arguments');
  const isGone = (each: Tree) => each.start >= node.start && each.end <= node.end && !isPart(each, changed);
  for (const { node: each } of work.visited) if (isGone(each)) work.done.add(each);
  const target = targetOf(work, changed);
  if (!changed || (target?.role === 'user' && target.names.length === 1)) {
    for (const { node: each } of work.visited) if (isPart(each, changed)) work.done.add(each);
    work.edits.replace(node.start, node.end, 'Promise.resolve()');
    return;
  }
  const each = `Object.entries(`;
  work.edits.replace(node.start, changed.start, `Promise.resolve(${each}`);
  work.edits.replace(changed.end, node.end, `).forEach(([key, value]) => api.user.${setter}(key, value)))`);
}
