// Server, conversion: changes that no assignment shows. An older script could change what it was given in passing; an event
// keeps none of that, and nobody would notice.
import { keyOf, part, parts, type Visited } from '../lint/script-tree.ts';
import type { chainOf } from './scope.ts';

/** @returns what is to be said of it. */
export function silentChange(visited: Visited, chain: ReturnType<typeof chainOf>): string | undefined {
  const last = chain.at(-1);
  const outer = last?.visited.within?.node ?? visited.within?.node;
  const isCalled = outer?.type === 'CallExpression' && part(outer, 'callee') === last?.node;
  if (isCalled && /^(push|pop|shift|unshift|splice|sort|reverse|fill)$/.test(last?.name ?? '')) {
    return 'A list of the event that is changed is lost after the run.';
  }
  const value = last?.node ?? visited.node;
  if (outer?.type === 'CallExpression' && parts(outer, 'arguments')[0] === value) {
    const callee = part(outer, 'callee');
    const name = callee?.type === 'MemberExpression' ? keyOf(callee) : undefined;
    if (/^(assign|merge|extend|defaults|set|unset|defineProperty)$/.test(name ?? ''))
      return 'An object of the event that is changed is lost after the run.';
  }
  const isNamed = outer?.type === 'VariableDeclarator' && part(outer, 'id')?.type === 'Identifier';
  return chain.length === 0 && isNamed ? 'What is written to it by another name is lost after the run.' : undefined;
}
