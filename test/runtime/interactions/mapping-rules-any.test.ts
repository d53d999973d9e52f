// Mapping rules of any kind, over values of any kind: an object of bounded size, in bounded time, and never a fault.
import { describe, expect, test } from 'vitest';
import type { MappingRule } from '#runtime/interactions/interaction.ts';
import { sizeOf } from '#runtime/interactions/json-bounds.ts';
import { applyRules } from '#runtime/interactions/mapping-rules.ts';
import { createRandom } from '#runtime/random.ts';
import type { Json, JsonObject } from '#storage/records.ts';
import { count } from '#test/kit/counts.ts';
import { createDice, type Dice } from '#test/kit/dice.ts';
import { cpuTimeOf } from './cpu-time.ts';

const means = { now: () => Date.UTC(2026, 0, 15), random: createRandom() };

describe('rules of any kind', () => {
  const PATHS = ['$', '$.a', '$.a.b', '$..b', '$.list[*]', '$.list[?(@.b)]', '$.request_body', '][', '$.text', '$.big'];
  const NAMES = [
    'a',
    '*',
    'a.b',
    'a.0',
    'a.0.b',
    '0',
    '__proto__',
    '',
    '.',
    'list.3.x',
    'constructor.prototype',
    'a.1000.1000',
  ];
  const VALUES: Json[] = [
    null,
    0,
    1.5,
    '',
    'text',
    true,
    [],
    [null, 1],
    {},
    { b: 1 },
    ['a', { b: [1] }],
    '{{value}}',
    '$.a',
    '\ud800',
  ];
  const FUNCTIONS =
    'format random_string now exists convert_type regex_replace replace case substring trim split join concat if switch map filter append merge remove pluck reshape normalize mimeEncodedWord base64 uuid4 uuid5 uuid_short kana date nothing'.split(
      ' ',
    );
  const ARGUMENTS: Json[] = [
    ...VALUES,
    -5,
    1e9,
    '(a+)+$',
    '[',
    'upper',
    'lower',
    "{{value}} == 'x'",
    'not_empty',
    ['$.a', 1],
    { a: '$.b' },
    'B',
    'UTC',
  ];
  const KEYS =
    'template length charset zone pattern type default onError replacement target mode locale delimiter start end chars separator limit regex values condition then else cases function function_args value source distinct key field fields form encoding namespace name'.split(
      ' ',
    );

  const argsOf = (dice: Dice): JsonObject =>
    Object.fromEntries(
      Array.from({ length: dice.below(5) }, () => {
        const key = dice.one(KEYS);
        return [
          key,
          key === 'function'
            ? dice.one(FUNCTIONS)
            : key === 'function_args' && dice.below(2)
              ? argsOf(dice)
              : dice.one(ARGUMENTS),
        ];
      }),
    );
  const ruleOf = (dice: Dice): MappingRule => ({
    to: dice.one(NAMES),
    ...(dice.below(3) ? { from: dice.one(PATHS) } : {}),
    ...(dice.below(3) ? {} : { static_value: dice.one(VALUES) }),
    ...(dice.below(4)
      ? {}
      : {
          condition: {
            operation: dice.one(['eq', 'allOf', 'regex', 'gt', 'x']),
            path: dice.one(PATHS),
            value: dice.one(ARGUMENTS),
          },
        }),
    functions: Array.from({ length: dice.below(4) }, () => ({ name: dice.one(FUNCTIONS), args: argsOf(dice) })),
  });

  test('give an object of bounded size, and never throw', () => {
    const seed = Date.now();
    const dice = createDice(seed);
    const big = Array.from({ length: 500 }, (_none, at) => ({ b: at, text: 'x'.repeat(50) }));
    for (let round = 0; round < count(400, 20_000); round++) {
      const rules = Array.from({ length: 1 + dice.below(6) }, () => ruleOf(dice));
      const context = {
        a: dice.one(VALUES),
        list: [dice.one(VALUES), { b: 1 }],
        request_body: { b: dice.one(VALUES) },
        text: 'x',
        big,
      };
      const told = `seed ${seed}, round ${round}: ${JSON.stringify(rules)}`;
      const before = JSON.stringify(context);
      let made: JsonObject = {};
      const took = cpuTimeOf(() => {
        made = applyRules(rules, context, means);
      });
      expect(took, told).toBeLessThan(2_000);
      expect(sizeOf(made, 3_000_000), told).toBeLessThan(2_500_000);
      expect(JSON.stringify(context), told).toBe(before);
    }
  });
});
