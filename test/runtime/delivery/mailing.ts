// Test kit: mails as rows, taken by the worker, and the provider that a tenant has for them.
import type { JsonObject, LogRecord, MessageKind, MessageRecord } from '#storage/records.ts';
import type { House } from '#test/kit/house.ts';

export const LINK = 'https://shop.example/u/x?ticket=a&b=<c>';
const HAS_CODE: readonly MessageKind[] = ['second-factor', 'enrollment', 'verify-email-by-code', 'passwordless-code'];
export const hasCode = (kind: MessageKind): boolean => HAS_CODE.includes(kind);

const times = ({ clock }: House) => ({ createdAt: clock.at, updatedAt: clock.at });

/** Sets the provider, in place of the one there was. */
export async function provide(
  house: House,
  name: string,
  credentials: JsonObject,
  more: JsonObject = {},
): Promise<void> {
  const { store, tenant, ports } = house;
  const kept = await store.providers.findByKey(tenant.id, 'email');
  if (kept) await store.providers.remove(tenant.id, kept.id);
  const settings = { name, enabled: true, default_from_address: 'Shop <login@shop.example>', credentials, ...more };
  const row = { tenantId: tenant.id, id: ports.random.uuid(), name: 'email', settings, ...times(house) };
  await store.providers.insert(row);
}

export async function writeTemplate(house: House, name: string, document: JsonObject): Promise<void> {
  const page = { tenantId: house.tenant.id, id: house.ports.random.uuid(), kind: 'email-template', name } as const;
  const written = { template: name, enabled: true, ...document };
  await house.store.pages.insert({ ...page, document: written, ...times(house) });
}

/** Writes a message, as whoever causes it does, and has the worker take it. */
export async function mail(
  house: House,
  kind: MessageKind,
  more: Partial<MessageRecord> = {},
  about: object = {},
): Promise<MessageRecord> {
  const { store, tenant, clock, ports } = house;
  const message: MessageRecord = {
    tenantId: tenant.id,
    id: ports.random.uuid(),
    channel: 'email',
    to: 'ada@example.com',
    text: 'plain',
    ...(hasCode(kind) ? { code: '123456' } : {}),
    about: { kind, locale: 'en', ...(hasCode(kind) ? {} : { link: LINK }), ...about },
    state: 'pending',
    attempts: 0,
    at: clock.at,
    expiresAt: clock.at + 5 * 60_000,
    ...more,
  };
  await store.commit([{ kind: 'message.insert', message }]);
  // Younger ones belong to the request that wrote them.
  clock.advance(31_000);
  await house.runtime.deliverDue();
  const found = await store.messages.find(tenant.id, message.id);
  if (!found) throw new Error('the message is gone');
  return found;
}

export async function newestLog({ store, tenant }: House): Promise<LogRecord | undefined> {
  const { records } = await store.logs.list(tenant.id, { order: 'newest', page: { offset: 0, limit: 1 } });
  return records[0];
}
