// Owner management: what a change changes, as a tree that has the shape of what is changed: at its leaves `before` and
// `after`. Diffs end up in tickets and terminals, so secrets in them are only said to differ.
import microdiff from 'microdiff';
import type { Json, JsonObject } from '#storage/records.ts';

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

/** Not by assignment: a tenant's own names are among these. */
function define(node: JsonObject, name: string, value: Json): void {
  Object.defineProperty(node, name, { value, enumerable: true, configurable: true, writable: true });
}

const isNode = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Without prototypes: the comparison asks `in`, to which every plain object answers for `constructor`. */
function bare<T extends Json>(value: T): T {
  if (Array.isArray(value)) return value.map(bare) as T;
  if (!isNode(value)) return value;
  const copy: JsonObject = Object.create(null);
  for (const [name, inner] of Object.entries(value)) copy[name] = bare(inner);
  return copy as T;
}

const SECRET_NAME = /secret|passw|token$|api_?key|authorization$|credential|private_key|^jwks?$|cookie/i;
const MASK = '***';

function masked(value: Json, path: readonly string[], root: JsonObject): Json {
  return path.some((name) => hides(name)) || isSecretRule(path, root) ? maskAll(value) : maskWithin(value);
}

/** A name whose text is a secret; its parts may have others beside it, which are shown. */
const hides = (name: string): boolean => SECRET_NAME.test(name) && !/^oauth_authorization$/.test(name);

/** A header such as Authorization that is given as a fixed text. */
function isSecretRule(path: readonly string[], root: JsonObject): boolean {
  if (path.at(-1) !== 'static_value') return false;
  let rule: Json | undefined = root;
  for (const name of path.slice(0, -1)) {
    if (typeof rule !== 'object' || rule === null) return false;
    rule = (rule as JsonObject)[name];
  }
  return isNode(rule) && isNamedSecret(rule.to);
}

const isNamedSecret = (to: Json | undefined): boolean => typeof to === 'string' && SECRET_NAME.test(to);

function maskAll(value: Json): Json {
  return value === null || typeof value === 'boolean' ? value : MASK;
}

/** The same value, its secrets masked. */
export function maskWithin(value: Json): Json {
  if (Array.isArray(value)) return value.map(maskWithin);
  if (!isNode(value)) return value;
  const isSecret = isNamedSecret(value.to);
  const copy: JsonObject = {};
  for (const [name, inner] of Object.entries(value)) {
    const hidden = (hides(name) && !isNode(inner)) || (name === 'static_value' && isSecret);
    define(copy, name, hidden ? maskAll(inner) : maskWithin(inner));
  }
  return copy;
}
