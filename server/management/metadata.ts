// Management: metadata of sessions and refresh tokens, as scripts may write it too. Limits: actions-api reference, section 2.
import { z } from 'zod';

const KEYS = 25;

export const metadataOfTokens = z
  .record(z.string().regex(/^[a-zA-Z0-9_-]{1,255}$/), z.string().max(255).nullable())
  .superRefine((value, context) => {
    if (Object.keys(value).length <= KEYS) return;
    context.addIssue({ code: 'custom', message: `Too many properties defined, maximum ${KEYS}` });
  });

/** A key that is given as null is one that shall not be there. */
export function keptMetadata(given: Record<string, string | null> | null): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given ?? {}).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}
