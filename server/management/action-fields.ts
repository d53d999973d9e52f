// Management: what a text that runs declares beside its code, the same for Actions and shared modules: packages and secrets.
import { z } from 'zod';
import { ACTION_LIMITS } from '#runtime/lifecycle/action.ts';
import type { Refusal } from './answer.ts';
import { text } from './fields.ts';
import { invalid } from './validation.ts';

export const dependency = { name: text(214), version: z.string().max(100).optional() };

/** The value may be left out where there is one already; tools send the time along that they read. */
export const secretList = z
  .array(z.strictObject({ name: text(128), value: z.string().max(4096).optional(), updated_at: z.string().optional() }))
  .max(ACTION_LIMITS.secrets)
  .superRefine((secrets, context) => {
    const again = secrets.findIndex(({ name }, index) => secrets.findIndex((other) => other.name === name) !== index);
    if (again !== -1) context.addIssue({ code: 'custom', message: `Secret names are not unique (index ${again})` });
  });

/** A secret that is new needs a value. */
export const needsValue = (index: number): Refusal =>
  invalid('payload', 'Missing required property: value', `secrets[${index}]`);
