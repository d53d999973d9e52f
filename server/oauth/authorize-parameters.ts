// Server, protocol: the formats of the parameters of /authorize, in one table. What does not fit is refused before
// anything is looked up. Parameters that the table does not know are ignored by the protocol.
import type { ResponseMode } from '#runtime/transaction/transaction.ts';
import type { Parameters } from '../request.ts';
import { RESPONSE_MODES } from './response-type.ts';

/** `undefined`: it fits. Otherwise what the parameter has to be. */
type Format = (value: string) => string | undefined;

const matches =
  (pattern: RegExp, expected: string): Format =>
  (value) =>
    pattern.test(value) ? undefined : expected;

/** RFC 6749 §3.3 and appendix A.5: visible ASCII without quote and backslash. */
const TEXT = /^[\x20-\x7e]*$/;

export const PROMPTS = ['none', 'login', 'consent', 'select_account'];

function prompt(value: string): string | undefined {
  const asked = value.split(' ');
  if (!asked.every((one) => PROMPTS.includes(one)) || new Set(asked).size !== asked.length) {
    return `must be of ${PROMPTS.join(', ')}`;
  }
  // OpenID Connect Core §3.1.2.1: none stands alone.
  return asked.includes('none') && asked.length > 1 ? 'cannot hold none and something else' : undefined;
}

const FORMATS: Record<string, Format> = {
  response_mode: (value) => (isResponseMode(value) ? undefined : `must be of ${RESPONSE_MODES.join(', ')}`),
  scope: matches(
    /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/,
    'must be scopes with one space between them',
  ),
  state: matches(/^[\x20-\x7e]{1,4096}$/, 'must be at most 4096 printable ASCII characters'),
  nonce: matches(/^.{1,1024}$/s, 'must be at most 1024 characters'),
  prompt,
  audience: matches(/^[\x21-\x7e]{1,600}$/, 'must be the identifier of an API'),
  max_age: matches(/^\d{1,9}$/, 'must be a whole number of seconds'),
  // RFC 7636 §4.2: S256 always gives 43 characters.
  code_challenge: matches(/^[A-Za-z0-9_-]{43}$/, 'must be 43 characters of base64url'),
  code_challenge_method: matches(/^S256$/, 'must be S256'),
  // RFC 9449 §10: a SHA-256 thumbprint.
  dpop_jkt: matches(/^[A-Za-z0-9_-]{43}$/, 'must be 43 characters of base64url'),
  login_hint: matches(/^.{1,320}$/s, 'must be at most 320 characters'),
  ui_locales: matches(/^[A-Za-z0-9-]{1,35}( [A-Za-z0-9-]{1,35}){0,19}$/, 'must be at most 20 language tags'),
  acr_values: matches(/^[\x21-\x7e]+( [\x21-\x7e]+)*$/, 'must be values with one space between them'),
  organization: matches(/^[A-Za-z0-9_-]{1,50}$/, 'must be the id or the name of an organization'),
  id_token_hint: matches(/^[\w-]+\.[\w-]+\.[\w-]+$/, 'must be an id_token'),
  invitation: matches(/^[A-Za-z0-9_-]{1,200}$/, 'must be the ticket of an invitation'),
  connection: matches(/^[A-Za-z0-9_-]{1,128}$/, 'must be the name of a connection'),
  screen_hint: matches(/^[\x21-\x7e]{1,100}$/, 'must be the name of a screen'),
};

/** RFC 6749 §4.1.2.1 has a word of its own for some. */
const ERRORS: Record<string, string> = { scope: 'invalid_scope' };

export type BadParameter = { error: string; description: string };

/** The first parameter that does not fit. */
export function checkFormats(parameters: Parameters): BadParameter | undefined {
  for (const [name, format] of Object.entries(FORMATS)) {
    const value = parameters[name];
    const expected = value === undefined ? undefined : format(value);
    if (expected === undefined) continue;
    return { error: ERRORS[name] ?? 'invalid_request', description: `Parameter ${name} ${expected}` };
  }
  return undefined;
}

export function isResponseMode(value: string | undefined): value is ResponseMode {
  return RESPONSE_MODES.some((mode) => mode === value);
}

/** Whether a text can be sent back: a `state` that does not fit its format is not. */
export function fits(name: 'state', value: string | undefined): boolean {
  return value !== undefined && FORMATS[name]?.(value) === undefined && TEXT.test(value);
}
