// Management: what a tenant does against guessing. Brute force, suspicious addresses and leaked passwords are acted on;
// bot detection and captcha are kept and given back, without the secrets of captcha providers, which nobody would use.
import { z } from 'zod';
import { isNetwork } from '#runtime/protection/allowlist.ts';
import { breachedPasswordOf, bruteForceOf, suspiciousIpOf } from '#runtime/protection/settings.ts';
import type { AttackProtectionRecord, JsonObject, TenantRecord } from '#storage/records.ts';
import { type Answer, answer, NOT_FOUND } from './answer.ts';
import { mergeSettings, text, wholeNumber } from './fields.ts';
import { isNode } from './mask.ts';
import { type Call, type Route, route } from './route.ts';

type Family = keyof AttackProtectionRecord;
type Shown<F extends Family> = Required<AttackProtectionRecord>[F];

/** Addresses and networks in CIDR notation. */
const allowlist = z
  .array(
    text(64).superRefine((value, context) => {
      if (isNetwork(value)) return;
      context.addIssue({ code: 'invalid_format', format: 'ip-address or cidr', input: value });
    }),
  )
  .max(100)
  .optional();

const listOf = <const T extends readonly string[]>(values: T) =>
  z
    .array(z.enum(values))
    .transform((given) => [...new Set(given)])
    .optional();

const enabled = z.boolean().optional();
const DAY_MS = 86_400_000;
const throttle = z
  .strictObject({ max_attempts: wholeNumber(1, 100_000), rate: wholeNumber(0, 100 * DAY_MS) })
  .optional();

const bruteForce = z.strictObject({
  enabled,
  shields: listOf(['block', 'user_notification']),
  mode: z.enum(['count_per_identifier_and_ip', 'count_per_identifier']).optional(),
  allowlist,
  max_attempts: wholeNumber(1, 100).optional(),
});

const suspiciousIp = z.strictObject({
  enabled,
  shields: listOf(['block', 'admin_notification']),
  allowlist,
  stage: z
    .strictObject({
      'pre-login': throttle,
      'pre-user-registration': throttle,
      'pre-custom-token-exchange': throttle,
    })
    .optional(),
});

const stageShields = z.strictObject({ shields: listOf(['block', 'admin_notification']) }).optional();
const breachedPassword = z.strictObject({
  enabled,
  shields: listOf(['block', 'user_notification', 'admin_notification']),
  admin_notification_frequency: listOf(['immediately', 'daily', 'weekly', 'monthly']),
  method: z.enum(['standard', 'enhanced']).optional(),
  stage: z.strictObject({ 'pre-user-registration': stageShields, 'pre-change-password': stageShields }).optional(),
});

const policy = z.enum(['never', 'when_risky', 'always']).optional();
const botDetection = z.strictObject({
  bot_detection_level: z.enum(['low', 'medium', 'high']).optional(),
  challenge_password_policy: policy,
  challenge_passwordless_policy: policy,
  challenge_password_reset_policy: policy,
  allowlist,
  monitoring_mode_enabled: z.boolean().optional(),
});

/** Empty: the provider is not set up, and is shown so. */
const key = z.string().max(1000);
const secret = text(5120).optional();
const site = z.strictObject({ site_key: key, secret }).optional();
const captcha = z.strictObject({
  active_provider_id: z
    .enum([
      'arkose',
      'auth_challenge',
      'friendly_captcha',
      'hcaptcha',
      'recaptcha_enterprise',
      'recaptcha_v2',
      'simple_captcha',
    ])
    .optional(),
  simple_captcha: z.strictObject({}).optional(),
  auth_challenge: z.strictObject({ fail_open: z.boolean() }).optional(),
  recaptcha_v2: site,
  hcaptcha: site,
  friendly_captcha: site,
  recaptcha_enterprise: z.strictObject({ site_key: key, api_key: secret, project_id: key }).optional(),
  arkose: z
    .strictObject({
      site_key: key,
      secret,
      client_subdomain: text(100).optional(),
      verify_subdomain: text(100).optional(),
      fail_open: z.boolean().optional(),
    })
    .optional(),
});

const BOT_DETECTION: JsonObject = {
  challenge_password_policy: 'never',
  challenge_passwordless_policy: 'never',
  challenge_password_reset_policy: 'never',
  allowlist: [],
  bot_detection_level: 'medium',
  monitoring_mode_enabled: false,
};
/** The wire shows every provider, with empty keys where nobody has set it up: tools tell them by that. */
const CAPTCHA = {
  active_provider_id: 'auth_challenge',
  simple_captcha: {},
  auth_challenge: { fail_open: false },
  recaptcha_v2: { site_key: '' },
  recaptcha_enterprise: { site_key: '', project_id: '' },
  hcaptcha: { site_key: '' },
  friendly_captcha: { site_key: '' },
  arkose: { site_key: '', client_subdomain: 'client-api', verify_subdomain: 'verify-api', fail_open: false },
} satisfies JsonObject;

/** A provider that was set up before keeps what a change of it does not name. */
function captchaOf({ attackProtection }: TenantRecord): JsonObject {
  const kept = attackProtection?.captcha ?? {};
  return Object.fromEntries(
    Object.entries(CAPTCHA).map(([name, usual]) => {
      const given = kept[name];
      if (typeof usual === 'string') return [name, typeof given === 'string' ? given : usual];
      return [name, isNode(given) ? { ...usual, ...given } : usual];
    }),
  );
}

const shown: { [F in Family]: (tenant: TenantRecord) => Shown<F> } = {
  bruteForce: bruteForceOf,
  suspiciousIp: suspiciousIpOf,
  breachedPassword: breachedPasswordOf,
  botDetection: ({ attackProtection }) => attackProtection?.botDetection ?? BOT_DETECTION,
  captcha: captchaOf,
};

const shields = z.array(z.string());
const stageRate = z.strictObject({ max_attempts: z.int(), rate: z.int() });
const stageShieldsShown = z.strictObject({ shields });
const shapes: { [F in Family]: z.ZodType } = {
  bruteForce: z.strictObject({
    enabled: z.boolean(),
    shields,
    mode: z.string(),
    allowlist: z.array(z.string()),
    max_attempts: z.int(),
  }),
  suspiciousIp: z.strictObject({
    enabled: z.boolean(),
    shields,
    allowlist: z.array(z.string()),
    stage: z.strictObject({
      'pre-login': stageRate,
      'pre-user-registration': stageRate,
      'pre-custom-token-exchange': stageRate,
    }),
  }),
  breachedPassword: z.strictObject({
    enabled: z.boolean(),
    shields,
    admin_notification_frequency: z.array(z.string()),
    method: z.string(),
    stage: z.strictObject({
      'pre-user-registration': stageShieldsShown,
      'pre-change-password': stageShieldsShown,
    }),
  }),
  botDetection: z.strictObject({
    challenge_password_policy: z.string(),
    challenge_passwordless_policy: z.string(),
    challenge_password_reset_policy: z.string(),
    allowlist: z.array(z.string()),
    bot_detection_level: z.string(),
    monitoring_mode_enabled: z.boolean(),
  }),
  captcha: z.strictObject({
    active_provider_id: z.string(),
    simple_captcha: z.strictObject({}),
    auth_challenge: z.strictObject({ fail_open: z.boolean() }),
    recaptcha_v2: z.strictObject({ site_key: z.string() }),
    recaptcha_enterprise: z.strictObject({ site_key: z.string(), project_id: z.string() }),
    hcaptcha: z.strictObject({ site_key: z.string() }),
    friendly_captcha: z.strictObject({ site_key: z.string() }),
    arkose: z.strictObject({
      site_key: z.string(),
      client_subdomain: z.string(),
      verify_subdomain: z.string(),
      fail_open: z.boolean(),
    }),
  }),
};

/** The two routes of a family. `merge`: what a change leaves of what was. */
function familyRoutes<F extends Family, Change>(
  family: F,
  name: string,
  change: z.ZodType<Change>,
  merge: (current: Shown<F>, change: Change) => Shown<F>,
): Route[] {
  const path = `/attack-protection/${name}`;
  const what = name.replaceAll('-', ' ');
  const answers = { 200: shapes[family].meta({ id: `AttackProtection${family[0]?.toUpperCase()}${family.slice(1)}` }) };
  const read = async ({ tenant }: Call<undefined, undefined>): Promise<Answer> => answer(shown[family](tenant));
  return [
    route({
      method: 'GET',
      path,
      scopes: ['read:attack_protection'],
      summary: `Get the settings of ${what}`,
      answers,
      handle: read,
    }),
    route({
      method: 'PATCH',
      path,
      scopes: ['update:attack_protection'],
      summary: `Update the settings of ${what}`,
      answers,
      body: change,
      async handle({ deps, tenant, body }) {
        const updated = await deps.store.tenants.update(tenant.id, (current) => ({
          ...current,
          attackProtection: { ...current.attackProtection, [family]: merge(shown[family](current), body) },
          updatedAt: deps.clock.now(),
        }));
        return typeof updated === 'string' ? NOT_FOUND.page : answer(shown[family](updated));
      },
    }),
  ];
}

export const attackProtectionRoutes: Route[] = [
  ...familyRoutes('bruteForce', 'brute-force-protection', bruteForce, given),
  ...familyRoutes('suspiciousIp', 'suspicious-ip-throttling', suspiciousIp, (current, { stage = {}, ...rest }) => ({
    ...given(current, rest),
    stage: given(current.stage, stage),
  })),
  ...familyRoutes(
    'breachedPassword',
    'breached-password-detection',
    breachedPassword,
    (current, { stage = {}, ...rest }) => ({
      ...given(current, rest),
      stage: {
        'pre-user-registration': given(current.stage['pre-user-registration'], stage['pre-user-registration'] ?? {}),
        'pre-change-password': given(current.stage['pre-change-password'], stage['pre-change-password'] ?? {}),
      },
    }),
  ),
  ...familyRoutes('botDetection', 'bot-detection', botDetection, mergeSettings),
  ...familyRoutes('captcha', 'captcha', captcha, (current, { active_provider_id: active, ...providers }) => {
    const open = Object.entries(providers).map(([name, settings]) => [name, withoutSecrets(settings ?? {})] as const);
    return mergeSettings(current, { active_provider_id: active, ...Object.fromEntries(open) });
  }),
];

/** What was given, over what was there. */
function given<T extends object>(current: T, change: { [K in keyof T]?: T[K] | undefined }): T {
  const set = Object.entries(change).filter(([, value]) => value !== undefined);
  return { ...current, ...Object.fromEntries(set) };
}

function withoutSecrets(settings: Record<string, string | boolean | undefined>): JsonObject {
  const open = Object.entries(settings).filter(
    (entry): entry is [string, string | boolean] =>
      entry[1] !== undefined && entry[0] !== 'secret' && entry[0] !== 'api_key',
  );
  return Object.fromEntries(open);
}
