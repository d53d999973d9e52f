// Tests: the three assessments together: which confidence wins, and what a log says of them.
import { describe, expect, test } from 'vitest';
import { type Confidence, lowest } from '#runtime/risk/confidence.ts';
import { assessRisk, type LoginFacts, riskSummary } from '#runtime/risk/risk.ts';
import { noUntrustedAddresses, parseUntrustedAddresses } from '#runtime/risk/untrusted-addresses.ts';
import { earlierLogin, NOW } from './login-facts.ts';

const parsed = parseUntrustedAddresses('198.51.100.7 FORUM-1 abuse');
const untrusted = parsed.ok ? parsed.list : noUntrustedAddresses;
const PARIS = { latitude: 48.857, longitude: 2.352 };

const familiar: LoginFacts = {
  now: NOW,
  device: 'laptop',
  userAgent: 'Browser/1.1',
  ip: '203.0.113.1',
  location: PARIS,
  history: [earlierLogin({ location: PARIS })],
  loginsCount: 2,
  hasGeography: true,
  untrusted,
};

describe('a login', () => {
  test.each<[string, LoginFacts, Confidence]>([
    ['as always', familiar, 'high'],
    ['with half a browser', { ...familiar, device: 'new' }, 'medium'],
    ['with a new browser', { ...familiar, device: 'new', userAgent: 'curl/8' }, 'low'],
    ['from a bad address', { ...familiar, ip: '198.51.100.7' }, 'low'],
    [
      'from far away',
      {
        ...familiar,
        history: [earlierLogin({ location: PARIS, seenAt: NOW })],
        location: { latitude: 0, longitude: 0 },
      },
      'low',
    ],
    [
      'the first, of which nothing is known',
      { ...familiar, history: [], loginsCount: 1, hasGeography: false, untrusted: noUntrustedAddresses },
      'neutral',
    ],
    ['the first, from no bad address', { ...familiar, history: [], loginsCount: 1 }, 'high'],
  ])('%s', (_name, facts, confidence) => {
    expect(assessRisk(facts).confidence).toBe(confidence);
  });

  test('is shown to scripts and logs in one shape', () => {
    const assessment = assessRisk({ ...familiar, ip: '198.51.100.7' });
    const shape = {
      confidence: 'low',
      version: '1',
      assessments: {
        NewDevice: { confidence: 'high', code: 'match', details: { device: 'known', useragent: 'known' } },
        ImpossibleTravel: { confidence: 'high', code: 'minimal_travel_from_last_login' },
        UntrustedIP: {
          confidence: 'low',
          code: 'found_on_deny_list',
          details: { ip: '198.51.100.7', matches: '198.51.100.7/32', source: 'FORUM-1', category: 'abuse' },
        },
      },
    };
    expect(assessment).toEqual(shape);
    expect(riskSummary(assessment)).toEqual(shape);
    expect(JSON.parse(JSON.stringify(riskSummary(assessment)))).toEqual(shape);
  });
});

test.each<[Confidence[], Confidence]>([
  [['high', 'medium', 'low'], 'low'],
  [['high', 'neutral', 'medium'], 'medium'],
  [['neutral', 'high', 'neutral'], 'high'],
  [['neutral', 'neutral', 'low'], 'low'],
  [['neutral', 'neutral', 'neutral'], 'neutral'],
])('of %j the lowest that says something is %s', (confidences, expected) => {
  expect(lowest(confidences)).toBe(expected);
});
