// `api.redirect` and `api.prompt`: how a script sends the person elsewhere and knows them when they are back. An Action
// leaves once at most: for another site, or for a form.

import type { ApiMethod, Given } from '../trigger.ts';
import { isObject, isRecord, refuseBad, refuseMissing, textUpTo } from './complaints.ts';
import { readToken, signToken } from './session-token.ts';

export const FORM_ID_CHARACTERS = 48;
const FORM_ENTRIES = 24;
/** Of the options of a form, as JSON in UTF-8. */
export const FORM_OPTIONS_BYTES = 24 * 1024;
export const REDIRECT_CHARACTERS = 32 * 1024;
export const ONLY_ONE_RENDER = 'Only 1 render command per action is allowed.';
export const NO_REDIRECT_AND_RENDER = 'Redirect and render commands cannot be used in the same action.';

const TOKEN_SECONDS = 15 * 60;
const TOKEN_PARAMETER = 'session_token';
/** Protocols without a browser to redirect. */
const NO_BROWSER = ['oauth2-resource-owner', 'oauth2-refresh-token', 'oauth2-password', 'oauth2-webauthn'];

type Event = {
  request: { hostname: string; ip: string; query?: Record<string, unknown>; body?: Record<string, unknown> };
  transaction?: { protocol?: string };
  user: { user_id: string };
};

/** Throws unless the arguments are an address that a browser may be sent to, and options that are an object or absent. */
export function refuseUrl(method: string, [target, options]: unknown[], given: Given): void {
  const url = String(target);
  if (url.length > REDIRECT_CHARACTERS || !given.isUrl(url)) throw new TypeError('Invalid URL');
  if (!/^\s*https?:/i.test(url)) throw new TypeError(`The URL given to ${method} must be an http or https URL.`);
  if (options !== undefined && options !== null && !isObject(options))
    throw new TypeError(`The options of ${method} must be an object.`);
}

function checkUrl(args: unknown[], given: Given): void {
  if (given.memory.rendered) throw given.abort(NO_REDIRECT_AND_RENDER);
  refuseUrl('api.redirect.sendUserTo', args, given);
}

/** As `searchParams.set` would take it: keys and texts. */
export function queryOf(options: unknown): Record<string, string> {
  const query = isObject(options) && isObject(options.query) ? options.query : {};
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));
}

function encodeToken([options]: unknown[], given: Given): string {
  const { secret, payload, expiresInSeconds = TOKEN_SECONDS } = isObject(options) ? options : {};
  if (typeof secret !== 'string' || secret === '')
    throw new TypeError('The secret given to api.redirect.encodeToken must be a non-empty string.');
  if (payload !== undefined && !isObject(payload))
    throw new TypeError('The payload given to api.redirect.encodeToken must be an object.');
  if (typeof expiresInSeconds !== 'number' || !Number.isFinite(expiresInSeconds))
    throw new TypeError('The expiresInSeconds given to api.redirect.encodeToken must be a number.');
  const { request, user } = given.event as Event;
  const issuedAt = Math.floor(given.now() / 1000);
  const claims = {
    iat: issuedAt,
    iss: request.hostname,
    sub: user.user_id,
    exp: issuedAt + expiresInSeconds,
    ip: request.ip,
    ...payload,
  };
  return signToken(claims, secret);
}

function validateToken([options]: unknown[], given: Given): object {
  const { secret, tokenParameterName } = isObject(options) ? options : {};
  if (typeof secret !== 'string' || secret === '')
    throw new TypeError('The secret given to api.redirect.validateToken must be a non-empty string.');
  const parameter = String(tokenParameterName || TOKEN_PARAMETER);
  const { request, user } = given.event as Event;
  const parameters: Record<string, unknown> = { ...request.query, ...request.body };
  const token = Object.hasOwn(parameters, parameter) ? parameters[parameter] : undefined;
  if (!token)
    throw new Error(`There is no parameter called '${parameter}' available in either the POST body or query string.`);
  const result = readToken(token, secret, {
    now: given.now(),
    issuer: request.hostname,
    subject: user.user_id,
    state: parameters.state,
  });
  if (typeof result === 'string') throw new Error(`The session token is invalid: ${result}`);
  return result;
}

function canRedirect(event: unknown): boolean {
  const { request, transaction } = event as Partial<Event>;
  if (request?.query?.prompt === 'none') return false;
  return !NO_BROWSER.includes(transaction?.protocol || 'unknown-protocol');
}

export const redirect = (): ApiMethod[] => [
  {
    name: 'sendUserTo',
    takes: 2,
    returns: 'api',
    check: checkUrl,
    record: ([url, options]) => [String(url), { query: queryOf(options) }],
    live(_args, { memory }) {
      memory.redirected = true;
    },
  },
  { name: 'encodeToken', takes: 1, returns: 'value', answer: encodeToken },
  { name: 'validateToken', takes: 1, returns: 'value', answer: validateToken },
  { name: 'canRedirect', takes: 0, returns: 'value', answer: (_args, { event }) => canRedirect(event) },
];

const formId = textUpTo(FORM_ID_CHARACTERS);
const FIELD_NAME = /^[a-zA-Z_][a-zA-Z0-9_]{0,49}$/;

/** What is wrong with the fields or variables of a form; undefined when nothing is. */
export function entriesFault(kind: 'fields' | 'vars', entries: unknown): string | undefined {
  if (!isObject(entries)) return isRecord(entries);
  const names = Object.keys(entries);
  if (names.length > FORM_ENTRIES) return `must NOT have more than ${FORM_ENTRIES} properties`;
  if (kind === 'fields' && names.some((name) => !FIELD_NAME.test(name))) return 'must NOT have additional properties';
  return undefined;
}

function optionsFault(options: unknown): string | undefined {
  if (!isObject(options)) return isRecord(options);
  return Object.keys(options).some((key) => key !== 'fields' && key !== 'vars')
    ? 'must NOT have additional properties'
    : undefined;
}

function checkForm([promptId, asked]: unknown[], given: Given): void {
  if (given.memory.redirected) throw given.abort(NO_REDIRECT_AND_RENDER);
  if (given.memory.rendered) throw given.abort(ONLY_ONE_RENDER);
  const options = asked || {};
  refuseMissing('promptId', promptId);
  const { fields, vars } = isObject(options) ? options : {};
  refuseBad([
    ['promptId', promptId, formId],
    ['promptOptions', options, optionsFault],
    ['fields', fields, (value) => entriesFault('fields', value)],
    ['vars', vars, (value) => entriesFault('vars', value)],
  ]);
  if (given.bytesOf(JSON.stringify(options)) > FORM_OPTIONS_BYTES)
    throw new Error(`The total size of the prompt options exceeds the limit of ${FORM_OPTIONS_BYTES} bytes.`);
}

export const prompt = (): ApiMethod[] => [
  {
    name: 'render',
    takes: 2,
    returns: 'nothing',
    check: checkForm,
    record: ([id, options]) => [id, options || {}],
    live(_args, { memory }) {
      memory.rendered = true;
    },
  },
];
