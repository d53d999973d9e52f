// Tests: journeys between two logins, row by row. Distances are those of an atlas.
import { describe, expect, test } from 'vitest';
import { assessImpossibleTravel, distanceKm } from '#runtime/risk/impossible-travel.ts';
import { earlierLogin, HOUR, NOW } from './login-facts.ts';

const PARIS = { latitude: 48.857, longitude: 2.352 };
const VERSAILLES = { latitude: 48.805, longitude: 2.12 };
const LYON = { latitude: 45.764, longitude: 4.836 };
const NEW_YORK = { latitude: 40.713, longitude: -74.006 };
const TOKYO = { latitude: 35.69, longitude: 139.692 };
const FIJI = { latitude: -17.8, longitude: 178 };
const SAMOA = { latitude: -13.8, longitude: -172 };

type Point = { latitude: number; longitude: number };

describe('a journey', () => {
  // Paris to Lyon 392 km, to New York 5,837 km, to Tokyo 9,712 km.
  test.each<[string, Point, Point, number, string, string]>([
    ['none at all', PARIS, PARIS, 0, 'minimal_travel_from_last_login', 'high'],
    ['within a city, at once', PARIS, VERSAILLES, 0, 'minimal_travel_from_last_login', 'high'],
    ['within a city, the clock set back', PARIS, VERSAILLES, -1, 'minimal_travel_from_last_login', 'high'],
    ['by train', PARIS, LYON, 2, 'travel_from_last_login', 'high'],
    ['by air', PARIS, LYON, 1, 'substantial_travel_from_last_login', 'medium'],
    ['by rocket', PARIS, LYON, 0.25, 'impossible_travel_from_last_login', 'low'],
    ['without time', PARIS, LYON, 0, 'impossible_travel_from_last_login', 'low'],
    ['over an ocean in an afternoon', PARIS, NEW_YORK, 8, 'substantial_travel_from_last_login', 'medium'],
    ['over an ocean in a day', PARIS, NEW_YORK, 24, 'travel_from_last_login', 'high'],
    ['over an ocean in an hour', PARIS, NEW_YORK, 1, 'impossible_travel_from_last_login', 'low'],
    ['around the Earth in weeks', TOKYO, PARIS, 24 * 20, 'travel_from_last_login', 'high'],
    ['over the date line', FIJI, SAMOA, 6, 'travel_from_last_login', 'high'],
    ['into the past', PARIS, LYON, -0.001, 'invalid_travel', 'neutral'],
    ['to no place', PARIS, { latitude: Number.NaN, longitude: 0 }, 1, 'invalid_travel', 'neutral'],
  ])('%s', (_name, from, to, hours, code, confidence) => {
    const history = [earlierLogin({ location: from, seenAt: NOW - hours * HOUR })];
    const facts = { now: NOW, hasGeography: true, location: to, history, loginsCount: 2 };
    expect(assessImpossibleTravel(facts)).toEqual({ confidence, code });
  });

  test('begins at the last login whose place is known', () => {
    const history = [
      earlierLogin({ seenAt: NOW - HOUR }),
      earlierLogin({ seenAt: NOW - 2 * HOUR, location: LYON }),
      earlierLogin({ seenAt: NOW - 3 * HOUR, location: TOKYO }),
    ];
    const facts = { now: NOW, hasGeography: true, location: PARIS, history, loginsCount: 4 };
    expect(assessImpossibleTravel(facts).code).toBe('travel_from_last_login');
  });
});

describe('no journey', () => {
  const located = [earlierLogin({ location: PARIS })];
  const base = { now: NOW, hasGeography: true, history: located, loginsCount: 2 };
  test.each([
    ['no database', { ...base, hasGeography: false, location: PARIS }, 'missing_geoip', 'neutral'],
    [
      'no database, on the first login',
      { ...base, hasGeography: false, history: [], loginsCount: 1 },
      'missing_geoip',
      'neutral',
    ],
    ['an address that the database does not have', base, 'missing_geoip', 'neutral'],
    ['an address without a place', { ...base, isKnownAddress: true }, 'unknown_location', 'neutral'],
    ['a proxy', { ...base, location: PARIS, isAnonymousProxy: true }, 'anonymous_proxy', 'low'],
    ['a proxy without a place', { ...base, isKnownAddress: true, isAnonymousProxy: true }, 'anonymous_proxy', 'low'],
    ['no proxy', { ...base, location: PARIS, isAnonymousProxy: false }, 'minimal_travel_from_last_login', 'high'],
    ['the first login', { ...base, location: PARIS, history: [], loginsCount: 1 }, 'initial_login', 'neutral'],
    ['nothing kept', { ...base, location: PARIS, history: [] }, 'location_history_not_found', 'high'],
    ['no places kept', { ...base, location: PARIS, history: [earlierLogin({})] }, 'location_history_not_found', 'high'],
  ])('%s', (_name, facts, code, confidence) => {
    expect(assessImpossibleTravel(facts)).toEqual({ confidence, code });
  });
});

describe('a distance', () => {
  test.each<[string, Point, Point, number]>([
    ['Paris to New York', PARIS, NEW_YORK, 5837],
    ['Paris to Tokyo', PARIS, TOKYO, 9712],
    ['a quarter of the Earth', { latitude: 90, longitude: 0 }, { latitude: 0, longitude: 77 }, 10_007],
    ['to the other side', { latitude: 10, longitude: 20 }, { latitude: -10, longitude: -160 }, 20_015],
    ['over the date line', { latitude: 0, longitude: 179.5 }, { latitude: 0, longitude: -179.5 }, 111],
  ])('%s', (_name, from, to, km) => {
    expect(Math.abs(distanceKm(from, to) - km)).toBeLessThan(km * 0.005);
    expect(distanceKm(to, from)).toBeCloseTo(distanceKm(from, to), 6);
  });
});
