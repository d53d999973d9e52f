// Server, protocol: whose an actor token is (RFC 8693 §1.1), where that can be told: where it is an id_token that this very
// client was given and that is still good. Anything else is for the script to judge, which sees it either way.
import type { Person } from '#runtime/factors/factor.ts';
import type { GrantRequest } from './grant.ts';
import { readIdTokenHint } from './id-token-hint.ts';

const ID_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:id_token';

export async function personOfActor(
  { deps, tenant, client }: GrantRequest,
  { token, tokenType }: { token: string; tokenType: string },
): Promise<Person | undefined> {
  if (tokenType !== ID_TOKEN_TYPE) return undefined;
  const claims = await readIdTokenHint(deps, tenant, client, token);
  if (claims?.exp === undefined || claims.exp * 1000 <= deps.clock.now()) return undefined;
  const user = await deps.store.users.find(tenant.id, claims.sub);
  if (!user || user.blocked || user.linkedTo !== undefined) return undefined;
  return { tenant, user, authenticators: await deps.store.authenticators.ofUser(tenant.id, user.id) };
}
