// What of an interaction's answers nobody is shown: a code goes to the person's own phone and not to whoever calls, and the
// tenant's events hold no secrets.
import type { Json, JsonObject } from '#storage/records.ts';

const CODE = 'verification_code';
const SECRET = /passw|secret|token|credential|assertion|signature|authorization|cookie|api_?key|private/i;
const CODES = /^(otp|pin|passcode|code|one_time_code)$/i;
/** Characters of JSON that an event keeps. */
const MOST_KEPT = 8 * 1024;

/** Without the code that a service sends back with it, at any depth. @param alias another name of it. */
export function withoutCode(body: JsonObject, alias: string = CODE): JsonObject {
  const isCode = (name: string) => [CODE, alias.toLowerCase()].includes(name.toLowerCase());
  return eachEntry(body, (name, value) => (isCode(name) ? undefined : value)) as JsonObject;
}

/** As an event may hold it. */
export function scrubbed(body: JsonObject, alias: string = CODE): JsonObject {
  const isSecret = (name: string) => SECRET.test(name) || CODES.test(name) || [CODE, alias].includes(name);
  const clean = eachEntry(body, (name, value) => (isSecret(name) ? '***' : value)) as JsonObject;
  return JSON.stringify(clean).length > MOST_KEPT ? { truncated: true } : clean;
}

/** @param judge undefined leaves an entry out. */
function eachEntry(value: Json, judge: (name: string, value: Json) => Json | undefined): Json {
  if (Array.isArray(value)) return value.map((each) => eachEntry(each, judge));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const judged = judge(name, inner);
      return judged === undefined ? [] : [[name, judged === inner ? eachEntry(inner, judge) : judged]];
    }),
  );
}
