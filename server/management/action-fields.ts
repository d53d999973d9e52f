// Management: what a text that runs declares beside its code, the same for Actions and shared modules: packages and secrets.
import { z } from 'zod';
import { ACTION_LIMITS } from '#runtime/lifecycle/action.ts';
import { text } from './fields.ts';

export const dependency = { name: text(214), version: z.string().max(100).optional() };

export const secretList = z
  .array(z.strictObject({ name: text(128), value: z.string().max(4096) }))
  .max(ACTION_LIMITS.secrets)
  .superRefine((secrets, context) => {
    const again = secrets.findIndex(({ name }, index) => secrets.findIndex((other) => other.name === name) !== index);
    if (again !== -1) context.addIssue({ code: 'custom', message: `Secret names are not unique (index ${again})` });
  });
