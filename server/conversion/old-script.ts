// Server, conversion: finds the function that an older script is: a Rule is one, a Hook exports one.
import { keyOf, nodesOf, parseJavaScript, part, parts, pathOf, type Tree } from '../lint/script-tree.ts';
import type { OldKind } from './old-names.ts';

export type OldScript = {
  kind: OldKind;
  /** It could also be of another kind. */
  guessed: boolean;
  /** The text that `tree` has its places in: of a Rule in brackets, so that lines are the author's. */
  text: string;
  tree: Tree;
  made: Tree;
  /** What the function is written in: everything of it is replaced but the body. */
  start: number;
  end: number;
};

export type NoOldScript = { line: number; message: string };

/** @param told the extension point of a Hook, where it is known. */
export function readOldScript(source: string, told?: OldKind): OldScript | NoOldScript {
  const rule = readRule(source);
  if ('made' in rule) return told === undefined ? rule : { ...rule, kind: told };
  const parsed = parseJavaScript(source);
  if (!parsed.ok) return source.includes('module.exports') ? { line: parsed.line, message: parsed.message } : rule;
  const exported = parts(parsed.tree, 'body').find((statement) => {
    const assignment = part(statement, 'expression');
    return assignment?.type === 'AssignmentExpression' && pathOf(part(assignment, 'left')) === 'module.exports';
  });
  const made = part(part(exported, 'expression'), 'right');
  if (!exported || !made || !isFunction(made)) {
    return {
      line: 1,
      message: 'It is no Rule (function (user, context, callback) {…}) and no Hook (module.exports = function …).',
    };
  }
  const { start, end } = exported;
  const kind = told ?? hookKind(made);
  return { ...kindOf(kind, told), text: source, tree: parsed.tree, made, start, end };
}

const isFunction = ({ type }: Tree): boolean => /^(Arrow)?Function(Expression|Declaration)?/.test(type);

function readRule(source: string): OldScript | NoOldScript {
  // The bracket stands in place of nothing, so that lines stay; places are one further.
  const bare = source.replace(/^\uFEFF/, '').replace(/;\s*$/, '');
  const text = `(${bare}\n)`;
  const parsed = parseJavaScript(text);
  if (!parsed.ok) return { line: parsed.line, message: parsed.message };
  const made = part(parts(parsed.tree, 'body')[0], 'expression');
  if (!made || !isFunction(made) || parts(parsed.tree, 'body').length !== 1) {
    return { line: 1, message: 'It is not one function.' };
  }
  return { kind: 'rule', guessed: false, text, tree: parsed.tree, made, start: made.start, end: made.end };
}

const kindOf = (kind: OldKind, told: OldKind | undefined) => ({
  kind,
  guessed: told === undefined && kind !== 'credentials-exchange' && kind !== 'send-phone-message',
});

/** By how many parameters there are; of the three with as many, by what is handed back. */
function hookKind(made: Tree): OldKind {
  const count = parts(made, 'params').length;
  if (count === 5) return 'credentials-exchange';
  if (count === 4) return 'send-phone-message';
  for (const { node } of nodesOf(made)) {
    const isResponse = node.type === 'Property' && keyOf(node) === 'user';
    if (isResponse || (node.type === 'Identifier' && node.name === 'PreUserRegistrationError'))
      return 'pre-user-registration';
  }
  return 'post-user-registration';
}
