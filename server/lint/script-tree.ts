// Server, lint: the syntax tree of an author's text, for those who ask what is written in it. Nothing of it is executed.
// It walks without recursion: a text of a stranger may nest as deep as the parser takes it.
import { type Node, parse } from 'acorn';
import { parseText } from '#runtime/builds/process/parse.ts';

/** Any node of the tree, by its properties. */
export type Tree = Node & { readonly [property: string]: unknown };

export type ParsedScript =
  /** `code` is what the tree's places count in: the text itself, or what became of TypeScript. */
  { ok: true; tree: Tree; code: string; lineOf(node: Tree): number } | { ok: false; line: number; message: string };

/** Reads JavaScript, and else TypeScript, as a CommonJS module. */
export async function parseScript(text: string): Promise<ParsedScript> {
  const plain = parseJavaScript(text);
  if (plain.ok || plain.tooDeep) return plain;
  const typed = await parseText('script.ts', text);
  if (Array.isArray(typed)) return plain;
  const parsed = parseJavaScript(typed.code);
  if (!parsed.ok) return plain;
  const placeOf = (node: Tree) =>
    typed.placeOf({ line: parsed.lineOf(node), column: (node.loc?.start.column ?? 0) + 1 });
  return { ...parsed, lineOf: (node) => placeOf(node).line };
}

type Plain = Extract<ParsedScript, { ok: true }> | (Extract<ParsedScript, { ok: false }> & { tooDeep: boolean });

/** The same for JavaScript alone. `tooDeep`: the parser gave up, and so would another. */
export function parseJavaScript(code: string): Plain {
  const options = {
    ecmaVersion: 'latest',
    locations: true,
    allowReturnOutsideFunction: true,
    allowHashBang: true,
  } as const;
  let fault: unknown;
  for (const sourceType of ['script', 'module'] as const) {
    try {
      const tree = parse(code, { ...options, sourceType }) as unknown as Tree;
      return { ok: true, tree, code, lineOf: (node) => node.loc?.start.line ?? 1 };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      fault ??= error;
    }
  }
  const { message, loc } = fault as SyntaxError & { loc?: { line: number } };
  const tooDeep = message.startsWith('Not enough stack');
  return { ok: false, line: loc?.line ?? 1, message: message.replace(/ \(\d+:\d+\)$/, ''), tooDeep };
}

/** A node, and what it stands in. */
export type Visited = { node: Tree; within?: Visited };

/** Every node, in the order of the text. */
export function* nodesOf(root: Tree): Generator<Visited> {
  const open: Visited[] = [{ node: root }];
  for (let next = open.pop(); next; next = open.pop()) {
    yield next;
    for (const node of childrenOf(next.node).reverse()) open.push({ node, within: next });
  }
}

/** What a node stands in, the nearest first. */
export function* around({ within }: Visited): Generator<Tree> {
  for (let next = within; next; next = next.within) yield next.node;
}

function childrenOf(node: Tree): Tree[] {
  const children: Tree[] = [];
  for (const value of Object.values(node)) {
    if (isNode(value)) children.push(value);
    else if (Array.isArray(value)) children.push(...value.filter(isNode));
  }
  return children.sort((a, b) => a.start - b.start);
}

export function isNode(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** A part of a node that is a node. */
export function part(node: Tree | undefined, name: string): Tree | undefined {
  const value = node?.[name];
  return isNode(value) ? value : undefined;
}

/** Parts of a node that are nodes; holes are left out. */
export function parts(node: Tree | undefined, name: string): Tree[] {
  const value = node?.[name];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The name that a property is read or written by: `x.name`, `x['name']`, `{ name: … }`; undefined where it is computed. */
export function keyOf(node: Tree): string | undefined {
  const key = part(node, node.type === 'MemberExpression' ? 'property' : 'key');
  if (key?.type === 'Literal' && typeof key.value === 'string') return key.value;
  return key?.type === 'Identifier' && node.computed !== true ? String(key.name) : undefined;
}

/** `event.user.email`, whatever of its dots are `?.`; undefined where it is no plain chain of names. */
export function pathOf(node: Tree | undefined): string | undefined {
  const names: string[] = [];
  for (let next = node; next; ) {
    if (next.type === 'Identifier') return [String(next.name), ...names].join('.');
    if (next.type === 'MemberExpression') {
      const key = keyOf(next);
      if (key === undefined) return undefined;
      names.unshift(key);
      next = part(next, 'object');
    } else next = next.type === 'ChainExpression' ? part(next, 'expression') : undefined;
    if (names.length > 20) return undefined;
  }
  return undefined;
}
