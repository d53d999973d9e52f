// Server, lint: the commands of a script that ask for a factor, and which factors they may name. The text is read, not run:
// a condition around a command is not judged, so whoever hears of one says "may".
import {
  type Budget,
  type Names,
  namesOf,
  newBudget,
  type Possible,
  possibleFactors,
  propertyOf,
} from './possible-values.ts';
import { keyOf, nodesOf, type ParsedScript, parseScript, part, parts, type Tree } from './script-tree.ts';

export type FactorCommandName =
  | 'challengeWith'
  | 'challengeWithAny'
  | 'enrollWith'
  | 'enrollWithAny'
  | 'multifactor.enable';

export type FactorCommand = {
  command: FactorCommandName;
  /** In the author's text, from 1. */
  line: number;
  /**
   * What it may ask for, each time one of: `challengeWith(admin ? otp : phone)` asks for either, and whoever has only the
   * other cannot answer. Of `multifactor.enable` the provider.
   */
  asks: readonly Possible[];
};

export type FactorCommands = { ok: true; commands: FactorCommand[] } | { ok: false; line: number; message: string };

const COMMANDS = new Set(['challengeWith', 'challengeWithAny', 'enrollWith', 'enrollWithAny']);

/** @param code the author's text, JavaScript or TypeScript. */
export async function factorCommands(code: string): Promise<FactorCommands> {
  const parsed = await parseScript(code);
  if (!parsed.ok) return { ok: false, line: parsed.line, message: parsed.message };
  return { ok: true, commands: commandsOf(parsed) };
}

function commandsOf({ tree, lineOf }: Extract<ParsedScript, { ok: true }>): FactorCommand[] {
  const names = namesOf(tree);
  const budget = newBudget();
  const aliases = aliasesOf(tree);
  const found: FactorCommand[] = [];
  for (const { node } of nodesOf(tree)) {
    if (node.type !== 'CallExpression') continue;
    const command = commandOf(part(node, 'callee'), aliases);
    if (!command) continue;
    found.push({ command, line: lineOf(node), asks: asksOf(command, parts(node, 'arguments'), names, budget) });
  }
  return found;
}

/** By the method's own name, whatever the api is called; by a name it was given; by `.call` of either. */
function commandOf(callee: Tree | undefined, aliases: ReadonlyMap<string, FactorCommandName>) {
  if (callee?.type === 'ChainExpression') return commandOf(part(callee, 'expression'), aliases);
  if (callee?.type === 'Identifier') return aliases.get(String(callee.name));
  return callee?.type === 'MemberExpression' ? methodOf(callee) : undefined;
}

function methodOf(member: Tree): FactorCommandName | undefined {
  const key = keyOf(member) ?? '';
  if (COMMANDS.has(key)) return key as FactorCommandName;
  const object = part(member, 'object');
  const holder = object?.type === 'Identifier' ? object.name : object?.type === 'MemberExpression' && keyOf(object);
  return key === 'enable' && holder === 'multifactor' ? 'multifactor.enable' : undefined;
}

/** `const { challengeWith: ask } = api.authentication`, `const ask = api.authentication.challengeWith`, with `.bind` too. */
function aliasesOf(tree: Tree): Map<string, FactorCommandName> {
  const aliases = new Map<string, FactorCommandName>();
  for (const { node } of nodesOf(tree)) {
    if (node.type === 'VariableDeclarator') {
      const [id, init] = [part(node, 'id'), unbound(part(node, 'init'))];
      const command = init?.type === 'MemberExpression' ? methodOf(init) : undefined;
      if (id?.type === 'Identifier' && command) aliases.set(String(id.name), command);
    }
    if (node.type === 'ObjectPattern') {
      for (const each of parts(node, 'properties')) {
        const [key = '', value] = [keyOf(each), part(each, 'value')];
        if (COMMANDS.has(key) && value?.type === 'Identifier')
          aliases.set(String(value.name), key as FactorCommandName);
      }
    }
  }
  return aliases;
}

function unbound(value: Tree | undefined): Tree | undefined {
  const callee = value?.type === 'CallExpression' ? part(value, 'callee') : undefined;
  return callee?.type === 'MemberExpression' && keyOf(callee) === 'bind' ? part(callee, 'object') : value;
}

function asksOf(command: FactorCommandName, given: readonly Tree[], names: Names, budget: Budget): Possible[] {
  const first = possibleFactors(given[0], names, budget);
  if (command === 'multifactor.enable' || command.endsWith('Any')) return [first];
  const { names: more, enrolled, unread } = possibleFactors(additional(given[1], names), names, budget);
  const alternatives: Possible[] = [...first.names].map((name) => ({
    names: new Set([name]),
    enrolled: false,
    unread: false,
  }));
  if (first.enrolled || first.unread || alternatives.length === 0) {
    alternatives.push({ names: new Set(), enrolled: first.enrolled, unread: first.unread });
  }
  return alternatives.map((one) => ({
    names: new Set([...one.names, ...more]),
    enrolled: one.enrolled || enrolled,
    unread: one.unread || unread,
  }));
}

/** `{ additionalFactors }`, written out or by a name. */
function additional(options: Tree | undefined, names: Names): Tree | undefined {
  if (options?.type !== 'Identifier') return propertyOf(options, 'additionalFactors');
  const values = (names.get(String(options.name)) ?? []).map((each) => propertyOf(each, 'additionalFactors'));
  return values.find((value) => value !== undefined);
}
