// Test: the table of docs/compatibility.md names every property and every method that the contracts have, once, with a
// verdict; what it says is not supported has a reason.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { methodsOf } from '#actions/trigger.ts';
import { TRIGGERS } from '#actions/triggers.ts';
import { EVENT_PROPERTIES } from './event-properties.ts';

const VERDICTS = ['same', 'stricter', 'beyond', 'not supported'];
/** Auth0's, and in no contract of ours: the table says why not. */
const NOWHERE: { readonly [trigger: string]: readonly string[] } = {
  'post-login': ['agent', 'anonymous_session', 'experiment', 'session_transfer_token'],
};

type Row = { name: string; verdict: string; note: string };

const text = readFileSync(new URL('../../docs/compatibility.md', import.meta.url), 'utf8');

/** Rows of the tables below the heading of a trigger. */
function rowsOf(triggerId: string): Row[] {
  const [, after = ''] = text.split(`\n### \`${triggerId}\`\n`);
  const [section = ''] = after.split(/\n##/);
  return [...section.matchAll(/^\| `((?:event|api)\.[^`]+)` \| ([^|]*) \| ([^|]*) \|$/gm)].map(
    ([, name = '', verdict = '', note = '']) => ({
      name,
      verdict: verdict.trim(),
      note: note.trim(),
    }),
  );
}

describe.each(Object.entries(TRIGGERS))('the table of %s', (triggerId, contract) => {
  const rows = rowsOf(triggerId);
  const starting = (prefix: string) => rows.map(({ name }) => name).filter((name) => name.startsWith(prefix));

  test('names every method of api, and no other', () => {
    const methods = methodsOf(contract).map(({ path }) => `api.${path}`);
    expect(starting('api.').sort()).toEqual(methods.sort());
  });

  test('names every property of event, and no other', () => {
    const properties = [...(EVENT_PROPERTIES[triggerId] ?? []), ...(NOWHERE[triggerId] ?? [])];
    expect(starting('event.').sort()).toEqual(properties.map((name) => `event.${name}`).sort());
  });

  test('says of each how it compares, and why where it does not', () => {
    expect(rows.filter(({ verdict }) => !VERDICTS.includes(verdict))).toEqual([]);
    const absent = rows.filter(({ verdict }) => verdict === 'not supported');
    const explained = new Set(absent.filter(({ note }) => note !== '').map(({ name }) => name));
    const isExplained = ({ name }: Row): boolean =>
      explained.has(name) || explained.has(name.split('.').slice(0, 2).join('.'));
    expect(absent.filter((row) => !isExplained(row))).toEqual([]);
  });
});
