// Whose account an outside service speaks of: what it says is mapped to a person's fields, and one of them finds the account.
// A service makes no accounts here.
import type { ConnectionRecord, Json, UserRecord } from '#storage/records.ts';
import type { MappingContext } from '../interactions/interaction.ts';
import { applyRules } from '../interactions/mapping-rules.ts';
import type { InteractionCall } from './call.ts';
import { readAddress } from './recipient.ts';

/** Fields that find an account, in the order in which they are looked at where the configuration names none. */
const FINDING = ['sub', 'email', 'preferred_username', 'phone_number'] as const;

/** Whether the configuration says whose it is at all. */
export const resolvesUser = ({ configuration: { user_resolve: resolve } }: InteractionCall): boolean =>
  (resolve?.user_mapping_rules?.length ?? 0) > 0;

export async function resolvedUser(
  call: InteractionCall,
  reads: MappingContext,
  connection: ConnectionRecord | undefined,
): Promise<UserRecord | undefined> {
  const { configuration, ports, tx } = call;
  const { user_mapping_rules: rules = [], identity_match_field: field } = configuration.user_resolve ?? {};
  if (!connection) return undefined;
  // Without rules the name that was sent is the account's: the service has said that its password is right.
  const { request_body: sent } = reads;
  const said = rules.length > 0 ? applyRules(rules, reads, ports) : { preferred_username: nameIn(sent) };
  for (const each of field === undefined ? FINDING : [field]) {
    const value = said[each];
    if (typeof value !== 'string' || value === '') continue;
    if (each === 'sub') {
      const user = await ports.store.users.find(tx.tenantId, value);
      if (user?.connection === connection.name) return user;
      continue;
    }
    const identifier = each === 'phone_number' ? (readAddress('sms', value) ?? value) : value;
    const user = await ports.store.users.findByIdentifier(tx.tenantId, connection.name, identifier);
    if (user) return user;
  }
  return undefined;
}

function nameIn(body: Json | undefined): Json {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body.username ?? null) : null;
}
