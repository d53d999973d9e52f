// The contract of the custom-token-exchange trigger, version 1: what a script may export and which parts its `api` has.
// It says whose a token from elsewhere is. Nobody is there, so nothing in it pauses; post-login runs after it.

import { actorFault } from './custom-token-exchange-actor.ts';
import { ATTRIBUTES_BYTES, nameFault, refuseConnectionUser } from './custom-token-exchange-user.ts';
import { USER_ID_CHARACTERS } from './post-login/authentication.ts';
import { cache } from './post-login/cache.ts';
import { isObject, isText, refuseBad, textUpTo } from './post-login/complaints.ts';
import { user } from './post-login/user.ts';
import type { ApiMethod, Given, TriggerContract } from './trigger.ts';
import { unchained } from './unchained.ts';

export type { CustomTokenExchangeEvent } from './custom-token-exchange-event.ts';

/** What `error` may be on the wire (RFC 6749 §5.2), in so many characters. */
export const DENIAL_CODE = /^[\x20\x21\x23-\x5b\x5d-\x7e]{1,100}$/;

function checkDenial([code, reason]: unknown[]): void {
  if (typeof code !== 'string' || code.trim() === '' || !DENIAL_CODE.test(code))
    throw new TypeError(
      'The code given to api.access.deny must be 1 to 100 printable ASCII characters without quotation marks or backslashes.',
    );
  refuseBad([['reason', reason ?? null, isText]]);
}

const access = (): ApiMethod[] => [
  { name: 'deny', takes: 2, returns: 'nothing', check: checkDenial },
  {
    name: 'rejectInvalidSubjectToken',
    takes: 1,
    returns: 'nothing',
    check: ([reason]) => refuseBad([['reason', reason ?? null, isText]]),
  },
];

export const ONLY_ONE_USER =
  'Exactly one of api.authentication.setUserById and api.authentication.setUserByConnection must be called, once.';
export const ONLY_ONE_ACTOR = 'api.authentication.setActor can be called once.';

/** Both ways of saying whose the token is count together. */
function once(what: 'user' | 'actor', { memory }: Given): void {
  if (memory[what] !== undefined) throw new Error(what === 'user' ? ONLY_ONE_USER : ONLY_ONE_ACTOR);
}

const remember =
  (what: 'user' | 'actor') =>
  (_args: unknown[], { memory }: Given): void => {
    memory[what] = true;
  };

const userId = textUpTo(USER_ID_CHARACTERS);

const authentication = (): ApiMethod[] => [
  {
    name: 'setUserById',
    takes: 1,
    returns: 'nothing',
    check([id], given) {
      once('user', given);
      refuseBad([['user_id', id ?? null, (value) => (value === '' ? 'must NOT be empty' : userId(value))]]);
    },
    live: remember('user'),
  },
  {
    name: 'setUserByConnection',
    takes: 3,
    returns: 'nothing',
    bound: { bytes: ATTRIBUTES_BYTES, message: `The user attributes must not exceed ${ATTRIBUTES_BYTES / 1024} KB.` },
    check(args, given) {
      once('user', given);
      refuseConnectionUser(args);
    },
    record: ([connection, attributes, options]) => {
      const { creationBehavior, updateBehavior } = isObject(options) ? options : {};
      return [connection, attributes, { creationBehavior, updateBehavior }];
    },
    live: remember('user'),
  },
  {
    name: 'setOrganization',
    takes: 1,
    returns: 'nothing',
    check: ([organization]) => refuseBad([['organization_id_or_name', organization ?? null, nameFault]]),
  },
  {
    name: 'setActor',
    takes: 1,
    returns: 'nothing',
    check([actor], given) {
      once('actor', given);
      const fault = actorFault(actor);
      if (fault !== undefined) throw new Error(fault);
    },
    live: remember('actor'),
  },
];

export const customTokenExchange: TriggerContract = {
  id: 'custom-token-exchange',
  handlers: ['onExecuteCustomTokenExchange'],
  spaces: { access, authentication, cache, user: () => unchained(user()) },
  common: ['access', 'authentication', 'cache'],
  rehearse({ authentication: subject }) {
    subject?.setUserById?.('auth0|sample');
  },
};
