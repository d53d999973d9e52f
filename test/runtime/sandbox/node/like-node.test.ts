// Node's modules in scripts: each expression is evaluated in a script and in Node itself, and must come to the same value.
// Node is the yardstick; nobody writes down by hand what it answers.

import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { draw } from '#test/kit/counts.ts';
import { lines, openSandbox, outcome, request } from '../kit.ts';
import { bundleText } from './bundle-text.ts';
import { KEYS } from './keys.ts';
import { ROWS } from './rows.ts';

/** Values as text, on both sides: bytes by their kind and content, errors by their name and code. */
const TO_TEXT = `
const toText = (value) => JSON.stringify(value, function (key, held) {
  const value = this[key];
  if (value === undefined) return '<undefined>';
  if (typeof value === 'bigint') return value + 'n';
  if (typeof value === 'function') return '<function>';
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'object' && value instanceof ArrayBuffer) return { buffer: Array.from(new Uint8Array(value)) };
  if (typeof value === 'object' && ArrayBuffer.isView(value))
    return { kind: value.constructor.name, bytes: Array.from(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) };
  if (value instanceof Map || value instanceof Set) return [...value];
  return held;
}) ?? '<undefined>';
const evaluate = async (expression) => {
  try {
    return toText(await expression());
  } catch (error) {
    return 'throws ' + (error?.name ?? typeof error) + ' ' + (error?.code ?? '');
  }
};
`;

const program = (expressions: readonly string[]): string => `
const KEYS = ${JSON.stringify(KEYS)};
${TO_TEXT}
const rows = [
${expressions.map((expression) => `() => (${expression}),`).join('\n')}
];`;

async function inNode(expressions: readonly string[]): Promise<string[]> {
  const source = `${program(expressions)}\nreturn Promise.all(rows.map(evaluate));`;
  return new Function('require', source)(createRequire(import.meta.url));
}

async function inScript(expressions: readonly string[]): Promise<string[]> {
  const source = `${program(expressions)}
exports.onExecutePostLogin = async () => {
  for (const row of rows) console.log(await evaluate(row));
};`;
  const sandbox = await openSandbox();
  try {
    const result = await sandbox.run(request(await bundleText(source)));
    return outcome(result) === 'ok' ? lines(result) : [outcome(result)];
  } finally {
    await sandbox.drain(0);
  }
}

describe.each(draw(Object.entries(ROWS), 2))('%s', (_group, expressions) => {
  test('is as it is in Node', { timeout: 60_000 }, async () => {
    const [ours, theirs] = [await inScript(expressions), await inNode(expressions)];
    const different = expressions.flatMap((expression, i) =>
      ours[i] === theirs[i] ? [] : [`${expression} is ${ours[i]}, in Node ${theirs[i]}`],
    );
    expect(different).toEqual([]);
  });
});
