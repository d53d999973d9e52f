// Passwordless: one code or link for one address. Kept only as a keyed hash bound to its own row, so that a code of another
// address, connection or tenant, or an older one, never matches. Three wrong tries are all it stands.
import type { ClientRecord, ConnectionRecord, PasswordlessCodeRecord } from '#storage/records.ts';
import type { Ports } from '../ports.ts';
import { codeSettings } from './connection.ts';

const PURPOSE = 'passwordless-code';
/** Wrong tries that a code stands (wire reference, §5.2). */
export const CODE_TRIES = 3;
/** What a link carries in place of digits: nobody guesses it (190 bits). */
const LINK_LETTERS = 32;

type Needed = Pick<Ports, 'random' | 'mac' | 'now'>;

/** @param account the id, without its provider, that the account of this address has or is going to have. */
export function newPasswordlessCode(
  { random, mac, now }: Needed,
  connection: Pick<ConnectionRecord, 'tenantId' | 'id' | 'options'>,
  { address, account, send }: { address: string; account: string; send: 'code' | 'link' },
): { code: string; record: PasswordlessCodeRecord } {
  const { digits, lifetimeMs } = codeSettings(connection.options);
  const id = random.uuid();
  const code = send === 'link' ? random.letters(LINK_LETTERS) : random.digits(digits);
  const { tenantId, id: connectionId } = connection;
  const codeMac = mac.mac(PURPOSE, `${id} ${code}`);
  const expiresAt = now() + lifetimeMs;
  return { code, record: { tenantId, connectionId, address, id, account, codeMac, tries: 0, expiresAt } };
}

/** Takes a try, and then compares in constant time. Undefined: not this code, or none that still counts. */
export async function tryCode(
  { store, mac, now }: Pick<Ports, 'store' | 'mac' | 'now'>,
  { tenantId, id: connectionId }: Pick<ConnectionRecord, 'tenantId' | 'id'>,
  address: string,
  code: string,
): Promise<PasswordlessCodeRecord | undefined> {
  const taken = await store.passwordlessCodes.tryOne(tenantId, connectionId, address, CODE_TRIES, now());
  return taken && mac.macMatches(PURPOSE, `${taken.id} ${code}`, taken.codeMac) ? taken : undefined;
}

/**
 * Where a link leads. `authParams` come along as they were given: whoever answers the link judges them as it would those of
 * a request for authorization.
 */
export function linkOf(
  baseUrl: string,
  client: Pick<ClientRecord, 'id'>,
  { name, strategy }: Pick<ConnectionRecord, 'name' | 'strategy'>,
  { address, code, authParams }: { address: string; code: string; authParams: object },
): string {
  const link = new URL(`${baseUrl}/passwordless/verify_redirect`);
  for (const [key, value] of Object.entries(authParams)) {
    if (typeof value === 'string') link.searchParams.set(key, value);
  }
  // Last, so that no parameter of the request takes their place.
  link.searchParams.set('client_id', client.id);
  link.searchParams.set('connection', name);
  link.searchParams.set(strategy === 'sms' ? 'phone_number' : 'email', address);
  link.searchParams.set('verification_code', code);
  return link.href;
}
