// Server, conversion: what the parts of one conversion share, from the script as it was read to the edits that are made of it.
import type { Tree, Visited } from '../lint/script-tree.ts';
import type { OldKind } from './old-names.ts';
import type { TextEdits } from './text-edits.ts';

export type Work = {
  kind: OldKind;
  made: Tree;
  edits: TextEdits;
  /** Every node of the function. */
  visited: readonly Visited[];
  /** `user`, `context`, … as this script calls it; undefined where it does not take it. */
  roleOf(visited: Visited): string | undefined;
  text(node: Tree): string;
  /** Names that need no more change: they were written anew with what they stand in. */
  done: Set<Tree>;
  /** Puts a comment before the statement and a line into the report. */
  human(visited: Visited, message: string): void;
  secrets: Set<string>;
  dependencies: Map<string, string>;
  /** Metadata that is set, by its name in the older script, and where it was set first. */
  written: Map<string, number>;
  /** Names of which something was said already. */
  told: Set<Tree>;
  /** The handler is also that of a person who comes back. */
  continues: boolean;
};
