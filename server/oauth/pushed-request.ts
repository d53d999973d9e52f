// Server, protocol: authorization requests that a client has pushed to us before it sends the person (RFC 9126). What is
// kept is bound to the client and good once.
import type { ClientRecord, JsonObject, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import type { Parameters } from '../request.ts';

const PREFIX = 'urn:ietf:params:oauth:request_uri:';
export const PUSHED_SECONDS = 30;

export type PushedRequest = {
  parameters: Parameters;
  /** All of them were in a request object that the client had signed. */
  signed: boolean;
};

/** Whether an address names something that was pushed, rather than something to be fetched. */
export const isPushed = (requestUri: string): boolean => requestUri.startsWith(PREFIX);

/** Keeps a request; returns its `request_uri`. */
export async function keepPushed(
  { store, clock, random }: Pick<Deps, 'store' | 'clock' | 'random'>,
  tenant: TenantRecord,
  client: ClientRecord,
  { parameters, signed }: PushedRequest,
): Promise<string> {
  const key = random.key();
  const id = `par_${random.letters(16)}`;
  const createdAt = clock.now();
  const expiresAt = createdAt + PUSHED_SECONDS * 1000;
  const kind = 'pushed-request';
  const content: JsonObject = { clientId: client.id, parameters: Object.entries(parameters), signed };
  const kept = await store.commit([
    { kind: 'ticket.insert', ticket: { tenantId: tenant.id, id, kind, revision: 1, content, createdAt, expiresAt } },
    { kind: 'handle.insert', handle: { tenantId: tenant.id, kind, key, targetId: id, ask: 0, expiresAt } },
  ]);
  if (!kept.ok) throw new Error('a pushed request could not be kept');
  return PREFIX + key;
}

/** Takes a pushed request of this client: of two who come with it at once, one has it. */
export async function takePushed(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  tenant: TenantRecord,
  client: ClientRecord,
  requestUri: string,
): Promise<PushedRequest | undefined> {
  const key = requestUri.slice(PREFIX.length);
  const ticket = key === '' ? undefined : await store.tickets.findByKey(tenant.id, 'pushed-request', key);
  if (!ticket || ticket.content.clientId !== client.id) return undefined;
  const take = { kind: 'ticket.take', tenantId: tenant.id, id: ticket.id, now: clock.now() } as const;
  if (!(await store.commit([take])).ok) return undefined;
  return {
    parameters: Object.fromEntries(ticket.content.parameters as [string, string][]),
    signed: ticket.content.signed === true,
  };
}
