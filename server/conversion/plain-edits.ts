// Server, conversion: edits that several kinds of statements need.
import type { Visited } from '../lint/script-tree.ts';
import type { Work } from './work.ts';

/** Takes an assignment out. What it named needs no more change. */
export function drop(work: Work, visited: Visited): void {
  const statement = visited.within?.node.type === 'ExpressionStatement' ? visited.within.node : undefined;
  for (const { node } of work.visited) {
    if (node.start >= visited.node.start && node.end <= visited.node.end) work.done.add(node);
  }
  const { start, end } = statement ?? visited.node;
  const isInBlock = /^(BlockStatement|Program)$/.test(visited.within?.within?.node.type ?? '');
  // A semicolon stays where the statement is all that an `if` has.
  const rest = isInBlock ? '' : ';';
  work.edits.replace(start, end, statement ? rest : 'undefined');
}

/** As the authors of these scripts quote. */
export const quote = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
