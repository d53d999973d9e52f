// Management: options of a connection. All are kept as they are given; those that change how people sign in or up must say
// it in a way that is understood.
import { z } from 'zod';
import type { JsonObject } from '#storage/records.ts';
import { text, wholeNumber } from './fields.ts';
import { emailConnectionOptions, smsConnectionOptions } from './passwordless-options.ts';

const policy = <T extends z.ZodRawShape>(shape: T) => z.looseObject({ enable: z.boolean(), ...shape }).nullish();

const method = z.looseObject({ enabled: z.boolean() }).optional();

const understood = z.looseObject({
  disable_signup: z
    .custom<boolean>((value) => typeof value === 'boolean', { message: 'disable_signup is true or false' })
    .optional(),
  requires_username: z.boolean().optional(),
  passwordPolicy: z.enum(['none', 'low', 'fair', 'good', 'excellent']).nullish(),
  password_complexity_options: z.looseObject({ min_length: wholeNumber(1, 128).optional() }).nullish(),
  password_history: policy({ size: wholeNumber(0, 24).optional() }),
  password_no_personal_info: policy({}),
  password_dictionary: policy({ dictionary: z.array(text(200)).max(2000).optional() }),
  authentication_methods: z.looseObject({ passkey: method, password: method }).nullish(),
  passkey_options: z
    .looseObject({
      challenge_ui: z.enum(['both', 'autofill', 'button']).optional(),
      progressive_enrollment_enabled: z.boolean().optional(),
      local_enrollment_enabled: z.boolean().optional(),
    })
    .nullish(),
});

/** Parsed JSON is what comes in, and all of it goes out. */
const databaseOptions: z.ZodType<JsonObject> = understood.transform((options) => options as JsonObject);

/** What the options of a connection of this strategy must look like. */
export function connectionOptions(strategy: string): z.ZodType<JsonObject> {
  if (strategy === 'sms') return smsConnectionOptions;
  return strategy === 'email' ? emailConnectionOptions : databaseOptions;
}
