// Passwordless: which connections let in whoever has an address, and what their options say about codes.
import type { ClientRecord, ConnectionRecord, Json, JsonObject } from '#storage/records.ts';
import type { Ports } from '../ports.ts';
import type { PasswordlessStrategy } from '../transaction/transaction.ts';

export function strategyOf({ strategy }: Pick<ConnectionRecord, 'strategy'>): PasswordlessStrategy | undefined {
  return strategy === 'sms' || strategy === 'email' ? strategy : undefined;
}

/** Those that a client may use, in the order in which they were made. */
export async function passwordlessConnections(
  { connections }: Pick<Ports['store'], 'connections'>,
  client: Pick<ClientRecord, 'tenantId' | 'id'>,
): Promise<ConnectionRecord[]> {
  const { records } = await connections.list(client.tenantId);
  return records.filter((each) => strategyOf(each) !== undefined && each.enabledClients.includes(client.id));
}

/** The one of that name, if the client may use it. */
export async function passwordlessConnection(
  { connections }: Pick<Ports['store'], 'connections'>,
  client: Pick<ClientRecord, 'tenantId' | 'id'>,
  name: string,
): Promise<(ConnectionRecord & { strategy: PasswordlessStrategy }) | undefined> {
  const found = await connections.findByKey(client.tenantId, name);
  const strategy = found && strategyOf(found);
  return found && strategy && found.enabledClients.includes(client.id) ? { ...found, strategy } : undefined;
}

/** Wire reference, §5.2: what holds where the options say nothing, and the bounds of what they may say. */
const DIGITS = { least: 4, usual: 6, most: 40 };
const SECONDS = { least: 60, usual: 180, most: 24 * 60 * 60 };

/** `digits` of a code, and how long it may be used. */
export function codeSettings({ totp }: JsonObject): { digits: number; lifetimeMs: number } {
  const { length, time_step } = isObject(totp) ? totp : {};
  return { digits: within(length, DIGITS), lifetimeMs: within(time_step, SECONDS) * 1000 };
}

function within(value: Json | undefined, { least, usual, most }: typeof DIGITS): number {
  return typeof value === 'number' && Number.isFinite(value)
    ? Math.min(most, Math.max(least, Math.floor(value)))
    : usual;
}

/** What the tenant's log says of those whom a closed one turns away. */
export const CLOSED = 'Public signup is disabled';

/** Whether it takes in only those whom it knows. */
export const isClosed = ({ options }: Pick<ConnectionRecord, 'options'>): boolean => options.disable_signup === true;

/**
 * The address as it is sent to, looked for and kept, in one form everywhere: a letter that becomes another one when it is
 * compared would let the owner of one mailbox in as that of another. Composed once more at the end, because a small letter
 * may have a form with its mark where the large one has none (T with a diaeresis).
 */
export function canonical(strategy: PasswordlessStrategy, address: string): string {
  return strategy === 'sms' ? address : address.normalize('NFC').toLowerCase().normalize('NFC');
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
