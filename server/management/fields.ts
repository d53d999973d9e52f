// Management: kinds of value that several families take.
import { z } from 'zod';
import type { Json, JsonObject } from '#storage/records.ts';
import { WHOLE } from './validation.ts';

/** Any JSON; how deep and of which characters is checked for the whole body before a schema sees it. */
const anyJson = z.custom<Json>((value) => value !== undefined);

export const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), anyJson);

/** A whole number. */
export const wholeNumber = (minimum: number, maximum: number) =>
  z
    .int({ error: ({ code }) => (code === 'invalid_type' ? WHOLE : undefined) })
    .min(minimum)
    .max(maximum);

/** A text of at least one and at most `max` characters. */
export const text = (max: number) => z.string().min(1).max(max);

/** Lower case: addresses are compared without regard to case everywhere. */
export const email = z
  .string()
  .max(254)
  .superRefine((value, context) => {
    if (/^[^\s@<>"(),:;\\]+@[^\s@.]+(\.[^\s@.]+)+$/u.test(value)) return;
    context.addIssue({ code: 'invalid_format', format: 'email', input: value });
  })
  .transform((value) => value.toLowerCase());

/** What is left of a phone number without the marks people write between its digits. */
export const bareNumber = (number: string): string => number.replaceAll(/[\s().-]/g, '');

export const idList = z.array(text(255)).min(1).max(100);

/** What a JSON object of ours looks like where any is taken: metadata whose values are texts, null to remove one. */
export const textMap = z.record(z.string().max(255), z.string().max(255).nullable());

/** Merges key by key; null removes. */
export function mergeTexts(
  current: Record<string, string>,
  given: Record<string, string | null>,
): Record<string, string> {
  const merged = new Map<string, string>(Object.entries(current));
  for (const [key, value] of Object.entries(given)) {
    if (value === null) merged.delete(key);
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

/** Properties we only keep: null removes one. */
export function mergeSettings(current: JsonObject, given: { [key: string]: Json | undefined }): JsonObject {
  const merged = new Map<string, Json>(Object.entries(current));
  for (const [key, value] of Object.entries(given)) {
    if (value === null) merged.delete(key);
    else if (value !== undefined) merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

/** A value as a key of a record when it was given. */
export function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}

/** ISO 8601 in milliseconds. */
export const iso = (at: number): string => new Date(at).toISOString();
