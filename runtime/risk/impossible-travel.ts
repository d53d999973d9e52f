// Risk: whether the person can have come here from where they signed in last. Pure; the places are what a geographical
// database says of addresses, which is right about the country, roughly right about the city and sometimes neither.
import type { Coordinates, LoginDeviceRecord } from '#storage/records.ts';
import type { Confidence } from './confidence.ts';

export type ImpossibleTravel = {
  confidence: Confidence;
  code:
    | 'minimal_travel_from_last_login'
    | 'travel_from_last_login'
    | 'substantial_travel_from_last_login'
    | 'impossible_travel_from_last_login'
    | 'invalid_travel'
    | 'missing_geoip'
    | 'anonymous_proxy'
    | 'unknown_location'
    | 'initial_login'
    | 'location_history_not_found'
    | 'assessment_not_available';
};

export type TravelFacts = {
  now: number;
  /** Whether there is a database at all. */
  hasGeography: boolean;
  /** The database has this address, with coordinates or without. */
  isKnownAddress?: boolean;
  /** Absent when the database has no coordinates for this address. */
  location?: Coordinates;
  isAnonymousProxy?: boolean;
  /** Completed logins of this person by browser, last seen first. */
  history: readonly LoginDeviceRecord[];
  /** Of this person, this login included. */
  loginsCount: number;
};

/** Below it two addresses of one city, or of one mobile network, cannot be told from a journey. */
const MINIMAL_KM = 100;
/** Trains, cars, and flights with the way to the airport. */
const TRAVEL_KM_PER_HOUR = 300;
/** An airliner; above it nobody travels. */
const SUBSTANTIAL_KM_PER_HOUR = 1000;

const MS_PER_HOUR = 60 * 60 * 1000;

/**
 * In this order: what is known of the address (`missing_geoip`, `anonymous_proxy`, `unknown_location`), what is known of
 * the person (`initial_login`, `location_history_not_found`), and the journey from the last login whose place is known.
 * An anonymous proxy is `low`: otherwise it would be the way around this assessment. A person without a place in the
 * history is `high`, as Auth0's logs show it: no journey speaks against them.
 */
export function assessImpossibleTravel(facts: TravelFacts): ImpossibleTravel {
  const { now, location, history, loginsCount } = facts;
  if (!facts.hasGeography) return { confidence: 'neutral', code: 'missing_geoip' };
  if (facts.isAnonymousProxy === true) return { confidence: 'low', code: 'anonymous_proxy' };
  if (location === undefined) {
    return { confidence: 'neutral', code: facts.isKnownAddress === true ? 'unknown_location' : 'missing_geoip' };
  }
  const last = history.find((row) => row.location !== undefined);
  if (last?.location === undefined) {
    if (loginsCount <= 1 && history.length === 0) return { confidence: 'neutral', code: 'initial_login' };
    return { confidence: 'high', code: 'location_history_not_found' };
  }
  return judgeJourney(distanceKm(last.location, location), (now - last.seenAt) / MS_PER_HOUR);
}

function judgeJourney(km: number, hours: number): ImpossibleTravel {
  if (km < MINIMAL_KM) return { confidence: 'high', code: 'minimal_travel_from_last_login' };
  // The last login lies in the future, or a place is no place: there is no speed to judge.
  if (Number.isNaN(km) || hours < 0) return { confidence: 'neutral', code: 'invalid_travel' };
  // Written as products, so that no time at all needs no rule of its own.
  if (km <= TRAVEL_KM_PER_HOUR * hours) return { confidence: 'high', code: 'travel_from_last_login' };
  if (km <= SUBSTANTIAL_KM_PER_HOUR * hours)
    return { confidence: 'medium', code: 'substantial_travel_from_last_login' };
  return { confidence: 'low', code: 'impossible_travel_from_last_login' };
}

/** Mean radius of the Earth (IUGG), in kilometres. */
const EARTH_KM = 6371;

/** Along the great circle, by the haversine formula: exact enough for neighbours and for antipodes. Degrees in, kilometres out. */
export function distanceKm(from: Coordinates, to: Coordinates): number {
  const [fromLatitude, toLatitude] = [radians(from.latitude), radians(to.latitude)];
  const ofLatitude = Math.sin((toLatitude - fromLatitude) / 2) ** 2;
  const ofLongitude = Math.sin(radians(to.longitude - from.longitude) / 2) ** 2;
  const chord = ofLatitude + Math.cos(fromLatitude) * Math.cos(toLatitude) * ofLongitude;
  // Rounding may take it past 1 by the smallest step there is; the root is 1 all the same.
  return 2 * EARTH_KM * Math.asin(Math.sqrt(chord));
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
