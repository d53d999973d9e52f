// Server, development: which messages the inbox shows. A tenant's host shows its own; the default tenant's host shows those
// of all, because it is where developers look.
import type { Context } from 'hono';
import type { MessageRecord, TenantRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';

const SHOWN = 100;
/** Of which those of one channel are chosen. */
const LOOKED_AT = 500;

/** `channel`: of those there are; anything else is refused by being none. */
export type Wanted = { to?: string; channel?: MessageRecord['channel'] };

export const CHANNELS = { sms: 'SMS', voice: 'Call', email: 'Email', push: 'Push' } as const satisfies Record<
  MessageRecord['channel'],
  string
>;

/** An empty value counts as none. A plus sign that was not encoded arrives as a space, and no address begins with one. */
export function wantedOf(c: Context<Env>): Wanted {
  const to = c.req.query('to')?.trim() === '' ? undefined : c.req.query('to')?.replace(/^ /, '+');
  const channel = Object.keys(CHANNELS).find((name) => name === c.req.query('channel'));
  return {
    ...(to === undefined ? {} : { to }),
    ...(channel === undefined ? {} : { channel: channel as MessageRecord['channel'] }),
  };
}

/** Mails that follow an answer are on their way: whoever looks here after it is to find them. */
const ON_THEIR_WAY_MS = 500;

/** Newest first. */
export async function findMessages(c: Context<Env>, deps: Deps, { to, channel }: Wanted): Promise<MessageRecord[]> {
  const { store, runtime } = deps;
  await runtime.settled(ON_THEIR_WAY_MS);
  const limit = channel === undefined ? SHOWN : LOOKED_AT;
  const tenants = await tenantsShown(c, deps);
  const found = await Promise.all(tenants.map(({ id }) => store.messages.inbox(id, to, limit)));
  // Stable: messages of one tenant and one millisecond keep their order.
  return found
    .flat()
    .filter((message) => channel === undefined || message.channel === channel)
    .sort((a, b) => b.at - a.at)
    .slice(0, SHOWN);
}

/** One of those; undefined where this host does not show it. */
export async function findMessage(
  c: Context<Env>,
  deps: Deps,
  { tenantId, id }: Pick<MessageRecord, 'tenantId' | 'id'>,
): Promise<MessageRecord | undefined> {
  const isShown = (await tenantsShown(c, deps)).some((tenant) => tenant.id === tenantId);
  return isShown ? deps.store.messages.find(tenantId, id) : undefined;
}

async function tenantsShown(c: Context<Env>, { store, config }: Deps): Promise<Pick<TenantRecord, 'id'>[]> {
  const here = c.var.tenant;
  if (here.name !== config.tenantName) return [here];
  const owners = await store.owners.list();
  return (await Promise.all(owners.map(({ id }) => store.tenants.ofOwner(id)))).flat();
}
