// Tests: what is known of a browser, row by row.
import { describe, expect, test } from 'vitest';
import { assessNewDevice, familyOf } from '#runtime/risk/new-device.ts';
import { DAY, earlierLogin, NOW } from './login-facts.ts';

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36';
const NEWER_CHROME = CHROME.replace('130.0.0.0', '131.0.6778.86');
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0';

const login = (device: string, userAgent: string, daysAgo = 1) =>
  earlierLogin({ device, userAgent, seenAt: NOW - daysAgo * DAY });
const history = [login('phone', FIREFOX), login('laptop', CHROME)];

describe('a browser', () => {
  test.each([
    ['known in both', { device: 'laptop', userAgent: CHROME, history }, 'high', 'match', 'known', 'known'],
    ['updated', { device: 'laptop', userAgent: NEWER_CHROME, history }, 'high', 'match', 'known', 'known'],
    [
      'with another cookie',
      { device: 'new', userAgent: CHROME, history },
      'medium',
      'partial_match',
      'unknown',
      'known',
    ],
    [
      'with a copied cookie',
      { device: 'laptop', userAgent: 'curl/8.5.0', history },
      'medium',
      'partial_match',
      'known',
      'unknown',
    ],
    ['known in nothing', { device: 'new', userAgent: 'curl/8.5.0', history }, 'low', 'no_match', 'unknown', 'unknown'],
    ['that says nothing', { device: 'new', history }, 'low', 'unknown_device', 'unknown', 'unknown'],
    [
      'that says an empty text',
      { device: 'new', userAgent: ' ', history },
      'low',
      'unknown_device',
      'unknown',
      'unknown',
    ],
    [
      'that says nothing, its cookie known',
      { device: 'laptop', history },
      'medium',
      'partial_match',
      'known',
      'unknown',
    ],
    [
      'that says nothing, as before: silence is no user agent',
      { device: 'new', userAgent: '', history: [login('old', '')] },
      'low',
      'unknown_device',
      'unknown',
      'unknown',
    ],
    [
      'that is none, as before: no cookie is no device',
      { device: '', userAgent: 'x', history: [login('', FIREFOX)] },
      'low',
      'no_match',
      'unknown',
      'unknown',
    ],
    [
      'last seen 30 days ago',
      { device: 'laptop', userAgent: CHROME, history: [login('laptop', CHROME, 30)] },
      'high',
      'match',
      'known',
      'known',
    ],
    [
      'last seen a week ago, remembered for less',
      {
        device: 'laptop',
        userAgent: CHROME,
        history: [login('phone', FIREFOX), login('laptop', CHROME, 7)],
        rememberForDays: 6,
      },
      'low',
      'no_match',
      'unknown',
      'unknown',
    ],
    [
      'last seen before that, another since',
      { device: 'laptop', userAgent: CHROME, history: [login('phone', FIREFOX), login('laptop', CHROME, 30.001)] },
      'low',
      'no_match',
      'unknown',
      'unknown',
    ],
  ])('%s', (_name, facts, confidence, code, device, useragent) => {
    expect(assessNewDevice({ now: NOW, loginsCount: 5, ...facts })).toEqual({
      confidence,
      code,
      details: { device, useragent },
    });
  });

  test.each([
    ['the first login', [], 1, 'initial_login'],
    ['logins of which nothing is kept', [], 2, 'no_device_history'],
    ['logins of long ago', [login('laptop', CHROME, 31)], 9, 'no_device_history'],
  ])('%s: nothing to compare with', (_name, known, loginsCount, code) => {
    const facts = { now: NOW, device: 'laptop', userAgent: CHROME, history: known, loginsCount };
    expect(assessNewDevice(facts)).toEqual({ confidence: 'neutral', code });
  });
});

describe('the family of a user agent', () => {
  const IPHONE =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_1_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1.2 Mobile/15E148 Safari/604.1';
  const ANDROID =
    'Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP1A.240505.004) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0 Mobile Safari/537.36';

  test.each([
    ['Chrome', CHROME, NEWER_CHROME, true],
    ['Firefox', FIREFOX, FIREFOX.replaceAll('132', '128'), true],
    ['iOS', IPHONE, IPHONE.replace('17_1_2', '18_0').replace('17.1.2', '18.0').replace('15E148', '22A3354'), true],
    [
      'Android',
      ANDROID,
      ANDROID.replace('14', '15').replace('AP1A.240505.004', 'BP1A.250305.019').replace('125', '134'),
      true,
    ],
    ['case and spaces', CHROME, `${CHROME.toUpperCase().replaceAll(' ', '  ')} `, true],
    ['two browsers', CHROME, `${CHROME} Edg/130.0.0.0`, false],
    ['two systems', CHROME, CHROME.replace('Windows NT 10.0; Win64; x64', 'Macintosh; Intel Mac OS X 10_15_7'), false],
    ['a phone and a tablet', IPHONE, IPHONE.replace('iPhone;', 'iPad;'), false],
  ])('%s', (_name, one, other, same) => {
    expect(familyOf(one) === familyOf(other)).toBe(same);
  });

  test('of a text as long as a header may be takes no time to speak of', () => {
    const startedAt = performance.now();
    for (const piece of ['1.', '/', '/1', ' ', '1_1/;']) familyOf(piece.repeat(100_000));
    expect(performance.now() - startedAt).toBeLessThan(200);
  });
});
