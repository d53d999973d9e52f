// Lifecycle: how the secrets of a draft change. The list replaces what was there; an entry that names no value keeps the one of
// its name, for nobody who reads a draft is ever shown a value, and tools send back what they read.
import type { ActionSecret } from '#storage/records.ts';

export type SecretChange = { name: string; value?: string | undefined };

/** `at`: when it is changed, in milliseconds; a value that stays keeps its own time. */
export function changedSecrets(
  present: readonly ActionSecret[],
  wanted: readonly SecretChange[],
  at: number,
): ActionSecret[] {
  return wanted.flatMap(({ name, value }) => {
    if (value !== undefined) return [{ name, value, updatedAt: at }];
    return present.filter((secret) => secret.name === name);
  });
}

/** The place of the first that names no value and has none; undefined where all have one. */
export function withoutValue(present: readonly ActionSecret[], wanted: readonly SecretChange[]): number | undefined {
  const index = wanted.findIndex(
    ({ name, value }) => value === undefined && !present.some((secret) => secret.name === name),
  );
  return index === -1 ? undefined : index;
}
