// Management: what a user may be given, at creation and later.
import { z } from 'zod';
import { bcryptHash, customPasswordHash } from './custom-password-hash.ts';
import { bareNumber, email, jsonObject, text } from './fields.ts';

export const phoneNumber = z
  .string()
  .transform(bareNumber)
  .pipe(z.string().regex(/^\+[0-9]{1,15}$/));

/** What may be set at creation and later. `verify_phone_number` would send a message that no provider of ours sends yet. */
export const profile = {
  email: email.optional(),
  email_verified: z.boolean().optional(),
  phone_number: phoneNumber.optional(),
  phone_verified: z.boolean().optional(),
  username: text(128).optional(),
  password: text(1024).optional(),
  name: text(300).optional(),
  nickname: text(300).optional(),
  given_name: text(150).optional(),
  family_name: text(150).optional(),
  picture: z.string().max(2048).optional(),
  blocked: z.boolean().optional(),
  user_metadata: jsonObject.optional(),
  app_metadata: jsonObject.optional(),
  verify_email: z.boolean().optional(),
  verify_phone_number: z.boolean().optional(),
};

export const userCreation = z.strictObject({
  connection: text(128),
  user_id: z
    .string()
    .regex(/^[a-zA-Z0-9@._+-]{1,255}$/)
    .optional(),
  ...profile,
  password_hash: bcryptHash.optional(),
  custom_password_hash: customPasswordHash.optional(),
});

/** A column of a user that can be emptied is emptied by null. */
export const userChange = z.strictObject({
  ...profile,
  phone_number: phoneNumber.nullable().optional(),
  given_name: text(150).nullable().optional(),
  family_name: text(150).nullable().optional(),
  verify_password: z.boolean().optional(),
  connection: text(128).optional(),
  client_id: text(64).optional(),
});

export type Profile = { [K in keyof typeof profile]?: z.output<(typeof profile)[K]> };
