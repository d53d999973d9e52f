// Server, protocol: what an authorization request may ask to be answered with, and how (OAuth 2.0 Multiple Response Type
// Encoding Practices).
import type { Protocol, ResponseMode, ResponseType } from '#runtime/transaction/transaction.ts';

/** As discovery lists them. The order of the words in a request means nothing. */
export const RESPONSE_TYPES = [
  'code',
  'token',
  'id_token',
  'code token',
  'code id_token',
  'token id_token',
  'code token id_token',
] as const;

export const RESPONSE_MODES: readonly ResponseMode[] = ['query', 'fragment', 'form_post', 'web_message'];

const WORDS: readonly ResponseType[] = ['code', 'token', 'id_token'];

/** The response types that a text names; undefined where it names anything else, or one of them twice. */
export function readResponseTypes(text: string): ResponseType[] | undefined {
  const words = text.split(' ');
  const named = WORDS.filter((word) => words.includes(word));
  return named.length === words.length && named.length > 0 ? named : undefined;
}

/** What is handed out by the browser, which must not stand in the query of an address: servers write those down. */
export function inFrontChannel(types: readonly ResponseType[]): boolean {
  return types.some((type) => type !== 'code');
}

/** The mode when the request names none, and for telling of one that cannot be used. */
export function defaultResponseMode(types: readonly ResponseType[]): ResponseMode {
  return inFrontChannel(types) ? 'fragment' : 'query';
}

/** How scripts know the login: `event.transaction.protocol`. */
export function protocolOf(types: readonly ResponseType[]): Protocol {
  if (!inFrontChannel(types)) return 'oidc-basic-profile';
  return types.includes('code') ? 'oidc-hybrid-profile' : 'oidc-implicit-profile';
}
