// Management: settings of a tenant that are kept under their wire names and given back; null takes one away. What is
// understood of them must be well formed.
import { z } from 'zod';
import { jsonObject, text, wholeNumber } from './fields.ts';

const url = z.string().max(2048);
const page = z.string().max(500_000);
const flag = z.boolean();
const hours = z.number().gt(0).max(8760);
const minutes = wholeNumber(1, 525_600);

const tenantProperties = {
  ephemeral_session_lifetime: hours,
  ephemeral_session_lifetime_in_minutes: minutes,
  idle_ephemeral_session_lifetime: hours,
  idle_ephemeral_session_lifetime_in_minutes: minutes,
  picture_url: url,
  support_email: z.string().max(254),
  support_url: url,
  default_redirection_uri: url,
  allowed_logout_urls: z.array(text(2048)).max(100),
  sandbox_version: z.string().max(8),
  legacy_sandbox_version: z.string().max(8),
  acr_values_supported: z.array(text(255)).max(100),
  change_password: z.strictObject({ enabled: z.boolean().exactOptional(), html: page.exactOptional() }),
  guardian_mfa_page: z.strictObject({ enabled: z.boolean().exactOptional(), html: page.exactOptional() }),
  error_page: z.strictObject({
    html: page.nullable().exactOptional(),
    show_log_link: z.boolean().nullable().exactOptional(),
    url: url.nullable().exactOptional(),
  }),
  device_flow: z.strictObject({
    charset: z.enum(['base20', 'digits']).exactOptional(),
    mask: z.string().max(40).exactOptional(),
  }),
  sessions: z.strictObject({ oidc_logout_prompt_enabled: z.boolean().nullable().exactOptional() }),
  oidc_logout: z.strictObject({ rp_logout_end_session_endpoint_discovery: z.boolean().exactOptional() }),
  mtls: z.strictObject({ enable_endpoint_aliases: z.boolean().exactOptional() }),
  country_codes: z.strictObject({
    list: z.array(z.string().regex(/^[A-Z]{2}$/)).max(250),
    mode: z.enum(['allow', 'deny']),
  }),
  default_token_quota: z.strictObject({
    clients: jsonObject.exactOptional(),
    organizations: jsonObject.exactOptional(),
  }),
  security_headers: jsonObject,
  allow_organization_name_in_authentication_api: flag,
  pushed_authorization_requests_supported: flag,
  authorization_response_iss_parameter_supported: flag,
  skip_non_verifiable_callback_uri_confirmation_prompt: flag,
  phone_consolidated_experience: flag,
  client_id_metadata_document_supported: flag,
  enable_ai_guide: flag,
  resource_parameter_profile: z.enum(['audience', 'compatibility']),
  dynamic_client_registration_security_mode: z.enum(['strict', 'permissive']),
};

type Properties = typeof tenantProperties;

/** Each may be left out, or taken away by null. */
export const tenantPropertyChanges = Object.fromEntries(
  Object.entries(tenantProperties).map(([name, schema]) => [name, schema.nullable().optional()]),
) as { [Name in keyof Properties]: z.ZodOptional<z.ZodNullable<Properties[Name]>> };

/** As they are given back. */
export const tenantPropertyShapes = Object.fromEntries(
  Object.entries(tenantProperties).map(([name, schema]) => [name, (schema as z.ZodType).optional()]),
) as { [Name in keyof Properties]: z.ZodOptional<Properties[Name]> };
