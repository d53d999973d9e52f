// Tests of delivery: which countries messages go to, by the beginnings of numbers.
import { expect, test } from 'vitest';
import { bareNumber, isAllowedTo, isPrefix } from '#runtime/delivery/calling-codes.ts';

test.each<[text: string, good: boolean]>([
  ['+1', true],
  ['+44', true],
  ['+81', true],
  ['+7', true],
  ['+358', true],
  ['+1876', true],
  ['+447624', true],
  ['+870', true],
  ['+12345678', true],
  ['+123456789', false],
  ['44', false],
  ['+', false],
  ['', false],
  ['+0', false],
  ['+4', false],
  ['+44 7', false],
  ['+44*', false],
  ['+999', false],
  ['＋４４', false],
])('%j begins numbers: %s', (text, good) => {
  expect(isPrefix(text)).toBe(good);
});

test.each<[number: string, allow: string[], deny: string[], allowed: boolean]>([
  ['+447700900123', [], [], true],
  ['+447700900123', [], ['+44'], false],
  ['+447700900123', [], ['+81'], true],
  ['+447700900123', ['+44'], [], true],
  ['+447700900123', ['+81', '+1'], [], false],
  ['+18765551234', ['+1'], ['+1876'], false],
  ['+12025550123', ['+1'], ['+1876'], true],
  ['+18765551234', ['+1876'], ['+1'], true],
  ['+12025550123', ['+1876'], ['+1'], false],
  ['+447700900123', ['+44'], ['+44'], false],
  ['+4407700900123', [], ['+44'], false],
  ['+44 (0) 7700 900123', [], ['+44'], false],
  ['0044 7700 900123', [], ['+44'], false],
  ['0044 7700 900123', ['+44'], [], true],
  ['＋４４７７００９００１２３', [], ['+44'], false],
  ['+44‭7700900123', [], ['+44'], false],
  // Where a list says which countries, a number without one goes nowhere.
  ['07700900123', [], ['+81'], false],
  ['07700900123', ['+44'], [], false],
  ['07700900123', [], [], true],
  ['447700900123', [], ['+44'], false],
  ['not a number', [], ['+44'], false],
  ['+', [], ['+44'], false],
  ['++447700900123', [], ['+44'], false],
])('%s with %j but %j: %s', (number, allow, deny, allowed) => {
  expect(isAllowedTo(number, { allow, deny })).toBe(allowed);
});

test.each([
  ['+44 7700 900123', '+447700900123'],
  ['+44 (0)7700 900123', '+447700900123'],
  ['00447700900123', '+447700900123'],
  ['+447700900123;ext=5', '+447700900123'],
  ['555', '555'],
])('%s is counted as %s', (number, bare) => {
  expect(bareNumber(number)).toBe(bare);
});
