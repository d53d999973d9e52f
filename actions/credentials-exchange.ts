// The contract of the credentials-exchange trigger, version 2: what a script may export and which parts its `api` has.
// It runs while a client waits for a token of its own: nobody is there, so nothing in it pauses.

import { EXCHANGE_REFUSALS } from './credentials-exchange-command.ts';
import { transaction } from './credentials-exchange-scopes.ts';
import { cache } from './post-login/cache.ts';
import { setCustomClaim } from './post-login/tokens.ts';
import type { ApiMethod, TriggerContract } from './trigger.ts';

export type { CredentialsExchangeEvent } from './credentials-exchange-event.ts';

function checkDenial([code, reason]: unknown[]): void {
  if (!EXCHANGE_REFUSALS.some((known) => known === code))
    throw new TypeError(`The code given to api.access.deny must be one of ${EXCHANGE_REFUSALS.join(', ')}.`);
  if (reason !== undefined && typeof reason !== 'string')
    throw new TypeError('The reason given to api.access.deny must be a string.');
}

const access = (): ApiMethod[] => [
  {
    name: 'deny',
    takes: 2,
    returns: 'api',
    check: checkDenial,
    record: ([code, reason]) => (reason === undefined ? [code] : [code, reason]),
  },
];

const accessToken = (): ApiMethod[] => [setCustomClaim];

export const credentialsExchange: TriggerContract = {
  id: 'credentials-exchange',
  handlers: ['onExecuteCredentialsExchange'],
  spaces: { access, accessToken, cache, transaction },
  common: ['access', 'accessToken', 'cache'],
  rehearse({ accessToken: token }) {
    token?.setCustomClaim?.('https://sample.invalid/sample', ['sample']);
  },
};
