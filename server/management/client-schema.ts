// Management: what a client may be given. What the house acts on has a column of its record; the rest is kept under its
// wire name and given back.
import { z } from 'zod';
import type { ClientAppType, JsonObject } from '#storage/records.ts';
import { newCredential } from './client-credentials.ts';
import { clientLogout } from './client-logout.ts';
import { keptClientProperties } from './client-properties.ts';
import { jsonObject, mergeSettings, text, textMap } from './fields.ts';

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

export const APP_TYPES = [
  'native',
  'spa',
  'regular_web',
  'non_interactive',
  'resource_server',
  'express_configuration',
  'sso_integration',
  'rms',
  'box',
  'cloudbees',
  'concur',
  'dropbox',
  'mscrm',
  'echosign',
  'egnyte',
  'newrelic',
  'office365',
  'salesforce',
  'sentry',
  'sharepoint',
  'slack',
  'springcm',
  'zendesk',
  'zoom',
  'oag',
] as const satisfies readonly ClientAppType[];

const acted = {
  name: z
    .string()
    .regex(/^[^<>]+$/)
    .max(255),
  app_type: z.enum(APP_TYPES).optional(),
  callbacks: z.array(callback).max(100).optional(),
  grant_types: z.array(text(200)).max(50).optional(),
  token_endpoint_auth_method: z.enum(['none', 'client_secret_post', 'client_secret_basic']).nullable().optional(),
  client_metadata: textMap.optional(),
  client_secret: text(512).optional(),
  ...clientLogout,
};

/** A credential by its id; what else is said of it is not ours to change here. */
const named = z.object({ id: text(64) });

/** Ways to prove itself without a secret; the last two are mutual TLS, which is kept and not spoken. */
function keyed<T extends z.ZodType>(credential: T) {
  const credentials = z.strictObject({ credentials: z.array(credential).min(1).max(10) }).exactOptional();
  return {
    client_authentication_methods: z
      .strictObject({
        private_key_jwt: credentials,
        tls_client_auth: credentials,
        self_signed_tls_client_auth: credentials,
      })
      .refine((methods) => Object.keys(methods).length === 1, { message: 'A client proves itself in exactly one way' })
      .nullable()
      .optional(),
    signed_request_object: z
      .strictObject({ required: z.boolean().exactOptional(), credentials: z.array(credential).max(10).exactOptional() })
      .nullable()
      .optional(),
    token_vault_privileged_access: z
      .strictObject({
        credentials: z.array(credential).max(10).exactOptional(),
        ip_allowlist: z.array(text(64)).max(100).exactOptional(),
        grants: z.array(jsonObject).max(100).exactOptional(),
      })
      .nullable()
      .optional(),
  };
}

// A client that does not exist yet brings its keys along.
export const clientCreation = z.strictObject({ ...acted, ...keptClientProperties, ...keyed(newCredential) });
export type ClientCreation = z.output<typeof clientCreation>;

export const clientChange = z.strictObject({
  ...acted,
  ...keptClientProperties,
  ...keyed(named),
  name: acted.name.optional(),
  app_type: acted.app_type.nullable(),
});
export type ClientChange = z.output<typeof clientChange>;

/** Splits what was given into what the house acts on and what it keeps. */
export function splitKept<T extends Omit<ClientChange, keyof ReturnType<typeof keyed>>>(body: T) {
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

const SESSION_TRANSFER: JsonObject = {
  can_create_session_transfer_token: false,
  allowed_authentication_methods: [],
  enforce_device_binding: 'ip',
  allow_refresh_token: false,
  enforce_online_refresh_tokens: true,
  enforce_cascade_revocation: true,
};

/** What is kept after a change. Most properties are replaced whole; those two are changed part by part, as on the wire. */
export function keptAfter(current: JsonObject, given: Parameters<typeof mergeSettings>[1]): JsonObject {
  const { session_transfer: transfer, signed_request_object: requests } = given;
  return mergeSettings(current, {
    ...given,
    ...(isObject(transfer)
      ? { session_transfer: mergeSettings({ ...SESSION_TRANSFER, ...objectOf(current.session_transfer) }, transfer) }
      : {}),
    ...(isObject(requests)
      ? { signed_request_object: mergeSettings(objectOf(current.signed_request_object), requests) }
      : {}),
  });
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});
