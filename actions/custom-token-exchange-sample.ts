// A made-up custom-token-exchange event, complete to the last field. It warms sandboxes with the shape of a real event.

import { credentialsExchangeSample } from './credentials-exchange-sample.ts';
import type { CustomTokenExchangeEvent } from './custom-token-exchange.ts';
import { postLoginSample } from './post-login-sample.ts';

const { client, configuration, organization, request, resource_server, tenant } = credentialsExchangeSample;

/** Nobody's exchange: an invented token for an invented person. */
export const customTokenExchangeSample: CustomTokenExchangeEvent = {
  client,
  configuration,
  ...(organization ? { organization } : {}),
  request,
  resource_server,
  tenant,
  transaction: {
    subject_token: 'sample',
    subject_token_type: 'urn:sample:token',
    actor_token: 'sample',
    actor_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    actor_token_user: postLoginSample.user,
    requested_scopes: ['openid'],
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  },
};
