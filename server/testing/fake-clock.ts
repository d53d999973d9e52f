// Server, harness: a clock that moves when the test says so. Codes, sessions, blocks and scripts go by it; leases of the
// database and limits of scripts go by real time.
import { SimulationError } from './misuse.ts';
import type { SimulatedClock } from './simulation.ts';

const UNITS: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 60 * 60_000,
  day: 24 * 60 * 60_000,
};
const EXPECTED = `a number of milliseconds, or a text such as '30 seconds', '6 minutes', '2 hours' or '1 day'`;

/** Where simulations begin that do not say when. */
const FIRST_MOMENT = Date.UTC(2026, 0, 15, 12);

/** @param start ISO 8601 or milliseconds since 1970. */
export function createFakeClock(start: string | number = FIRST_MOMENT): SimulatedClock {
  let at = readMoment(start);
  return {
    now: () => at,
    advance(by) {
      at += readDuration(by);
    },
  };
}

function readMoment(moment: string | number): number {
  const at = typeof moment === 'number' ? moment : Date.parse(moment);
  // The first millisecond that ECMAScript's dates do not have is 8.64e15; ids and certificates want a year of four digits.
  if (Number.isFinite(at) && at >= 0 && at < Date.UTC(9999, 0)) return Math.floor(at);
  throw new SimulationError(
    `now is ${JSON.stringify(moment)}; expected milliseconds since 1970 or a date such as '2026-01-15T12:00:00Z'`,
  );
}

/** Milliseconds. Throws for anything else than a length of time that is not negative. */
function readDuration(by: string | number): number {
  if (typeof by === 'number') {
    if (Number.isFinite(by) && by >= 0) return Math.floor(by);
    throw new SimulationError(`clock.advance was given ${by}; expected ${EXPECTED}, and time does not go back`);
  }
  const [, amount = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+?)s?\s*$/i.exec(String(by)) ?? [];
  const scale = Object.hasOwn(UNITS, unit.toLowerCase()) ? UNITS[unit.toLowerCase()] : undefined;
  if (amount === '' || scale === undefined) {
    throw new SimulationError(`clock.advance was given ${JSON.stringify(by)}; expected ${EXPECTED}`);
  }
  return Math.round(Number(amount) * scale);
}
