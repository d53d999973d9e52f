// Server, conversion: what a Hook for machines hands back. It filled an object with claims and scopes; an Action says each.
import { keyOf, part, parts, pathOf, type Visited } from '../lint/script-tree.ts';
import { drop, quote } from './plain-edits.ts';
import type { Work } from './work.ts';

/** `cb(null, token)`: names of what a Hook hands back. */
export function namesHandedBack(work: Work): Set<string> {
  const names = work.visited.flatMap((visited) => {
    if (visited.node.type !== 'CallExpression') return [];
    const callee = work.visited.find((each) => each.within === visited && each.node === part(visited.node, 'callee'));
    const [, result] = parts(visited.node, 'arguments');
    const isBack = callee && work.roleOf(callee) === 'callback' && result?.type === 'Identifier';
    return isBack ? [String(result.name)] : [];
  });
  return new Set(names);
}

/** `token[…] = …`, `token.scope.push(…)` */
export function writesResult({ node }: Visited, results: ReadonlySet<string>): boolean {
  const target = part(node, node.type === 'CallExpression' ? 'callee' : 'left');
  if (target?.type !== 'MemberExpression' || !/^(Call|Assignment)Expression$/.test(node.type)) return false;
  const [root = '', ...names] = (pathOf(target) ?? '').split('.');
  if (node.type === 'CallExpression') return results.has(root) && names.join('.') === 'scope.push';
  return results.has(String(part(target, 'object')?.name));
}

/** A claim or a scope, by its method. */
export function convertResult(work: Work, visited: Visited): void {
  const { node } = visited;
  if (node.type === 'CallExpression') {
    const [scope] = parts(node, 'arguments');
    if (scope) work.edits.replace(node.start, scope.start, 'api.accessToken.addScope(');
    return;
  }
  const [left, right] = [part(node, 'left'), part(node, 'right')];
  const property = part(left, 'property');
  if (!left || !right || !property) return;
  const key = keyOf(left);
  if (key === 'scope') {
    const given = right.type === 'Identifier' && work.visited.find((each) => each.node === right);
    if (given && work.roleOf(given) === 'scope') drop(work, visited);
    else work.human(visited, 'Scopes change by api.accessToken.addScope and removeScope.');
    return;
  }
  const method = 'api.accessToken.setCustomClaim(';
  if (key === undefined) {
    work.edits.replace(node.start, property.start, method);
    work.edits.replace(property.end, right.start, ', ');
  } else work.edits.replace(node.start, right.start, `${method}${quote(key)}, `);
  work.edits.insert(right.end, ')');
}
