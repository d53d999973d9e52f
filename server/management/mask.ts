// Management: secrets in documents that people and logs see: each is only said to be there. They are known by their names.
import type { Json, JsonObject } from '#storage/records.ts';

export const isNode = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Not by assignment: a tenant's own names are among these. */
export function define(node: JsonObject, name: string, value: Json): void {
  Object.defineProperty(node, name, { value, enumerable: true, configurable: true, writable: true });
}

const SECRET_NAME =
  /secret|passw|_pass$|token$|(api|write|server|private|decryption|signing|agent|sas|master)_?key|authorization$|credential|^jwks?$|cookie|^(key|skey|p12|pem|salt)$|_?hash$|recovery_?code|^ticket(_url|_id)?$|invitation_url|customheaders$|^sumosourceaddress$/i;
/** What is said about secrets, and is none: rules for passwords, kinds of credentials, when something was reset. */
const PLAIN_NAME = /policy$|^credential_(device_)?type$|^last_password_reset$|^oauth_authorization$/i;
/** What these hold is secret altogether, whatever its parts are called. */
const SECRET_BAG = /^(configuration|custom_password_hash|credentials|custom_?headers)$/i;
const MASK = '***';

/** One value at `path` of `root`. */
export function masked(value: Json, path: readonly string[], root: JsonObject): Json {
  if (path.some((name) => SECRET_BAG.test(name))) return maskBag(value);
  return path.some((name) => hides(name)) || isSecretRule(path, root) ? maskAll(value) : maskWithin(value);
}

/** A name whose text is a secret; its parts may have others beside it, which are shown. */
const hides = (name: string): boolean => SECRET_NAME.test(name) && !PLAIN_NAME.test(name);

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

/** Secrets of an Action: which there are, and since when. */
function maskListed(secret: Json): Json {
  if (!isNode(secret)) return maskAll(secret);
  const shown = Object.entries(secret).map(([name, value]) => [
    name,
    name === 'name' || name === 'updated_at' ? value : maskAll(value),
  ]);
  return Object.fromEntries(shown);
}

/** Which parts there are may be seen. */
function maskBag(value: Json): Json {
  if (!isNode(value)) return maskAll(value);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, maskBag(inner)]));
}

/** The same value, its secrets masked. */
export function maskWithin(value: Json): Json {
  if (Array.isArray(value)) return value.map(maskWithin);
  if (!isNode(value)) return value;
  const isSecret = isNamedSecret(value.to);
  const copy: JsonObject = {};
  for (const [name, inner] of Object.entries(value)) {
    if (name === 'secrets' && Array.isArray(inner)) {
      define(copy, name, inner.map(maskListed));
      continue;
    }
    const hidden = (hides(name) && !isNode(inner)) || (name === 'static_value' && isSecret);
    define(copy, name, SECRET_BAG.test(name) ? maskBag(inner) : hidden ? maskAll(inner) : maskWithin(inner));
  }
  return copy;
}
