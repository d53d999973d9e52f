// Management: options of a database connection: what is understood must be well formed, parts that contradict each other are
// refused in the wire's words, and what was left out is completed as the wire does. Source: mfa-wire reference, section 4.2.
import { z } from 'zod';
import type { JsonObject } from '#storage/records.ts';
import { text, wholeNumber } from './fields.ts';

const policy = <T extends z.ZodRawShape>(shape: T) => z.looseObject({ enable: z.boolean(), ...shape }).nullish();

const method = z.looseObject({ enabled: z.boolean() }).optional();

const active = z.looseObject({ active: z.boolean().optional() }).optional();

const attribute = z
  .looseObject({
    identifier: z.looseObject({ active: z.boolean().optional() }).optional(),
    profile_required: z.boolean().optional(),
    signup: z
      .looseObject({ status: z.enum(['required', 'optional', 'inactive']).optional(), verification: active })
      .optional(),
    verification_method: z.enum(['link', 'code']).optional(),
    unique: z.boolean().optional(),
  })
  .optional();

const IDENTIFIERS = ['email', 'phone_number', 'username'] as const;

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
  password_options: z
    .looseObject({
      complexity: z
        .looseObject({
          min_length: wholeNumber(1, 72).optional(),
          character_types: z.array(z.enum(['uppercase', 'lowercase', 'number', 'special'])).optional(),
          character_type_rule: z.enum(['all', 'three_of_four']).optional(),
          identical_characters: z.enum(['allow', 'block']).optional(),
          sequential_characters: z.enum(['allow', 'block']).optional(),
          max_length_exceeded: z.enum(['truncate', 'error']).optional(),
        })
        .optional(),
      profile_data: z
        .looseObject({ active: z.boolean().optional(), blocked_fields: z.array(text(100)).max(12).optional() })
        .optional(),
      history: z.looseObject({ active: z.boolean().optional(), size: wholeNumber(1, 24).optional() }).optional(),
      dictionary: z
        .looseObject({
          active: z.boolean().optional(),
          custom: z.array(text(200)).max(2000).optional(),
          default: z.enum(['en_10k', 'en_100k']).optional(),
        })
        .optional(),
    })
    .nullish(),
  authentication_methods: z
    .looseObject({ passkey: method, password: method, email_otp: method, phone_otp: method })
    .nullish(),
  passkey_options: z
    .looseObject({
      challenge_ui: z.enum(['both', 'autofill', 'button']).optional(),
      progressive_enrollment_enabled: z.boolean().optional(),
      local_enrollment_enabled: z.boolean().optional(),
    })
    .nullish(),
  attributes: z.looseObject({ email: attribute, phone_number: attribute, username: attribute }).nullish(),
  precedence: z.array(z.enum(IDENTIFIERS)).max(3).nullish(),
  customScripts: z.record(z.string(), z.string().max(100_000)).nullish(),
  configuration: z.record(z.string(), z.unknown()).nullish(),
});

/** Parsed JSON is what comes in, and all of it goes out. */
export const databaseOptions: z.ZodType<JsonObject> = understood.transform((options) => options as JsonObject);

/** What contradicts itself, in the wire's words. */
export function contradiction(options: JsonObject): string | undefined {
  const { attributes, requires_username, validation } = understood.parse(options);
  if (!attributes) return undefined;
  if (requires_username === true) return 'Cannot set both options.attributes and options.requires_username';
  if (validation !== undefined && validation !== null)
    return 'Cannot set both options.attributes and options.validation';
  const given = IDENTIFIERS.flatMap((name) => (attributes[name] ? [{ name, ...attributes[name] }] : []));
  if (!given.some(({ identifier }) => identifier?.active === true))
    return 'attributes must contain one active identifier';
  const unasked = given.find(
    ({ profile_required: required, signup }) => required === true && signup?.status !== 'required',
  );
  if (unasked) return `attribute ${unasked.name} must also be required on signup`;
  // An address that several people have cannot say which of them comes.
  if (attributes.email?.unique === false && attributes.email.identifier?.active === true) {
    return 'cannot add non-unique email attribute';
  }
  return undefined;
}

const METHODS: JsonObject = {
  password: { enabled: true, api_behavior: 'required', signup_behavior: 'allow' },
  passkey: { enabled: false },
  email_otp: { enabled: false },
  phone_otp: { enabled: false },
};

const PASSKEYS: JsonObject = {
  challenge_ui: 'both',
  progressive_enrollment_enabled: true,
  local_enrollment_enabled: true,
};

const PASSWORDS: JsonObject = {
  complexity: {
    min_length: 15,
    character_types: [],
    character_type_rule: 'all',
    identical_characters: 'allow',
    sequential_characters: 'allow',
    max_length_exceeded: 'error',
  },
  profile_data: {
    active: false,
    blocked_fields: [
      'name',
      'username',
      'nickname',
      'email',
      'phone_number',
      'user_metadata.name',
      'user_metadata.first',
      'user_metadata.last',
    ],
  },
  history: { active: false, size: 3 },
  dictionary: { active: false, custom: [], default: 'en_100k' },
};

/** The options as the wire completes them. `when`: a connection is made, or they are replaced. */
export function completedDatabase(given: JsonObject, when: 'made' | 'replaced'): JsonObject {
  const always = {
    ...given,
    authentication_methods: under(METHODS, given.authentication_methods),
    passkey_options: under(PASSKEYS, given.passkey_options),
    ...(isObject(given.password_options) ? { password_options: under(PASSWORDS, given.password_options) } : {}),
  };
  if (when === 'replaced') return always;
  return {
    mfa: { active: true, return_enroll_settings: true },
    ...(isObject(given.password_options) ? {} : { passwordPolicy: 'good' }),
    strategy_version: 2,
    brute_force_protection: true,
    ...always,
  };
}

/** Two levels deep: parts that were left out of a part stand as they are by default. */
function under(defaults: JsonObject, given: unknown): JsonObject {
  const own = isObject(given) ? given : {};
  const parts = Object.entries(defaults).map(([name, value]) => {
    const mine = own[name];
    return [name, isObject(value) ? { ...value, ...(isObject(mine) ? mine : {}) } : (mine ?? value)] as const;
  });
  return { ...own, ...Object.fromEntries(parts) };
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
