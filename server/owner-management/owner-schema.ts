// Owner management: bodies that are described by a schema. Its findings become `error_messages`, in the words of the other
// management API.
import type { z } from 'zod';
import type { JsonObject } from '#storage/records.ts';
import { complaints } from '../management/validation.ts';
import { invalidRequest, type OwnerRefusal } from './owner-answer.ts';

export type ReadBody<T> = { ok: true; value: T } | OwnerRefusal;

export function readBody<T>(schema: z.ZodType<T>, body: JsonObject): ReadBody<T> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return { ok: true, value: parsed.data };
  const messages = complaints(parsed.error, body).map(({ message, path }) =>
    path === undefined ? message : `${path}: ${message}`,
  );
  return invalidRequest('The request is invalid.', messages);
}

/** Names in a body that mean nothing here: they are left out, and said. */
export function unknownNames(body: JsonObject, known: readonly string[]): string[] {
  return Object.keys(body)
    .filter((name) => !known.includes(name))
    .map((name) => `${name} is not known and is left out`);
}
