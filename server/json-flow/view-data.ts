// Server, JSON flow: what somebody needs who draws the pages of a login: whose application asks for what, and which policy
// decides. Nothing in it says who the person is. Source: idp-server reference, §4.4.
import type { Context } from 'hono';
import type { ClientRecord, Json, JsonObject } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import { lookAt } from './read-login.ts';
import { send, unknownLogin } from './refusals.ts';

/** Parameters that mean something to us; the others are the application's own. */
const STANDARD: ReadonlySet<string> = new Set(
  [
    'response_type client_id redirect_uri scope state response_mode nonce display prompt max_age ui_locales',
    'claims_locales id_token_hint login_hint acr_values claims request request_uri registration audience',
    'code_challenge code_challenge_method dpop_jkt organization invitation connection',
  ].flatMap((line) => line.split(' ')),
);

/** What a client's own people are told of it. */
const CLIENT_LINKS = ['client_uri', 'logo_uri', 'contacts', 'tos_uri', 'policy_uri'] as const;

/** `GET …/{id}/view-data` */
export async function showView(c: Context<Env>, deps: Deps): Promise<Response> {
  const looked = await lookAt(c, deps);
  if (!looked.ok) return looked.answer;
  const { login, judged } = looked;
  const { request } = login;
  const client = await deps.store.clients.find(c.var.tenant.id, request.clientId);
  if (!client) return unknownLogin(c, c.req.param('id') ?? '');
  const custom = Object.entries(request.query).filter(([name]) => !STANDARD.has(name));
  return send(c, {
    status: 200,
    body: {
      client_id: client.id,
      client_name: client.name,
      ...linksOf(client),
      scopes: request.scope,
      // A session of a browser is not taken here: every login shows its factors.
      session_enabled: false,
      available_federations: [],
      custom_params: Object.fromEntries(custom),
      ...(judged.policy ? { authentication_policy: judged.policy as Json } : {}),
      ...(request.loginHint === undefined ? {} : { login_hint: request.loginHint }),
      ui_locales: request.uiLocales,
    },
  });
}

function linksOf({ settings }: ClientRecord): JsonObject {
  return Object.fromEntries(CLIENT_LINKS.map((name) => [name, settings[name] ?? null]));
}
