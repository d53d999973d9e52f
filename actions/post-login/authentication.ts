// `api.authentication` and `api.multifactor`: which proof a script asks for, and whose login it is.

import { MFA_PROVIDERS } from '../post-login-command.ts';
import type { ApiMethod, Given } from '../trigger.ts';
import { isObject } from './complaints.ts';

export const USER_ID_CHARACTERS = 128;
export const METHOD_URL_CHARACTERS = 2048;

function checkFactor(method: string, factor: unknown): void {
  if (!isObject(factor) || typeof factor.type !== 'string') {
    throw new TypeError(`${method} takes factors such as { type: 'otp' }.`);
  }
  const { options } = factor;
  if (options !== undefined && options !== null && !isObject(options)) {
    throw new TypeError(`The options of a factor of ${method} must be an object.`);
  }
}

function checkFactors(method: string, factors: unknown): void {
  if (!Array.isArray(factors)) throw new TypeError(`${method} takes an array of factors such as [{ type: 'otp' }].`);
  for (const factor of factors) checkFactor(method, factor);
}

/** A method that takes one factor as the default, and others beside it. */
const withOne = (name: string): ApiMethod => ({
  name,
  takes: 2,
  returns: 'nothing',
  check([factor, options]) {
    const method = `api.authentication.${name}`;
    checkFactor(method, factor);
    if (options === undefined || options === null) return;
    if (!isObject(options)) throw new TypeError(`The options of ${method} must be an object.`);
    if (options.additionalFactors !== undefined && options.additionalFactors !== null) {
      checkFactors(`additionalFactors of ${method}`, options.additionalFactors);
    }
  },
});

/** A method that takes a list of which any one will do. */
const withAny = (name: string): ApiMethod => ({
  name,
  takes: 1,
  returns: 'nothing',
  check: ([factors]) => checkFactors(`api.authentication.${name}`, factors),
});

function checkUrl([url]: unknown[], given: Given): void {
  if (typeof url === 'string' && url.length <= METHOD_URL_CHARACTERS && /^https?:\/\//i.test(url) && given.isUrl(url))
    return;
  throw new TypeError('api.authentication.recordMethod takes the http or https URL of what the user proved.');
}

function checkPrimary([id]: unknown[], { memory }: Given): void {
  if (memory.primaryUser !== undefined) throw new Error('The primary user can only be altered once per transaction');
  if (typeof id !== 'string' || id === '') throw new Error('The provided primary_user_id must be a non-empty string');
  if (id.length > USER_ID_CHARACTERS) throw new Error('The provided primary_user_id exceeds the maximum length.');
}

export const authentication = (): ApiMethod[] => [
  withOne('challengeWith'),
  withAny('challengeWithAny'),
  withOne('enrollWith'),
  withAny('enrollWithAny'),
  { name: 'recordMethod', takes: 1, returns: 'api', check: checkUrl },
  {
    name: 'setPrimaryUser',
    takes: 1,
    returns: 'nothing',
    check: checkPrimary,
    live([id], { memory }) {
      memory.primaryUser = id;
    },
  },
];

function checkProvider([provider, options]: unknown[]): void {
  if (!MFA_PROVIDERS.some((known) => known === provider))
    throw new TypeError(`The provider given to api.multifactor.enable must be one of ${MFA_PROVIDERS.join(', ')}.`);
  if (options !== undefined && options !== null && !isObject(options))
    throw new TypeError('The options of api.multifactor.enable must be an object.');
}

export const multifactor = (): ApiMethod[] => [
  {
    name: 'enable',
    takes: 2,
    returns: 'api',
    check: checkProvider,
    // Options of a provider hold its keys: they have no meaning here and are not to be kept anywhere.
    record: ([provider, options]) => [
      provider,
      { allowRememberBrowser: isObject(options) && options.allowRememberBrowser === true },
    ],
  },
];
