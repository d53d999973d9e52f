// Policies: what an application may be told of a condition that is not met. What a tenant keeps about a person is the
// tenant's: a condition may look at it, and its value is not shown to whoever holds the id of a login.
import type { JsonObject } from '#storage/records.ts';
import type { UnmetCondition } from './policy.ts';

/** Counters, and what of a person is no secret to somebody who is about to be them. */
const OPEN =
  /^\$\.(?!user\b)[\w-]+(\.\w+)?$|^\$\.user\.(sub|status|has_password|email_verified|phone_number_verified)$/;

export function toldOf({ group, path, type, operation, value, actual }: UnmetCondition): JsonObject {
  return {
    group,
    path,
    ...(type === undefined ? {} : { type }),
    operation,
    ...(value === undefined ? {} : { value }),
    ...(OPEN.test(path) ? { actual } : {}),
  };
}
