// Server, development: which login an answer to the demo application belongs to. Only the server that made it can say: an
// application knows its `state`, and the login has it in the request that began it.
import { decode } from '#runtime/transaction/snapshot.ts';
import type { TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';

/** Logins that are looked through, newest first. */
const SEARCHED = 50;

/** The id of the login that was begun with `state`; undefined where it is not among the newest. */
export async function loginOfState({ store }: Deps, tenant: TenantRecord, state: string): Promise<string | undefined> {
  const { records } = await store.loginSteps.logins(tenant.id, { limit: SEARCHED });
  for (const { transactionId } of records) {
    const found = await store.transactions.find(tenant.id, transactionId);
    const reply = found && decode(found.transaction.snapshot)?.request.reply;
    if (reply?.by === 'redirect' && reply.state === state) return transactionId;
  }
  return undefined;
}
