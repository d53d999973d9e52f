// Server, passwordless: where a link leads that was mailed, and where an application sends a browser with a code that was
// typed into it. Opening the address uses nothing up, because scanners of mail open links too, and nobody is logged in by
// an address that somebody else made them open: the button on the page does it. From there the login is one like any other.
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { LoginRequest } from '#runtime/transaction/transaction.ts';
import type { ClientRecord, ConnectionRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import { show } from '../door.ts';
import { ensureBinding } from '../hosted/binding.ts';
import { errorPage } from '../hosted/error-page.ts';
import { hostedDoor } from '../hosted/hosted.ts';
import { chooseLanguage } from '../hosted/language.ts';
import { isOwnForm } from '../hosted/own-form.ts';
import { sendPage } from '../hosted/page.ts';
import { source } from '../hosted/show-screen.ts';
import { speak } from '../hosted/speak.ts';
import { spokenBy, voiceAt } from '../hosted/voice.ts';
import { answerClient } from '../oauth/answer-client.ts';
import { checkAuthorizationRequest } from '../oauth/authorization-request.ts';
import type { ReturnAddress } from '../oauth/callback.ts';
import { PASSWORDLESS_GRANT, refusedCode, sendsCodes, wrongCode } from '../oauth/passwordless-grant.ts';
import { leave } from '../oauth/resume.ts';
import { type Parameters, readFormValues, readQuery } from '../request.ts';

type Followed =
  | {
      ok: true;
      client: ClientRecord;
      connection: ConnectionRecord;
      address: string;
      code: string;
      request: LoginRequest;
    }
  | { ok: false; to: 'page'; reason: string }
  | { ok: false; to: 'client'; address: ReturnAddress; error: string; description: string };

/** `GET /passwordless/verify_redirect` */
export async function showLink(c: Context<Env>, deps: Deps): Promise<Response> {
  const link = await readLink(c, deps);
  if (!link.ok) return refuse(c, deps, link);
  const { client, address, request } = link;
  const at = { prompt: 'login', name: 'login' } as const;
  const voice = await voiceAt(c, at, { locale: request.locale, clientName: client.name });
  const say = speak(voice, 'login', 'login');
  // Browsers ask the policy of this page whether the redirect that answers its form may leave.
  const target = source('redirectUri' in request.reply ? request.reply.redirectUri : undefined);
  const { pathname, search } = new URL(c.req.url);
  return sendPage(c, {
    status: 200,
    ...spokenBy(voice),
    formTargets: target === undefined ? [] : [target],
    body: html`<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
<p class="fine"><bdi>${address}</bdi></p>
<form method="post" action="${pathname}${search}">
<button type="submit" name="action" value="default" autofocus>${say('buttonText')}</button>
</form>`,
  });
}

/** `POST /passwordless/verify_redirect`, by the button. */
export async function followLink(c: Context<Env>, deps: Deps): Promise<Response> {
  if (!isOwnForm(c)) return errorPage(c, { status: 403, key: 'foreign-form' });
  const body = await readFormValues(c);
  if (!body.ok) return errorPage(c, { status: body.problem === 'too-large' ? 413 : 400, key: 'bad-request' });
  const link = await readLink(c, deps);
  if (!link.ok) return refuse(c, deps, link);
  const { request, connection, address, code } = link;
  const { tenant, caller } = c.var;
  const binding = ensureBinding(c, deps);
  const shown = await deps.runtime.begin(
    tenant,
    {
      door: 'hosted',
      selection: 'server',
      binding,
      request,
      input: { kind: 'presented', connection: connection.name, address, code },
    },
    caller,
  );
  if (shown.notice && shown.login.state.name === 'identifying') {
    const { error, description } = refusedCode(shown.notice, wrongCode(connection));
    // RFC 6749 §4.1.2.1 knows no `invalid_grant` here: nobody was let in.
    const said = error === 'invalid_grant' ? 'access_denied' : error;
    return answerClient({ c, deps }, request.reply, { error: said, error_description: description });
  }
  if (shown.login.state.name === 'completed') return leave(c, deps, { key: shown.key, binding });
  return show(hostedDoor, { c, deps }, shown);
}

/** What stands in the address: who it is, and a request for authorization, which is believed as little as any other. */
async function readLink(c: Context<Env>, deps: Deps): Promise<Followed> {
  const { tenant } = c.var;
  const query = readQuery(c);
  if (!query.ok) return page('name' in query ? `Parameter ${query.name} was sent more than once` : 'It cannot be read');
  const { verification_code: code, phone_number: phoneNumber, email, ...sent } = query.parameters;
  if (sent.client_id === undefined) return page('Missing required parameter: client_id');
  if (code === undefined) return page('Missing required parameter: verification_code');
  const client = await deps.store.clients.find(tenant.id, sent.client_id);
  if (!client?.grantTypes.includes(PASSWORDLESS_GRANT)) return page('Unknown client');
  const connection = await deps.store.connections.findByKey(tenant.id, sent.connection ?? '');
  if (!connection || !sendsCodes(connection) || !connection.enabledClients.includes(client.id)) {
    return page('Unknown connection');
  }
  const address = connection.strategy === 'sms' ? phoneNumber : email;
  if (address === undefined) {
    return page(`Missing required parameter: ${connection.strategy === 'sms' ? 'phone_number' : 'email'}`);
  }
  // A pushed request is taken by whoever opens it first, and opening a link uses nothing up.
  if (sent.request_uri !== undefined) return page('A link holds no request_uri');
  const parameters: Parameters = { response_type: 'code', ...sent };
  const checked = await checkAuthorizationRequest(deps, tenant, { ok: true, parameters }, (uiLocales) =>
    chooseLanguage(tenant.enabledLocales, uiLocales, c.req.header('accept-language')),
  );
  return checked.ok ? { ok: true, client, connection, address, code, request: checked.request } : checked;
}

const page = (reason: string): Followed => ({ ok: false, to: 'page', reason });

function refuse(c: Context<Env>, deps: Deps, link: Extract<Followed, { ok: false }>): Response | Promise<Response> {
  return link.to === 'page'
    ? errorPage(c, { status: 400, key: 'bad-application', reason: link.reason })
    : answerClient({ c, deps }, link.address, { error: link.error, error_description: link.description });
}
