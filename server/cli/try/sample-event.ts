// Server, command line, `try`: the event that a script is tried with: that of a login which the harness plays, or the made-up one
// of another trigger, with a file and single properties laid over it.
import type { TriggerId } from '#actions/triggers.ts';
import { SAMPLE_EVENTS } from '#runtime/sandbox/sample-events.ts';
import type { Json, JsonObject } from '#storage/records.ts';
import { SimulationError } from '../../testing/misuse.ts';
import { simulateLogin } from '../../testing/simulate-login.ts';
import type { SimulatedLogin, Simulation } from '../../testing/simulation.ts';
import { CommandError, UsageError } from '../command.ts';

/** Below what a line of a script's console may hold. */
const PIECE = 4000;

/** A script that says what it was handed. */
const READER = `exports.onExecutePostLogin = async (event) => {
  const text = JSON.stringify({ ...event, secrets: undefined });
  for (let at = 0; at < text.length; at += ${PIECE}) console.log(text.slice(at, at + ${PIECE}));
};`;

/** What a script of post-login is handed when this person has entered the password. */
export async function eventOfLogin(simulation: Simulation): Promise<JsonObject> {
  const login = await begin({ ...simulation, actions: [{ name: 'reads-the-event', code: READER }] });
  const lines = login.executions[0]?.results[0]?.console ?? [];
  if (lines.length === 0) {
    const why = login.denied?.reason ?? `the login is ${login.state}`;
    throw new UsageError(`this login does not reach a script: ${why}`);
  }
  try {
    return JSON.parse(lines.map(({ text }) => text).join('')) as JsonObject;
  } catch {
    // The console was full before the event was out.
    throw new CommandError(
      'the event of this login is longer than a console holds. Take what is long out of the fixture and lay it over with --event.',
    );
  }
}

/** The login, or what is wrong with the project's settings or fixtures. */
async function begin(simulation: Simulation): Promise<SimulatedLogin> {
  try {
    return await simulateLogin(simulation);
  } catch (error) {
    if (error instanceof SimulationError) throw new CommandError(error.message);
    throw error;
  }
}

export const madeUpEvent = (trigger: TriggerId): JsonObject => structuredClone(SAMPLE_EVENTS[trigger]) as JsonObject;

/** What `over` says takes the place of what is there; objects are joined, lists replaced. */
export function laidOver(event: JsonObject, over: JsonObject): JsonObject {
  const joined: JsonObject = { ...event };
  for (const [key, value] of Object.entries(over)) {
    const before = Object.hasOwn(joined, key) ? joined[key] : undefined;
    put(joined, key, isObject(before) && isObject(value) ? laidOver(before, value) : value);
  }
  return joined;
}

/** `path=value`: the value is JSON where it can be read as such, otherwise a text. Throws `UsageError`. */
export function withSetting(event: JsonObject, setting: string): JsonObject {
  const [, path = '', text = ''] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
  const keys = path.split('.');
  if (path === '' || keys.includes('')) {
    throw new UsageError(
      `--set is ${JSON.stringify(setting)}; expected path=value, such as request.geoip.countryCode=DE`,
    );
  }
  let over: Json = readValue(text);
  for (const key of keys.toReversed()) over = put({}, key, over);
  return laidOver(event, over as JsonObject);
}

function readValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** A property of its own, whatever its name is: `__proto__` must not reach anything. */
function put(object: JsonObject, key: string, value: Json | undefined): JsonObject {
  return Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
