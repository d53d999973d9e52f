// Tests: counters change nothing but numbers. Each text is run twice, as it was written and with counters, and says the same.
import { describe, expect, test } from 'vitest';
import { markText } from '#server/project/mark-text.ts';

type Hits = { lines: Record<number, number>; ways: number[][] };

/** What `run(x)` gives with and without counters, and what they say after it has been called with each value. */
function play(source: string, values: unknown[]): { plain: unknown[]; counted: unknown[]; hits: Hits } {
  const marked = markText(source, 'a.js', 'hits', '');
  if (marked === undefined) throw new Error('the text cannot be read');
  const hits = new Array<number>(marked.counters).fill(0);
  const callAll = (text: string, counters: number[]) => {
    const run = new Function('hits', `${text}\nreturn run;`)(counters) as (value: unknown) => unknown;
    return values.map((value) => run(value));
  };
  const plain = callAll(source, []);
  const counted = callAll(marked.marked, hits);
  const lines: Record<number, number> = {};
  for (const { line, counter } of marked.statements) lines[line] = Math.max(lines[line] ?? 0, hits[counter] ?? 0);
  return {
    plain,
    counted,
    hits: { lines, ways: marked.branches.map((ways) => ways.map(({ counter }) => hits[counter] ?? 0)) },
  };
}

describe('counters', () => {
  test.each<[name: string, source: string, values: unknown[], hits: Partial<Hits>]>([
    [
      'if and else',
      'function run(x) {\n if (x) {\n  return 1;\n } else {\n  return 2; }\n}',
      [1, 1, 0],
      { lines: { 2: 3, 3: 2, 5: 1 }, ways: [[2, 1]] },
    ],
    [
      'if without else and without braces',
      'function run(x) {\n if (x)\n  x++;\n return x;\n}',
      [1, 0],
      { lines: { 2: 2, 3: 1, 4: 2 }, ways: [[1, 1]] },
    ],
    [
      'a dangling else',
      'function run([a, b]) {\n if (a) if (b) return 1; else return 2;\n return 3;\n}',
      [
        [1, 1],
        [1, 0],
        [0, 0],
      ],
      {
        ways: [
          [2, 1],
          [1, 1],
        ],
      },
    ],
    [
      'else if',
      'const run = (x) => {\n if (x > 2) return "big";\n else if (x > 1) return "small";\n return "none"; };',
      [3, 2, 2, 1],
      {
        ways: [
          [1, 3],
          [2, 1],
        ],
      },
    ],
    [
      'cases, one of them empty',
      'function run(x) {\n let y = 0;\n switch (x) {\n  case 1:\n  case 2: y += 1;\n  case 3: { y += 2; break; }\n  default: y = 9;\n }\n return y;\n}',
      [1, 2, 3, 4],
      { ways: [[1, 2, 3, 1]] },
    ],
    ['a choice', 'const run = (x) => x ? "yes" : "no";', [1, 0, 0], { ways: [[1, 2]] }],
    [
      'parts of a condition',
      'const run = ([a, b, c]) => a && b || c;',
      [
        [1, 1, 0],
        [1, 0, 5],
        [0, 0, 6],
      ],
      { ways: [[3, 2, 2]] },
    ],
    ['a default for nothing', 'const run = (x) => (x ?? "none");', [null, 0], { ways: [[2, 1]] }],
    [
      'an arrow that gives an object',
      'const make = (x) => ({ x });\nfunction run(x) {\n return make(x).x;\n}',
      [7],
      { lines: { 1: 1, 3: 1 } },
    ],
    [
      'loops without braces and labels',
      'function run(x) {\n let n = 0;\n outer: for (let i = 0; i < x; i++)\n  for (const j of [1, 2]) if (j === 2) continue outer; else n++;\n while (n > 3) n--;\n do n++; while (n < 2);\n return n;\n}',
      [5, 0],
      {},
    ],
    ['strictness', '"use strict";\nfunction run() { return this === undefined; }', [0], { lines: { 2: 1 } }],
    ['names of functions', 'const named = () => {};\nfunction run() { return named.name; }', [0], {}],
    [
      'a throw that is caught',
      'function run(x) {\n try { if (x) throw new Error("no"); return 1; } catch { return 2; } finally { x = 0; }\n}',
      [1, 0],
      { ways: [[1, 1]] },
    ],
    [
      'classes',
      'class A { static n = 1; #p = 2; static { A.n = 3; } get p() { return this.#p; } }\nconst run = () => A.n + new A().p;',
      [0],
      {},
    ],
    [
      'no semicolons',
      'function run(x) {\n const a = x\n const b = a || 1\n return [a, b]\n}',
      [0, 2],
      { ways: [[2, 1]] },
    ],
    ['a comment at the end', 'const run = (x) => x; // the end', [1], {}],
  ])('%s', (_name, source, values, expected) => {
    const { plain, counted, hits } = play(source, values);
    expect(counted).toEqual(plain);
    expect(hits).toMatchObject(expected);
  });

  test('move no line, and say where each place was', () => {
    const source = 'function run(x) {\n  if (x) return 1;\n  return 2;\n}';
    const { marked } = markText(source, 'a.js', 'hits', '') ?? { marked: '' };
    expect(
      marked
        .split('\n')
        .slice(0, 4)
        .map((line) => line.replaceAll(/else\{hits\[\d+\]\+\+;\}|hits\[\d+\]\+\+[;,]|[{}()]/g, '').trim()),
    ).toEqual(source.split('\n').map((line) => line.replaceAll(/[{}()]/g, '').trim()));
    expect(marked).toContain('sourceMappingURL=data:application/json');
  });

  test('stand in typed texts where they stand without types', () => {
    const typed = 'type Né = { a: string };\nconst run = (x: Né | null): string =>\n  (x as Né)?.a || ("é" as string);';
    const found = markText(typed, 'a.ts', 'hits', '');
    expect(found?.statements.map(({ line }) => line)).toEqual([2, 3]);
    expect(found?.branches.map((ways) => ways.map(({ line }) => line))).toEqual([[3, 3]]);
    expect(found?.marked).toContain(': Né | null');
  });

  test.each([
    ['an enum', 'enum A { B }', 'a.ts'],
    ['what is no script', 'const = 1;', 'a.js'],
  ])('are not in %s', (_name, source, fileName) => {
    expect(markText(source, fileName, 'hits', '')).toBeUndefined();
  });
});
