// Management: properties of a client that the house keeps under their wire names and gives back, so that tools which manage
// whole clients find them as they left them. What is understood of them must be well formed; null takes one away.
import { z } from 'zod';
import { TOKEN_ALGORITHMS } from '../oauth/token-signature.ts';
import { jsonObject, text, wholeNumber } from './fields.ts';

/** Whoever could change a key set on its way to us would be the client. */
const keySetAddress = z
  .string()
  .max(2048)
  .superRefine((value, context) => {
    const url = URL.parse(value);
    const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
    if (isSafe && url?.username === '' && url.password === '' && url.hash === '') return;
    context.addIssue({ code: 'invalid_format', format: 'key-set-url', input: value });
  });
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

const flag = z.boolean();
const address = z.string().max(2048);
const texts = z.array(address).max(100);
const page = z.string().max(100_000);

const jwtConfiguration = z.strictObject({
  alg: z.enum(TOKEN_ALGORITHMS).exactOptional(),
  lifetime_in_seconds: wholeNumber(1, 2_592_000).exactOptional(),
  secret_encoded: z.boolean().exactOptional(),
  scopes: jsonObject.exactOptional(),
});

/** Seconds. Five years are the longest life. */
const life = wholeNumber(1, 157_788_000).exactOptional();

const refreshToken = z
  .strictObject({
    rotation_type: z.enum(['rotating', 'non-rotating']),
    expiration_type: z.enum(['expiring', 'non-expiring']),
    leeway: wholeNumber(0, 60).exactOptional(),
    token_lifetime: life,
    infinite_token_lifetime: z.boolean().exactOptional(),
    idle_token_lifetime: life,
    infinite_idle_token_lifetime: z.boolean().exactOptional(),
    policies: z
      .array(z.strictObject({ audience: text(600), scope: z.array(text(280)).max(1000) }))
      .max(100)
      .nullable()
      .exactOptional(),
  })
  .superRefine(({ rotation_type, expiration_type }, context) => {
    if (rotation_type !== 'rotating' || expiration_type === 'expiring') return;
    const message = 'Rotating refresh tokens must have expiration_type expiring';
    context.addIssue({ code: 'custom', path: ['expiration_type'], message, input: expiration_type });
  });

const switched = z.strictObject({ enabled: z.boolean().exactOptional() }).exactOptional();
const nativeSocialLogin = z.strictObject({ apple: switched, facebook: switched, google: switched });

const mobile = z.strictObject({
  android: z
    .strictObject({
      app_package_name: address.exactOptional(),
      sha256_cert_fingerprints: texts.exactOptional(),
    })
    .exactOptional(),
  ios: z
    .strictObject({ team_id: address.exactOptional(), app_bundle_identifier: address.exactOptional() })
    .exactOptional(),
});

const sessionTransfer = z.strictObject({
  can_create_session_transfer_token: z.boolean().exactOptional(),
  enforce_cascade_revocation: z.boolean().exactOptional(),
  allowed_authentication_methods: z
    .array(z.enum(['cookie', 'query']))
    .max(2)
    .exactOptional(),
  enforce_device_binding: z.enum(['none', 'ip', 'asn']).exactOptional(),
  allow_refresh_token: z.boolean().exactOptional(),
  enforce_online_refresh_tokens: z.boolean().exactOptional(),
  delegation: jsonObject.nullable().exactOptional(),
});

const tokenExchange = z.strictObject({
  allow_any_profile_of_type: z
    .array(z.enum(['custom_authentication', 'on_behalf_of_token_exchange']))
    .max(2)
    .exactOptional(),
});

const quota = z.strictObject({
  enforce: z.boolean().exactOptional(),
  per_day: wholeNumber(1, 2_147_483_647).exactOptional(),
  per_hour: wholeNumber(1, 2_147_483_647).exactOptional(),
});

const keptProperties = {
  description: z.string().max(140),
  logo_uri: address,
  is_first_party: flag,
  is_token_endpoint_ip_header_trusted: flag,
  oidc_conformant: flag,
  sso: flag,
  sso_disabled: flag,
  cross_origin_auth: flag,
  cross_origin_authentication: flag,
  cross_origin_loc: address,
  custom_login_page: page,
  custom_login_page_on: flag,
  custom_login_page_preview: page,
  form_template: page,
  initiate_login_uri: address,
  jwt_configuration: jwtConfiguration,
  id_token_signed_response_alg: z.enum(TOKEN_ALGORITHMS),
  refresh_token: refreshToken,
  encryption_key: z.strictObject({
    pub: page.exactOptional(),
    cert: page.exactOptional(),
    subject: address.exactOptional(),
  }),
  addons: jsonObject,
  mobile,
  native_social_login: nativeSocialLogin,
  fedcm_login: jsonObject,
  session_transfer: sessionTransfer,
  token_exchange: tokenExchange,
  token_quota: z.strictObject({ client_credentials: quota.exactOptional() }),
  default_organization: z.strictObject({
    organization_id: text(64),
    flows: z
      .array(z.enum(['client_credentials']))
      .min(1)
      .max(1),
  }),
  allowed_clients: texts,
  allowed_logout_urls: texts,
  allowed_origins: texts,
  web_origins: texts,
  client_aliases: texts,
  async_approval_notification_channels: z
    .array(z.enum(['guardian-push', 'email', 'sms']))
    .min(1)
    .max(3),
  organization_usage: z.enum(['deny', 'allow', 'require']),
  organization_require_behavior: z.enum(['no_prompt', 'pre_login_prompt', 'post_login_prompt']),
  organization_discovery_methods: z
    .array(z.enum(['email', 'organization_name']))
    .min(1)
    .max(2),
  // Ours: false switches the JSON flow off for the client.
  json_flow: flag,
  require_pushed_authorization_requests: flag,
  require_proof_of_possession: flag,
  require_signed_request_object: flag,
  jwks_uri: keySetAddress,
  jwks: z.strictObject({ keys: z.array(jsonObject).min(1).max(20) }),
  redirection_policy: z.enum(['allow_always', 'open_redirect_protection']),
  third_party_security_mode: z.enum(['strict', 'permissive']),
  compliance_level: z.enum([
    'none',
    'fapi1_adv_pkj_par',
    'fapi1_adv_mtls_par',
    'fapi2_sp_pkj_mtls',
    'fapi2_sp_mtls_mtls',
  ]),
  resource_server_identifier: z.string().max(600),
  express_configuration: jsonObject,
  my_organization_configuration: jsonObject,
  identity_assertion_authorization_grant: jsonObject,
  skip_non_verifiable_callback_uri_confirmation_prompt: flag,
};

type Properties = typeof keptProperties;

/** Each may be left out, or taken away by null. */
export const keptClientProperties = Object.fromEntries(
  Object.entries(keptProperties).map(([name, schema]) => [name, schema.nullable().optional()]),
) as { [Name in keyof Properties]: z.ZodOptional<z.ZodNullable<Properties[Name]>> };

/** As they are given back. */
export const shownClientProperties = Object.fromEntries(
  Object.entries(keptProperties).map(([name, schema]) => [name, (schema as z.ZodType).optional()]),
) as { [Name in keyof Properties]: z.ZodOptional<Properties[Name]> };
