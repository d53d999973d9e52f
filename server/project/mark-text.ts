// Server, project: writes counters into an author's text, for coverage. Only what counts is inserted and no line moves; what
// the text does stays what it was.
import { type AnyNode, type Node, parse } from 'acorn';
import MagicString from 'magic-string';
import { withoutTypes } from '../without-types.ts';

/** One way through the text, and the counter that says how often it was taken. Lines count from 1. */
export type CountedPlace = { line: number; counter: number };

/** Where counters stand. */
export type CountedPlaces = {
  /** Each where it begins. */
  statements: readonly CountedPlace[];
  /** The ways of each decision: `if` and `else`, cases, the parts of `?:`, `&&`, `||` and `??`. */
  branches: readonly (readonly CountedPlace[])[];
  counters: number;
};

export type MarkedText = CountedPlaces & {
  /** With a map to the text as it was at its end. */
  marked: string;
};

/**
 * Counters are `<hits>[n]++`.
 * @param fileName ends in `.ts` when the text is TypeScript.
 * @param hits name of the array of counters.
 * @param tail what is to stand behind the text.
 * @returns undefined for TypeScript that is more than JavaScript with types, such as an enum.
 */
export function markText(source: string, fileName: string, hits: string, tail: string): MarkedText | undefined {
  const plain = fileName.endsWith('.ts') ? plainText(source) : source;
  const program = plain === undefined ? undefined : parseScript(plain);
  if (program === undefined) return undefined;
  const marks = createMarks(source, hits);
  visit(program, marks);
  const text = new MagicString(source);
  // What begins at one place begins with the outermost; what ends there ends with the innermost.
  for (const { at, text: mark } of marks.fronts) text.appendRight(at, mark);
  for (const { at, text: mark } of marks.ends.toReversed()) text.appendLeft(at, mark);
  const map = text.generateMap({ source: fileName, includeContent: false, hires: true });
  const { statements, branches } = marks;
  const marked = `${text.toString()}\n${tail}\n//# sourceMappingURL=${map.toUrl()}\n`;
  return { statements, branches, counters: marks.counters(), marked };
}

/** The same text with spaces for types; undefined where types are more than that. */
function plainText(source: string): string | undefined {
  try {
    const plain = withoutTypes(source);
    return plain.length === source.length ? plain : undefined;
  } catch {
    // Text that makes other text.
    return undefined;
  }
}

function parseScript(plain: string): AnyNode | undefined {
  for (const sourceType of ['commonjs', 'module'] as const) {
    try {
      return parse(plain, { ecmaVersion: 'latest', sourceType, allowHashBang: true }) as AnyNode;
    } catch {
      // A text with `import` is read the other way; what is wrong with one that is neither, the build has said.
    }
  }
  return undefined;
}

type Mark = { at: number; text: string };

/** What is to be written where, from the outside of the text inwards. */
type Marks = {
  fronts: Mark[];
  ends: Mark[];
  statements: CountedPlace[];
  branches: CountedPlace[][];
  counters(): number;
  /** A new counter for what begins at an offset: where it is, and the text that counts. */
  counter(at: number): { place: CountedPlace; text: string };
};

function createMarks(source: string, hits: string): Marks {
  const ends = [...source.matchAll(/\r\n|[\n\r\u2028\u2029]/g)].map(({ index }) => index);
  let counters = 0;
  return {
    fronts: [],
    ends: [],
    statements: [],
    branches: [],
    counters: () => counters,
    counter(at) {
      const counter = counters++;
      const line = 1 + ends.filter((end) => end < at).length;
      return { place: { line, counter }, text: `${hits}[${counter}]++` };
    },
  };
}

/** `(counter,expression)` */
function inExpression({ start, end }: Node, marks: Marks): CountedPlace {
  const { place, text } = marks.counter(start);
  marks.fronts.push({ at: start, text: `(${text},` });
  marks.ends.push({ at: end, text: ')' });
  return place;
}

/** `counter;` in front */
function inFront({ start }: Node, marks: Marks): CountedPlace {
  const { place, text } = marks.counter(start);
  marks.fronts.push({ at: start, text: `${text};` });
  return place;
}

/** `{counter;` at the beginning of a block, or a block around what is none. */
function inBody(body: AnyNode, marks: Marks): CountedPlace {
  const { place, text } = marks.counter(body.start);
  if (body.type === 'BlockStatement') marks.ends.push({ at: body.start + 1, text: `${text};` });
  else {
    marks.fronts.push({ at: body.start, text: `{${text};` });
    marks.ends.push({ at: body.end, text: '}' });
  }
  return place;
}

const UNCOUNTED = new Set([
  'BlockStatement',
  'EmptyStatement',
  'ExportAllDeclaration',
  'ExportNamedDeclaration',
  'FunctionDeclaration',
  'ImportDeclaration',
]);

function countStatements(body: readonly AnyNode[], marks: Marks): void {
  for (const node of body) {
    const isDirective = node.type === 'ExpressionStatement' && node.directive !== undefined;
    const isExportOfValue = node.type === 'ExportNamedDeclaration' && node.declaration?.type === 'VariableDeclaration';
    if (isExportOfValue || (!isDirective && !UNCOUNTED.has(node.type))) marks.statements.push(inFront(node, marks));
  }
}

/** The body of a loop or a branch that is one statement without braces. */
function countLoneBody(body: AnyNode, marks: Marks): void {
  if (body.type !== 'BlockStatement' && body.type !== 'EmptyStatement') marks.statements.push(inBody(body, marks));
}

function visit(node: AnyNode, marks: Marks): void {
  switch (node.type) {
    case 'Program':
    case 'BlockStatement':
    case 'StaticBlock':
      countStatements(node.body as AnyNode[], marks);
      break;
    case 'SwitchStatement':
      marks.branches.push(node.cases.map((each) => wayOfCase(each, marks)));
      break;
    case 'SwitchCase':
      countStatements(node.consequent, marks);
      break;
    case 'IfStatement':
      visitIf(node, marks);
      break;
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
      countLoneBody(node.body, marks);
      break;
    case 'ArrowFunctionExpression':
      if (node.expression) marks.statements.push(inExpression(node.body, marks));
      break;
    case 'ConditionalExpression':
      marks.branches.push([inExpression(node.consequent, marks), inExpression(node.alternate, marks)]);
      break;
    case 'LogicalExpression': {
      // Of `a && b && c` the outermost speaks for all.
      const operands = operandsOf(node);
      marks.branches.push(operands.map((operand) => inExpression(operand, marks)));
      for (const operand of operands) visit(operand, marks);
      return;
    }
  }
  for (const child of childrenOf(node)) visit(child, marks);
}

function visitIf({ consequent, alternate, start }: AnyNode & { type: 'IfStatement' }, marks: Marks): void {
  const otherwise = alternate ? undefined : marks.counter(start);
  // It ends behind everything that ends with the first way.
  if (otherwise) marks.ends.push({ at: consequent.end, text: `else{${otherwise.text};}` });
  const first = inBody(consequent, marks);
  marks.branches.push([first, alternate ? inBody(alternate, marks) : otherwise!.place]);
  countLoneBody(consequent, marks);
  if (alternate) countLoneBody(alternate, marks);
}

function wayOfCase({ consequent: [first], start, end }: AnyNode & { type: 'SwitchCase' }, marks: Marks): CountedPlace {
  const { place, text } = marks.counter(start);
  if (first) marks.fronts.push({ at: first.start, text: `${text};` });
  else marks.ends.push({ at: end, text: `${text};` });
  return place;
}

const operandsOf = (node: AnyNode): AnyNode[] =>
  node.type === 'LogicalExpression' ? [...operandsOf(node.left), ...operandsOf(node.right)] : [node];

function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node)
    .flat()
    .filter((value): value is AnyNode => typeof value === 'object' && value !== null && typeof value.type === 'string');
}
