// Server, lint: which texts a value in a script may have, as far as it stands there. Conditions are not judged: of two
// branches both count. What comes from elsewhere is not known, and said so.
import { around, isNode, keyOf, nodesOf, part, parts, type Tree } from './script-tree.ts';

/** `enrolled`: whatever the person is enrolled in. `unread`: and others, that only a run knows. */
export type Possible = { names: ReadonlySet<string>; enrolled: boolean; unread: boolean };

const NOTHING: Possible = { names: new Set(), enrolled: false, unread: false };
const UNREAD: Possible = { ...NOTHING, unread: true };
const ENROLLED: Possible = { ...NOTHING, enrolled: true };
/** Values that lead to values that lead to values …; no script that people write comes near it. */
const DEPTH = 25;
const STEPS = 20_000;
/** There are seven factors: whoever names more makes up names. */
const MOST_NAMES = 50;

/** Methods of lists whose result holds what the list held, or less. */
const SAME_ELEMENTS =
  /^(filter|slice|sort|toSorted|reverse|toReversed|flat|at|find|findLast|pop|shift|splice|values|keys|trim|toLowerCase)$/;

/** What the names of a script stand for, found once. */
export type Names = ReadonlyMap<string, readonly Tree[]>;

/** Everything that is ever given to each name, wherever: as its first value, by `=`, by `push`, as an element of a loop. */
export function namesOf(tree: Tree): Names {
  const names = new Map<string, Tree[]>();
  const give = (target: Tree | undefined, value: Tree | undefined) => {
    if (target?.type !== 'Identifier' || !value) return;
    const name = String(target.name);
    const known = names.get(name);
    if (known) known.push(value);
    else names.set(name, [value]);
  };
  for (const { node } of nodesOf(tree)) {
    if (node.type === 'VariableDeclarator') give(part(node, 'id'), part(node, 'init'));
    else if (node.type === 'AssignmentExpression') give(part(node, 'left'), part(node, 'right'));
    else if (node.type === 'FunctionDeclaration') give(part(node, 'id'), node);
    else if (node.type === 'ForOfStatement') {
      const left = part(node, 'left');
      give(
        left?.type === 'VariableDeclaration' ? part(parts(left, 'declarations')[0], 'id') : left,
        part(node, 'right'),
      );
    } else if (node.type === 'CallExpression') {
      const callee = part(node, 'callee');
      const added = callee?.type === 'MemberExpression' && /^(push|unshift)$/.test(keyOf(callee) ?? '');
      if (added) for (const argument of parts(node, 'arguments')) give(part(callee, 'object'), argument);
    }
  }
  return names;
}

/** How much is still followed of one script: shared by all of its commands, or many of them would cost many times as much. */
export type Budget = { steps: number };
export const newBudget = (): Budget => ({ steps: STEPS });

/**
 * Which factors an argument of a command may name.
 * @param node a factor, a list of them, or what becomes one.
 */
export const possibleFactors = (node: Tree | undefined, names: Names, budget: Budget): Possible =>
  evaluate(node, names, new Map(), budget, 0);

type Bound = ReadonlyMap<string, Possible>;

function evaluate(node: Tree | undefined, names: Names, bound: Bound, budget: Budget, depth: number): Possible {
  if (!node) return NOTHING;
  if (depth > DEPTH || --budget.steps < 0) return UNREAD;
  const read = (part: Tree | undefined, further: Bound = bound) => evaluate(part, names, further, budget, depth + 1);
  const all = (nodes: readonly (Tree | undefined)[]) => union(nodes.map((each) => read(each)));
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' ? { ...NOTHING, names: new Set([node.value]) } : NOTHING;
    case 'TemplateLiteral': {
      const [quasi] = parts(node, 'quasis');
      const { cooked } = (quasi?.value ?? {}) as { cooked?: unknown };
      return parts(node, 'expressions').length > 0 || typeof cooked !== 'string'
        ? UNREAD
        : { ...NOTHING, names: new Set([cooked]) };
    }
    case 'ArrayExpression':
      return all(parts(node, 'elements'));
    case 'SpreadElement':
    case 'AwaitExpression':
      return read(part(node, 'argument'));
    case 'ChainExpression':
    case 'ParenthesizedExpression':
      return read(part(node, 'expression'));
    case 'ConditionalExpression':
      return all([part(node, 'consequent'), part(node, 'alternate')]);
    case 'LogicalExpression':
      // Of `a && b` only b is ever a factor.
      return node.operator === '&&' ? read(part(node, 'right')) : all([part(node, 'left'), part(node, 'right')]);
    case 'AssignmentExpression':
      return read(part(node, 'right'));
    case 'ObjectExpression': {
      const type = propertyOf(node, 'type');
      if (type) return read(type);
      // A table of factors: whichever is taken from it.
      return all(
        parts(node, 'properties').map((each) => part(each, each.type === 'SpreadElement' ? 'argument' : 'value')),
      );
    }
    case 'Identifier':
      return readName(String(node.name), names, bound, read);
    case 'MemberExpression':
      return readMember(node, names, read);
    case 'CallExpression':
      return readCall(node, names, bound, read);
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
    case 'FunctionDeclaration':
      return all(returnsOf(node));
    default:
      return UNREAD;
  }
}

type Read = (node: Tree | undefined, bound?: Bound) => Possible;

function readName(name: string, names: Names, bound: Bound, read: Read): Possible {
  const known = bound.get(name);
  if (known) return known;
  if (name === 'undefined') return NOTHING;
  if (name === 'enrolledFactors' && !names.has(name)) return ENROLLED;
  const given = names.get(name);
  // While a name is read it stands for nothing, so that one that is given itself comes to an end.
  return given ? union(given.map((each) => read(each, new Map([...bound, [name, NOTHING]])))) : UNREAD;
}

function readMember(node: Tree, names: Names, read: Read): Possible {
  const key = keyOf(node);
  if (key === 'enrolledFactors') return ENROLLED;
  const object = part(node, 'object');
  // `f.type` of a factor `f` is what the factor is.
  if (key === undefined || key === 'type') return read(object);
  if (object?.type !== 'Identifier') return UNREAD;
  const values = (names.get(String(object.name)) ?? []).map((each) => propertyOf(each, key));
  const found = values.filter((value) => value !== undefined);
  return found.length > 0 ? union(found.map((value) => read(value))) : UNREAD;
}

function readCall(node: Tree, names: Names, bound: Bound, read: Read): Possible {
  const callee = part(node, 'callee');
  const given = parts(node, 'arguments');
  if (callee?.type === 'Identifier') {
    return names.has(String(callee.name)) ? read(callee) : UNREAD;
  }
  if (callee?.type !== 'MemberExpression') return UNREAD;
  const [object, method = ''] = [part(callee, 'object'), keyOf(callee)];
  if (object?.type === 'Identifier' && object.name === 'Object') {
    if (method === 'keys' && given[0]?.type === 'ObjectExpression') return keysOf(given[0]);
    return /^(values|freeze|seal)$/.test(method) ? read(given[0]) : UNREAD;
  }
  if (object?.type === 'Identifier' && object.name === 'Array') return method === 'from' ? read(given[0]) : UNREAD;
  if (SAME_ELEMENTS.test(method)) return read(object);
  if (method === 'concat') return union([read(object), ...given.map((each) => read(each))]);
  if (method === 'split') return splitTexts(read(object), given[0]);
  if (method === 'map' || method === 'flatMap') {
    const [made] = given;
    const [parameter] = parts(made, 'params');
    if (!made || !parameter) return made?.type === 'Identifier' ? union([read(object), read(made)]) : UNREAD;
    const elements = read(object);
    const name = parameter.type === 'Identifier' ? [String(parameter.name)] : patternNames(parameter);
    const further = new Map([...bound, ...name.map((each) => [each, elements] as const)]);
    return union(returnsOf(made).map((each) => read(each, further)));
  }
  return UNREAD;
}

/** `({ type }) => …`: each of its names stands for what the element is. */
const patternNames = (pattern: Tree): string[] =>
  parts(pattern, 'properties').flatMap((each) => {
    const value = part(each, 'value');
    return value?.type === 'Identifier' ? [String(value.name)] : [];
  });

function keysOf(object: Tree): Possible {
  const keys = parts(object, 'properties').map(keyOf);
  return { ...NOTHING, names: new Set(keys.filter((key) => key !== undefined)), unread: keys.includes(undefined) };
}

function splitTexts(texts: Possible, separator: Tree | undefined): Possible {
  if (separator?.type !== 'Literal' || typeof separator.value !== 'string') return { ...texts, unread: true };
  const { value } = separator;
  return { ...texts, names: new Set([...texts.names].flatMap((text) => text.split(value)).map((each) => each.trim())) };
}

/** A function is asked for as often as it is named, and its text is read once. */
const RETURNS = new WeakMap<Tree, readonly Tree[]>();

/** The values that a function returns; those of functions inside it are not its own. */
function returnsOf(made: Tree): readonly Tree[] {
  const found = RETURNS.get(made) ?? findReturns(made);
  RETURNS.set(made, found);
  return found;
}

function findReturns(made: Tree): Tree[] {
  const body = part(made, 'body');
  if (!body) return [];
  if (body.type !== 'BlockStatement') return [body];
  const found: Tree[] = [];
  for (const visited of nodesOf(body)) {
    const value = visited.node.type === 'ReturnStatement' ? part(visited.node, 'argument') : undefined;
    if (value && !around(visited).some(({ type }) => /Function/.test(type))) found.push(value);
  }
  return found;
}

/** The value of a property where an object is written out. */
export function propertyOf(object: Tree | undefined, name: string): Tree | undefined {
  if (object?.type !== 'ObjectExpression') return undefined;
  const found = parts(object, 'properties').findLast((each) => each.type === 'Property' && keyOf(each) === name);
  const value = found?.value;
  return isNode(value) ? value : undefined;
}

function union(all: readonly Possible[]): Possible {
  const names = new Set(all.flatMap((each) => [...each.names]));
  return {
    names: new Set([...names].slice(0, MOST_NAMES)),
    enrolled: all.some(({ enrolled }) => enrolled),
    unread: all.some(({ unread }) => unread) || names.size > MOST_NAMES,
  };
}
