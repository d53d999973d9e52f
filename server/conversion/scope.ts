// Server, conversion: whose a name is. One that an inner function declares anew is not the parameter of the outer.
import { around, isNode, keyOf, nodesOf, part, parts, type Tree, type Visited } from '../lint/script-tree.ts';

/** Names that each function declares. */
const DECLARED = new WeakMap<Tree, ReadonlySet<string>>();

/** Whether an identifier is read or written as a variable, rather than being the name of a property. */
export function isVariable({ node, within }: Visited): boolean {
  const parent = within?.node;
  if (node.type !== 'Identifier' || !parent) return false;
  if (parent.type === 'MemberExpression') return part(parent, 'object') === node || parent.computed === true;
  if (parent.type === 'Property') return part(parent, 'value') === node || parent.computed === true;
  return !/^(LabeledStatement|BreakStatement|ContinueStatement|MethodDefinition)$/.test(parent.type);
}

/** Whether no function between the identifier and `root` declares its name. */
export function belongsTo(root: Tree, visited: Visited): boolean {
  const name = String(visited.node.name);
  for (const node of around(visited)) {
    if (node === root) return true;
    if (/Function/.test(node.type) && declaredBy(node).has(name)) return false;
    if (node.type === 'CatchClause' && part(node, 'param')?.name === name) return false;
  }
  return true;
}

export function declaredBy(made: Tree): ReadonlySet<string> {
  const known = DECLARED.get(made);
  if (known) return known;
  const names = new Set<string>();
  for (const parameter of parts(made, 'params')) addNames(parameter, names);
  const body = part(made, 'body');
  if (body) {
    for (const visited of nodesOf(body)) {
      const { node } = visited;
      const isOuter = ![...around(visited)].some(({ type }) => /Function/.test(type));
      if (node.type === 'VariableDeclarator' && isOuter) addNames(part(node, 'id'), names);
      if (/^(Function|Class)Declaration$/.test(node.type) && isOuter) addNames(part(node, 'id'), names);
    }
  }
  DECLARED.set(made, names);
  return names;
}

function addNames(pattern: Tree | undefined, names: Set<string>): void {
  if (!pattern) return;
  if (pattern.type === 'Identifier') names.add(String(pattern.name));
  else if (pattern.type === 'AssignmentPattern') addNames(part(pattern, 'left'), names);
  else if (pattern.type === 'RestElement') addNames(part(pattern, 'argument'), names);
  else if (pattern.type === 'ArrayPattern') for (const each of parts(pattern, 'elements')) addNames(each, names);
  else if (pattern.type === 'ObjectPattern') {
    for (const each of parts(pattern, 'properties')) {
      const value = each.type === 'RestElement' ? each : each.value;
      if (isNode(value)) addNames(value, names);
    }
  }
}

/** Names read of it, each with where its member ends; up to the first that is computed. */
export function chainOf(visited: Visited): { name: string; end: number; node: Tree; visited: Visited }[] {
  const chain: { name: string; end: number; node: Tree; visited: Visited }[] = [];
  let below: Tree = visited.node;
  for (let next = visited.within; next; next = next.within) {
    if (next.node.type === 'ChainExpression') {
      below = next.node;
      continue;
    }
    if (next.node.type !== 'MemberExpression' || part(next.node, 'object') !== below) break;
    const name = keyOf(next.node);
    if (name === undefined) break;
    chain.push({ name, end: next.node.end, node: next.node, visited: next });
    below = next.node;
  }
  return chain;
}
