// Management: what a version of an Action changes beside another one, or beside the draft. Values of secrets are compared
// here and never shown.
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { z } from 'zod';
import type { ActionRecord, ActionSecret, ActionVersionRecord } from '#storage/records.ts';

/** Comparing two texts that share nothing takes time that grows with both; then the one replaces the other whole. */
const COMPARE_MS = 100;

/** One side: a version or the draft. */
export type Side = Pick<ActionRecord, 'code' | 'runtime' | 'dependencies' | 'secrets' | 'modules'> & {
  /** `draft`, or the number of the version. */
  label: string;
  id?: string;
};

export const sideOfVersion = (version: ActionVersionRecord): Side => ({
  ...version,
  label: `version ${version.number}`,
});
export const sideOfDraft = ({ code, runtime, dependencies, secrets, modules }: ActionRecord): Side => ({
  code,
  runtime,
  dependencies,
  secrets,
  ...(modules ? { modules } : {}),
  label: 'draft',
});

const side = z.strictObject({ id: z.string().optional(), label: z.string() });
const change = (value: z.ZodType) =>
  z.array(z.strictObject({ name: z.string(), from: value.nullable(), to: value.nullable() }));
const names = z.array(z.string());

export const versionDiffShape = z
  .strictObject({
    from: side,
    to: side,
    code: z.string(),
    runtime: z.strictObject({ from: z.string(), to: z.string() }).optional(),
    dependencies: change(z.string()),
    modules: change(z.int()),
    secrets: z.strictObject({ added: names, removed: names, changed: names }),
  })
  .meta({ id: 'ActionVersionDiff' });

/** From `from` to `to`: a line that only `to` has begins with `+`. */
export function showDiff(from: Side, to: Side) {
  return {
    from: { ...(from.id === undefined ? {} : { id: from.id }), label: from.label },
    to: { ...(to.id === undefined ? {} : { id: to.id }), label: to.label },
    code: from.code === to.code ? '' : codeDiff(from, to),
    ...(from.runtime === to.runtime ? {} : { runtime: { from: from.runtime, to: to.runtime } }),
    dependencies: changed(from.dependencies, to.dependencies, ({ name, version }) => [name, version]),
    modules: changed(from.modules ?? [], to.modules ?? [], ({ moduleName, number }) => [moduleName, number]),
    secrets: changedSecrets(from.secrets, to.secrets),
  };
}

/** A unified diff with three lines around each change; empty when the texts are the same. */
function codeDiff(from: Side, to: Side): string {
  const options = { context: 3, timeout: COMPARE_MS, headerOptions: FILE_HEADERS_ONLY };
  const patch = createTwoFilesPatch(from.label, to.label, from.code, to.code, undefined, undefined, options);
  return patch ?? replacement(from, to);
}

function replacement(from: Side, to: Side): string {
  const [gone, come] = [lines(from.code), lines(to.code)];
  const range = (count: number) => `${count === 0 ? 0 : 1},${count}`;
  return [
    `--- ${from.label}`,
    `+++ ${to.label}`,
    `@@ -${range(gone.length)} +${range(come.length)} @@`,
    ...gone.map((line) => `-${line}`),
    ...come.map((line) => `+${line}`),
    '',
  ].join('\n');
}

const lines = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

/** What is there in another version, or on one side only: `null` on the other. */
function changed<T>(from: T[], to: T[], entryOf: (one: T) => [name: string, version: string | number]) {
  const [before, after] = [from, to].map((list) => new Map(list.map(entryOf)));
  return [...new Set([...from, ...to].map((one) => entryOf(one)[0]))]
    .filter((name) => before?.get(name) !== after?.get(name))
    .map((name) => ({ name, from: before?.get(name) ?? null, to: after?.get(name) ?? null }));
}

/** Names only. */
function changedSecrets(from: ActionSecret[], to: ActionSecret[]) {
  const valueIn = (list: ActionSecret[], name: string) => list.find((secret) => secret.name === name)?.value;
  return {
    added: to.filter(({ name }) => valueIn(from, name) === undefined).map(({ name }) => name),
    removed: from.filter(({ name }) => valueIn(to, name) === undefined).map(({ name }) => name),
    changed: to.filter(({ name, value }) => ![undefined, value].includes(valueIn(from, name))).map(({ name }) => name),
  };
}
