// A made-up credentials-exchange event, complete to the last field. It warms sandboxes with the shape of a real event.

import type { CredentialsExchangeEvent } from './credentials-exchange.ts';

/** Nobody's exchange: an invented client of an invented tenant. */
export const credentialsExchangeSample: CredentialsExchangeEvent = {
  accessToken: { scope: ['read:sample'], customClaims: {} },
  client: { client_id: 'sample', name: 'Sample', metadata: {} },
  configuration: {},
  organization: { id: 'org_sample', name: 'sample', display_name: 'Sample', metadata: {} },
  request: {
    ip: '192.0.2.1',
    method: 'POST',
    body: { grant_type: 'client_credentials', client_id: 'sample', audience: 'urn:sample' },
    geoip: {},
    hostname: 'sample.invalid',
    language: 'en',
    user_agent: 'sample',
  },
  resource_server: { identifier: 'urn:sample' },
  tenant: { id: 'sample' },
  transaction: { correlation_id: 'sample', requested_scopes: ['read:sample'], target_scopes: ['read:sample'] },
};
