// Let each machine say in its own metadata what its tokens may carry, and refuse machines that say nothing.
//
// The client's metadata holds the scopes in `scopes`, separated by spaces, and may name a `plan`, which goes into the
// token. What the client was never granted stays out of its tokens whatever is written there.

const PLAN = 'https://example.com/plan';

exports.onExecuteCredentialsExchange = async (event, api) => {
  const { scopes, plan } = event.client.metadata;
  if (!scopes) {
    api.access.deny('invalid_request', `${event.client.name} has no scopes of its own.`);
    return;
  }
  const own = new Set(scopes.split(' '));
  api.transaction.setTargetScopes(event.accessToken.scope.filter((scope) => own.has(scope)));
  if (plan) api.accessToken.setCustomClaim(PLAN, plan);
};
