// Management: what a route answers, and the envelope of every refusal. Source: mfa-wire reference, section 4.2.
import { STATUS_CODES } from 'node:http';

export type Refusal = {
  ok: false;
  status: number;
  message: string;
  errorCode?: string;
  attributes?: { error: string };
};
export type Answer =
  | {
      ok: true;
      status: 200 | 201 | 202 | 204;
      body?: unknown;
      /** An answer that goes on, instead of a body. */
      stream?: ReadableStream<Uint8Array>;
      headers?: Record<string, string>;
    }
  | Refusal;

export const answer = (body: unknown, headers: Record<string, string> = {}): Answer => ({
  ok: true,
  status: 200,
  body,
  headers,
});
export const created = (body: unknown): Answer => ({ ok: true, status: 201, body });
/** Taken on; there is nothing to show. */
export const accepted = (): Answer => ({ ok: true, status: 202 });
export const empty = (): Answer => ({ ok: true, status: 204 });

export function refuse(status: number, message: string, errorCode?: string): Refusal {
  return { ok: false, status, message, ...(errorCode === undefined ? {} : { errorCode }) };
}

/** The request is well formed, but cannot be done: the wire's usual code for that. */
export const invalidBody = (message: string): Refusal => refuse(400, message, 'invalid_body');

/** Texts and codes of what is not there; the codes are often absent on the wire. */
export const NOT_FOUND = {
  action: refuse(404, 'That action does not exist.'),
  version: refuse(404, 'That action version does not exist.'),
  execution: refuse(404, 'That execution does not exist.'),
  login: refuse(404, 'Nothing is known of such a login, or no longer.', 'inexistent_login'),
  trigger: refuse(404, 'That trigger does not exist.'),
  method: refuse(404, 'The authentication method does not exist.', 'inexistent_authentication_method'),
  credential: refuse(404, 'The credential does not exist.', 'inexistent_credential'),
  client: refuse(404, 'The client does not exist', 'inexistent_client'),
  grant: refuse(404, 'The grant does not exist.', 'inexistent_client_grant'),
  connection: refuse(404, 'The connection does not exist', 'inexistent_connection'),
  resourceServer: refuse(404, 'The resource server does not exist', 'inexistent_resource_server'),
  refreshToken: refuse(404, 'The refresh token does not exist.', 'inexistent_refresh_token'),
  role: refuse(404, 'The role does not exist.'),
  user: refuse(404, 'The user does not exist.', 'inexistent_user'),
  organization: refuse(404, 'No organization found by that id or name'),
  discoveryDomain: refuse(404, 'No organization domain found by that id'),
  organizationConnection: refuse(404, 'No connection found by that id'),
  invitation: refuse(404, 'The invitation does not exist.', 'inexistent_invitation'),
  job: refuse(404, 'The job does not exist.', 'inexistent_job'),
  session: refuse(404, 'The session does not exist.', 'inexistent_session'),
  group: refuse(404, 'The group does not exist.', 'inexistent_group'),
  theme: refuse(404, 'There was an error retrieving branding settings: invalid theme ID', 'theme_not_found'),
  pageTemplate: refuse(404, 'Template does not exist.', 'inexistent_templates_universal_login'),
  notification: refuse(404, 'Notification Resource not found'),
  emailProvider: refuse(404, 'There is not a configured email provider', 'inexistent_email_provider'),
  emailTemplate: refuse(404, 'The template does not exist.', 'inexistent_email_template'),
  form: refuse(404, 'The form does not exist.', 'inexistent_form'),
  logStream: refuse(404, 'The log stream does not exist.'),
  log: refuse(404, 'The log does not exist.', 'inexistent_log'),
  signingKey: refuse(404, 'The signing key does not exist.', 'inexistent_signing_key'),
  tokenExchangeProfile: refuse(404, 'The token exchange profile does not exist.', 'inexistent_token_exchange_profile'),
  page: refuse(404, 'Not Found'),
} as const;

/** The body of a refusal. */
export function envelope({ status, message, errorCode, attributes }: Refusal) {
  return {
    statusCode: status,
    error: STATUS_CODES[status] ?? 'Error',
    message,
    ...(attributes === undefined ? {} : { attributes }),
    ...(errorCode === undefined ? {} : { errorCode }),
  };
}
