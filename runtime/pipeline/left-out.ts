// What a recording leaves out: whatever lets somebody in. A value is known by the name it stands under, or by its own
// shape. Names decide, because a code of six digits looks like any other number.
import type { Json, JsonObject } from '#storage/records.ts';

const LEFT_OUT = '***';

/** Endings of names, in lower case and without `-`, `_` and `.`: `x-api-key` and `refreshToken` are found by them. */
const NAMES =
  /(?:tokens?|secrets?|passwords?|passwd|pwd|passphrases?|passcodes?|otps?|pins?|(?:api|access|private|secret|session|shared|signing|encryption|subscription)keys?|authorization|assertion|credentials?|cookies?|signature|ticket|invitation|idtokenhint|jwt|captcha|codeverifier|(?:otp|oob|binding|recovery|verification|confirmation|device|user|auth|authorization|sms|mfa|security|reset|backup|login)codes?)$/;
/** Under these a value that could be one is left out; a word such as `OK` is none. */
const CODE_NAMES = /^(?:codes?|key|sig|hash|session|sid|auth)$/;
const COULD_BE_CODE = /^(?=.*\d)[\w.~+/=-]{4,}$/;
/** Three parts of base64url, of which the first is a JSON object: a token of RFC 7519. Each run of letters is read once. */
const JSON_WEB_TOKEN = /(?<![\w-])eyJ[\w-]{5,}\.[\w-]*\.[\w-]*(?:\.[\w-]*){0,2}/g;
const SCHEMES = /\b(Bearer|Basic|DPoP)\s+[\w.~+/=-]{8,}/gi;
/** Parameters in an address or a form. */
const PARAMETER = /(^|[?&#;])([\w.%-]{1,100})=([^&#;\s"']*)/g;
/** Name and password in an address. */
const USER_INFO = /(:\/\/)[^\s/?#@]{1,1024}@/g;

/** A service may answer so deep that whoever walks through it runs out of stack: nothing that is read nests like that. */
const DEEPEST = 100;

const bareName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]/g, '');
const isCredential = (name: string): boolean => NAMES.test(bareName(name));

function isLeftOut(name: string, value: string): boolean {
  return isCredential(name) || (CODE_NAMES.test(bareName(name)) && COULD_BE_CODE.test(value));
}

/** A text as it may be kept: without tokens, and without parameters that hold credentials. */
export function withoutTokens(text: string): string {
  return text
    .replace(USER_INFO, `$1${LEFT_OUT}@`)
    .replace(PARAMETER, (whole, before: string, name: string, value: string) =>
      value !== '' && isLeftOut(name, value) ? `${before}${name}=${LEFT_OUT}` : whole,
    )
    .replace(JSON_WEB_TOKEN, LEFT_OUT)
    .replace(SCHEMES, `$1 ${LEFT_OUT}`);
}

/** JSON as it may be kept. `name`: what it stands under. */
export function withoutCredentialValues<T extends Json>(value: T, name = ''): T {
  return walk(value, name, false) as T;
}

/** `within` a credential that has parts: `{"token": {"value": …}}`. */
function walk(value: Json, name: string, within: boolean): Json {
  const isOut = (text: string) => within || isLeftOut(name, text);
  if (typeof value === 'string') return value !== '' && isOut(value) ? LEFT_OUT : withoutInner(value);
  // A code may be a number; what is true or false is none.
  if (typeof value === 'number') return isOut(String(value)) ? LEFT_OUT : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((inner) => walk(inner, name, within));
  const parts = within || isCredential(name);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner, key, parts)]));
}

/** JSON that stands in JSON as a text has names too. */
const withoutInner = (text: string): string =>
  /^\s*[[{]/.test(text) ? bodyWithoutCredentials(text) : withoutTokens(text);

/** A body: JSON and forms are looked through by their names, anything else by its shape. */
export function bodyWithoutCredentials(text: string): string {
  const read = readJson(text);
  if (read === undefined) return withoutTokens(text);
  if (!isShallow(read.value)) return LEFT_OUT;
  const kept = JSON.stringify(withoutCredentialValues(read.value));
  // As it was written, where nothing had to go.
  return kept === JSON.stringify(read.value) ? text : kept;
}

function readJson(text: string): { value: Json } | undefined {
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return undefined;
  }
}

/** Without recursion, for it is asked before anything that recurs. */
function isShallow(value: Json): boolean {
  const open: { value: Json; depth: number }[] = [{ value, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (depth === DEEPEST) return false;
    for (const inner of Object.values(value)) open.push({ value: inner, depth: depth + 1 });
  }
  return true;
}

/** Headers that may be kept of an answer. */
export function headersWithoutCredentials(headers: readonly [string, string][]): [string, string][] {
  return headers.flatMap(([name, value]): [string, string][] =>
    isLeftOut(name, value) || name.toLowerCase() === 'set-cookie' ? [] : [[name, withoutTokens(value)]],
  );
}

/** The event as it may be kept. `state` and `nonce` guard an application's own session: no script decides by them. */
export function eventWithoutCredentials(event: JsonObject): JsonObject {
  // `event.authorization` and `event.refresh_token` are parts of the event, and no credentials.
  const kept: JsonObject = Object.fromEntries(
    Object.entries(event).map(([name, value]) => [name, withoutCredentialValues(value, objectOf(value) ? '' : name)]),
  );
  for (const [part, names] of [
    ['transaction', ['state', 'nonce']],
    ['request', ['query', 'body']],
  ] as const) {
    const holder = objectOf(kept[part]);
    for (const name of names) {
      const inner = objectOf(holder?.[name]);
      if (inner) for (const own of ['state', 'nonce']) if (own in inner) inner[own] = LEFT_OUT;
      if (holder && typeof holder[name] === 'string') holder[name] = LEFT_OUT;
    }
  }
  return kept;
}

const objectOf = (value: Json | undefined): JsonObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
