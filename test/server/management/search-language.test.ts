// The search language: what a text asks for, and that no text is guessed at or takes long.
import { describe, expect, test } from 'vitest';
import { type Match, parseSearch, type Search } from '#server/management/search-language.ts';

const wordsOf = (match: Match): string => {
  switch (match.kind) {
    case 'text':
      return match.phrase ? `"${match.text}"` : match.text;
    case 'pattern':
      return match.texts.join('*');
    case 'exists':
      return 'exists';
    case 'range': {
      const bound = (at: Match & { kind: 'range' }, side: 'from' | 'to') =>
        at[side] ? `${at[side].text}${at[side].inclusive ? '' : '!'}` : '';
      return `${bound(match, 'from')}..${bound(match, 'to')}`;
    }
  }
};

/** A tree in one line: `a=b`, `all(…)`, `any(…)`, `not(…)`. */
function lineOf(search: Search): string {
  if (search.kind === 'condition') return `${search.field ?? '?'}=${wordsOf(search.match)}`;
  if (search.kind === 'not') return `not(${lineOf(search.of)})`;
  return `${search.kind}(${search.of.map(lineOf).join(', ')})`;
}

const read = (q: string): string => {
  const parsed = parseSearch(q);
  return parsed.ok ? lineOf(parsed.search) : parsed.message;
};

describe('a search', () => {
  test.each([
    ['email:jane@example.com', 'email=jane@example.com'],
    ['name:"jane \\"the\\" smith"', 'name="jane "the" smith"'],
    ['jane', '?=jane'],
    ['user_id:auth0|12', 'user_id=auth0|12'],
    ['a: b', 'a=b'],
    ['a:b\\ c\\:d', 'a=b c:d'],
    ['a-b.c:d-e', 'a-b.c=d-e'],
    ['ANDROID OR NOTE', 'any(?=ANDROID, ?=NOTE)'],
    ['name:jo*', 'name=jo*'],
    ['name:*smith', 'name=*smith'],
    ['name:j*n', 'name=j*n'],
    ['name:*oh*', 'name=*oh*'],
    ['name:jo\\*', 'name=jo*'],
    ['name:"jo*"', 'name="jo*"'],
    ['email:*', 'email=exists'],
    ['_exists_:email', 'email=exists'],
    ['*', '?=exists'],
    ['at:[2026-01-01 TO *]', 'at=2026-01-01..'],
    ['at:{"2026-01-01 10:00" TO 2026-01-02T10:00:00Z]', 'at=2026-01-01 10:00!..2026-01-02T10:00:00Z'],
    ['n:[* TO 5}', 'n=..5!'],
    ['n:>5', 'n=5!..'],
    ['n:<=5', 'n=..5'],
    ['a:1 AND b:2 OR c:3 && d:4 || e:5', 'any(all(a=1, b=2), all(c=3, d=4), e=5)'],
    ['a:1 AND (b:2 OR c:3)', 'all(a=1, any(b=2, c=3))'],
    ['a:1 b:2', 'any(a=1, b=2)'],
    ['a:1 -b:2 c:3', 'all(any(a=1, c=3), not(b=2))'],
    ['+a:1 b:2 !c:3', 'all(a=1, not(c=3))'],
    ['NOT a:1', 'not(a=1)'],
    ['NOT -a:1', 'not(not(a=1))'],
    ['a:1 AND NOT (b:2 OR c:3)', 'all(a=1, not(any(b=2, c=3)))'],
    ['name:(jane OR "john smith" OR jo*)', 'any(name=jane, name="john smith", name=jo*)'],
    ['a:(-b)', 'not(a=b)'],
  ])('%s', (q, line) => {
    expect(read(q)).toBe(line);
  });

  test.each([
    ['', 'it ends where a condition is expected.'],
    ['a:1 AND', 'it ends where a condition is expected.'],
    ['AND a:1', 'there is no condition before AND.'],
    ['a:1 OR OR b:2', 'there is no condition before OR.'],
    ['a:', 'there is no value after a:.'],
    ['a:b:c', 'write a value with a colon in quotes.'],
    ['a:+49', 'write a value that begins with + in quotes.'],
    ['(a:1', 'a bracket is not closed.'],
    ['a:1)', 'there is a ) too many.'],
    ['a:(b:1)', 'the brackets after a: hold values only.'],
    ['_exists_:jo*', '_exists_: is followed by a field.'],
    ['a:jan?', '? means nothing here; write a value that has it in quotes.'],
    ['a:jane~2', '~ means nothing here; write a value that has it in quotes.'],
    ['a:jane^2', '^ means nothing here; write a value that has it in quotes.'],
    ['a:/j.*n/', 'regular expressions are not searched for; write a value that begins with / in quotes.'],
    ['a:j*a*n*e', 'a value has two wildcards at most.'],
    ['a:[1 TO 2', 'it cannot be read from its character 3 on.'],
    ['a:"b', 'it cannot be read from its character 3 on.'],
    ['a:b\\', 'it cannot be read from its character 4 on.'],
  ])('refused: %s', (q, why) => {
    expect(parseSearch(q)).toEqual({
      ok: false,
      status: 400,
      message: `The query is not supported: ${why}`,
      errorCode: 'invalid_query_string',
    });
  });

  test.each([
    ['brackets', '('.repeat(10_000), 'it is nested deeper than 20.'],
    ['signs', `${'-'.repeat(10_000)}a`, 'it is nested deeper than 20.'],
    ['fields of fields', `${'a:('.repeat(10_000)}`, 'the brackets after a: hold values only.'],
    ['conditions', 'a '.repeat(10_000), 'it has more than 50 conditions.'],
    ['quotes', '"'.repeat(9999), 'it has more than 50 conditions.'],
    ['ranges that are not closed', '[a TO '.repeat(10_000), 'it cannot be read from its character 1 on.'],
  ])('many %s are refused', (_what, q, why) => {
    expect(read(q)).toBe(`The query is not supported: ${why}`);
  });
});
