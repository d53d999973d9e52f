// Management: what a client may be given. What the house acts on has a column of its record; the rest is kept under its
// wire name and given back, so that tools which manage whole clients find them as they left them.
import { z } from 'zod';
import { TOKEN_ALGORITHMS } from '../oauth/token-signature.ts';
import { newCredential } from './client-credentials.ts';
import { clientLogout } from './client-logout.ts';
import { jsonObject, text, textMap, wholeNumber } from './fields.ts';

/** Schemes in which an address is a program. */
const PROGRAMS = new Set(['javascript:', 'data:', 'vbscript:']);

export const callback = z
  .string()
  .max(2048)
  .superRefine((value, context) => {
    const url = URL.parse(value);
    if (url && !PROGRAMS.has(url.protocol) && url.hash === '') return;
    context.addIssue({ code: 'invalid_format', format: 'callback-url', input: value });
  });

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

/** A credential by its id; what else is said of it is not ours to change here. */
const named = z.object({ id: text(64) });

const texts = z.array(z.string().max(2048)).max(100).optional();
const flag = z.boolean().optional();
const object = jsonObject.nullable().optional();

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

const acted = {
  name: z
    .string()
    .regex(/^[^<>]+$/)
    .max(255),
  app_type: z.enum(['native', 'spa', 'regular_web', 'non_interactive']).optional(),
  callbacks: z.array(callback).max(100).optional(),
  grant_types: z.array(text(200)).max(50).optional(),
  token_endpoint_auth_method: z.enum(['none', 'client_secret_post', 'client_secret_basic']).optional(),
  client_metadata: textMap.optional(),
  client_secret: text(512).optional(),
  ...clientLogout,
};

const kept = {
  description: z.string().max(140).optional(),
  logo_uri: z.string().max(2048).optional(),
  is_first_party: flag,
  is_token_endpoint_ip_header_trusted: flag,
  oidc_conformant: flag,
  sso: flag,
  sso_disabled: flag,
  cross_origin_auth: flag,
  cross_origin_authentication: flag,
  cross_origin_loc: z.string().max(2048).nullable().optional(),
  custom_login_page: z.string().max(100_000).optional(),
  custom_login_page_on: flag,
  custom_login_page_preview: z.string().max(100_000).optional(),
  form_template: z.string().max(100_000).optional(),
  initiate_login_uri: z.string().max(2048).optional(),
  jwt_configuration: jwtConfiguration.nullable().optional(),
  id_token_signed_response_alg: z.enum(TOKEN_ALGORITHMS).nullable().optional(),
  refresh_token: refreshToken.nullable().optional(),
  encryption_key: object,
  addons: object,
  mobile: object,
  native_social_login: object,
  session_transfer: object,
  token_exchange: object,
  token_quota: object,
  default_organization: object,
  allowed_clients: texts,
  allowed_logout_urls: texts,
  allowed_origins: texts,
  web_origins: texts,
  client_aliases: texts,
  async_approval_notification_channels: texts.nullable(),
  organization_usage: z.enum(['deny', 'allow', 'require']).nullable().optional(),
  organization_require_behavior: z.enum(['no_prompt', 'pre_login_prompt', 'post_login_prompt']).nullable().optional(),
  organization_discovery_methods: texts.nullable(),
  // Ours: false switches the JSON flow off for the client.
  json_flow: flag,
  require_pushed_authorization_requests: flag,
  require_proof_of_possession: flag,
  require_signed_request_object: flag,
  client_authentication_methods: z
    .strictObject({ private_key_jwt: z.strictObject({ credentials: z.array(named).min(1).max(10) }) })
    .nullable()
    .optional(),
  jwks_uri: keySetAddress.nullable().optional(),
  jwks: z
    .strictObject({ keys: z.array(jsonObject).min(1).max(20) })
    .nullable()
    .optional(),
  redirection_policy: z.enum(['allow_always', 'open_redirect_protection']).nullable().optional(),
  third_party_security_mode: z.enum(['strict', 'permissive']).nullable().optional(),
  compliance_level: z.string().max(100).nullable().optional(),
  resource_server_identifier: z.string().max(600).optional(),
  skip_non_verifiable_callback_uri_confirmation_prompt: z.boolean().nullable().optional(),
};

export const clientCreation = z.strictObject({
  ...acted,
  ...kept,
  // A client that does not exist yet brings its keys along.
  client_authentication_methods: z
    .strictObject({ private_key_jwt: z.strictObject({ credentials: z.array(newCredential).min(1).max(10) }) })
    .optional(),
});
export const clientChange = z.strictObject({
  ...acted,
  ...kept,
  name: acted.name.optional(),
  app_type: acted.app_type.nullable(),
  token_endpoint_auth_method: acted.token_endpoint_auth_method.nullable(),
});

/** Splits what was given into what the house acts on and what it keeps. */
export function splitKept<T extends z.output<typeof clientChange>>(body: T) {
  const {
    name,
    app_type,
    callbacks,
    grant_types,
    token_endpoint_auth_method,
    client_metadata,
    client_secret,
    oidc_logout,
    oidc_backchannel_logout,
    ...rest
  } = body;
  return {
    given: { name, app_type, callbacks, grant_types, token_endpoint_auth_method, client_metadata, client_secret },
    logout: { oidc_logout, oidc_backchannel_logout },
    rest,
  };
}
