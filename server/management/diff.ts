// Management: what a change changes, as a tree that has the shape of what is changed: at its leaves `before` and
// `after`. Diffs end up in tickets and terminals, so secrets in them are only said to differ.
import microdiff from 'microdiff';
import type { Json, JsonObject } from '#storage/records.ts';
import { define, isNode, masked } from './mask.ts';

/** A value that was not there before, or is not any more, lacks that side. */
type Leaf = { before?: Json; after?: Json };

export function diffOf(before: JsonObject, after: JsonObject): JsonObject {
  const tree: JsonObject = {};
  for (const change of microdiff(bare(before), bare(after), { cyclesFix: false })) {
    const path = change.path.map(String);
    const leaf: Leaf = {
      ...(change.type === 'CREATE' ? {} : { before: masked(change.oldValue, path, before) }),
      ...(change.type === 'REMOVE' ? {} : { after: masked(change.value, path, after) }),
    };
    put(tree, path, leaf);
  }
  return tree;
}

function put(tree: JsonObject, path: readonly string[], leaf: Leaf): void {
  let node = tree;
  for (const name of path.slice(0, -1)) {
    const known = Object.hasOwn(node, name) ? node[name] : undefined;
    const inner: JsonObject = isNode(known) ? known : {};
    if (inner !== known) define(node, name, inner);
    node = inner;
  }
  define(node, path.at(-1) ?? '', leaf);
}

/** Without prototypes: the comparison asks `in`, to which every plain object answers for `constructor`. */
function bare<T extends Json>(value: T): T {
  if (Array.isArray(value)) return value.map(bare) as T;
  if (!isNode(value)) return value;
  const copy: JsonObject = Object.create(null);
  for (const [name, inner] of Object.entries(value)) copy[name] = bare(inner);
  return copy as T;
}
