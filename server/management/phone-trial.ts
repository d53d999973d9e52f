// Management: a message to somebody's phone that tries out what carries it. It is taken on at once.
import { z } from 'zod';
import { toE164 } from '#runtime/factors/phone.ts';
import type { Answer } from './answer.ts';
import { bareNumber } from './fields.ts';

/** Digits with their country code, with or without the sign before it. */
export const trial = z
  .strictObject({
    to: z
      .string()
      .max(40)
      .transform(bareNumber)
      .pipe(z.string().regex(/^\+?[1-9]\d{4,14}$/)),
    delivery_method: z.enum(['text', 'voice']).default('text'),
  })
  .transform(({ to, delivery_method }) => ({
    to: toE164(to.startsWith('+') ? to : `+${to}`),
    channel: delivery_method === 'voice' ? ('voice' as const) : ('sms' as const),
  }));

export const acceptedShape = z.strictObject({ code: z.literal(202), message: z.string() });

export const ACCEPTED: Answer = {
  ok: true,
  status: 202,
  body: { code: 202, message: 'Test notification successfully sent for processing' },
};
