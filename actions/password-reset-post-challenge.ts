// The contract of the password-reset-post-challenge trigger, version 1: what a script may export and which parts its `api`
// has. It runs when somebody has opened the link of a reset, and pauses as a login does.

import { access } from './post-login/access.ts';
import { authentication } from './post-login/authentication.ts';
import { cache } from './post-login/cache.ts';
import { prompt, queryOf, redirect, refuseUrl } from './post-login/leaving.ts';
import type { ApiMethod, TriggerContract } from './trigger.ts';
import { unchained } from './unchained.ts';

export { type PasswordResetEvent, toPasswordResetEvent } from './password-reset-post-challenge-event.ts';

/** Nothing can be enrolled on the way to a new password: who holds a link need not be who the account belongs to. */
const CHALLENGES = ['challengeWith', 'challengeWithAny'];
/** Whoever opens a link has a browser. */
const LEAVING = ['sendUserTo', 'encodeToken', 'validateToken'];

const only = (names: readonly string[], methods: readonly ApiMethod[]): ApiMethod[] =>
  methods.filter(({ name }) => names.includes(name));

const transaction = (): ApiMethod[] => [
  {
    name: 'setResultUrl',
    takes: 2,
    returns: 'nothing',
    check: (args, given) => refuseUrl('api.transaction.setResultUrl', args, given),
    record: ([url, options]) => [String(url), { query: queryOf(options) }],
  },
];

export const passwordResetPostChallenge: TriggerContract = {
  id: 'password-reset-post-challenge',
  handlers: ['onExecutePostChallenge', 'onContinuePostChallenge'],
  spaces: {
    access: () => unchained(access()),
    authentication: () => only(CHALLENGES, authentication()),
    cache,
    prompt,
    redirect: () => unchained(only(LEAVING, redirect())),
    transaction,
  },
  common: ['access', 'authentication'],
  rehearse({ authentication: proof }) {
    proof?.challengeWith?.({ type: 'otp' }, { additionalFactors: [{ type: 'email' }] });
  },
};
