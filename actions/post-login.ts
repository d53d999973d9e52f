// The contract of the post-login trigger, version 3: what a script may export and which parts its `api` has.
// The checks run inside the sandbox, next to the script; their texts are what authors see.

import { access, validation } from './post-login/access.ts';
import { authentication, multifactor } from './post-login/authentication.ts';
import { cache } from './post-login/cache.ts';
import { groups, roles } from './post-login/directory.ts';
import { prompt, redirect } from './post-login/leaving.ts';
import { samlResponse } from './post-login/saml-response.ts';
import { refreshToken, session } from './post-login/sessions.ts';
import { accessToken, idToken } from './post-login/tokens.ts';
import { transaction } from './post-login/transaction.ts';
import { user } from './post-login/user.ts';
import type { ApiMethod, TriggerContract } from './trigger.ts';

export { FACTOR_TYPES, type FactorType, type PostLoginEvent } from './post-login/event.ts';

/** There is no engine of rules: none was ever executed. */
const rules = (): ApiMethod[] => [{ name: 'wasExecuted', takes: 1, returns: 'value', answer: () => false }];

/**
 * Post-login, version 3. A factor type nobody knows is not refused here: it counts as a factor that is not set up,
 * which the host reports to the tenant's log.
 */
export const postLogin: TriggerContract = {
  id: 'post-login',
  handlers: ['onExecutePostLogin', 'onContinuePostLogin'],
  spaces: {
    access,
    accessToken,
    authentication,
    cache,
    groups,
    idToken,
    multifactor,
    prompt,
    redirect,
    refreshToken,
    roles,
    rules,
    samlResponse,
    session,
    transaction,
    user,
    validation,
  },
  common: ['access', 'accessToken', 'authentication', 'idToken', 'user'],
  rehearse({ idToken, user, authentication }) {
    idToken?.setCustomClaim?.('https://sample.invalid/sample', ['sample']);
    user?.setAppMetadata?.('sample', { sample: 1 });
    authentication?.challengeWith?.({ type: 'otp' }, { additionalFactors: [{ type: 'email' }] });
  },
};
