// What a custom-token-exchange script reads. All keys are wire names; a key that may be missing is optional.

import type { CredentialsExchangeEvent } from './credentials-exchange.ts';
import type { PostLoginEvent } from './post-login.ts';

/** `event` of `onExecuteCustomTokenExchange`, without `secrets`, which are added for each Action. */
export type CustomTokenExchangeEvent = Pick<
  CredentialsExchangeEvent,
  'client' | 'configuration' | 'organization' | 'request' | 'resource_server' | 'tenant'
> & {
  transaction: {
    /** As it was sent: whether it is good is for the script to find out. */
    subject_token: string;
    subject_token_type: string;
    actor_token?: string;
    actor_token_type?: string;
    /** Whose the actor token is, where it is a good ID token of this tenant. */
    actor_token_user?: PostLoginEvent['user'];
    requested_scopes: string[];
    requested_token_type: string | null;
  };
};
