// Server, protocol: the code that a device shows and a person types (RFC 8628 §6.1): consonants without look-alikes, so that
// no word comes of it, or digits where the tenant wants them. However it is typed, it is one and the same code.
import type { Json, JsonObject, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';

const ALPHABETS = { base20: 'BCDFGHJKLMNPQRSTVWXZ', digits: '0123456789' } as const;
const MASK = '****-****';

type Style = { alphabet: string; mask: string };

/** How this tenant's codes look: its `device_flow` settings, where they can be used. */
function styleOf({ settings: { device_flow: chosen } }: TenantRecord): Style {
  const { charset, mask } = isObject(chosen) ? chosen : {};
  return {
    alphabet: charset === 'digits' ? ALPHABETS.digits : ALPHABETS.base20,
    mask: isMask(mask) ? mask : MASK,
  };
}

const placesIn = (mask: string): number => mask.replaceAll(/[^*]/g, '').length;

/** A `*` for each character. Less than eight of them could be guessed, more than twenty nobody types. */
function isMask(mask: Json | undefined): mask is string {
  return typeof mask === 'string' && /^[*\- ]{8,40}$/.test(mask) && placesIn(mask) >= 8 && placesIn(mask) <= 20;
}

/** A new code as devices show it: `BCDF-GHJK`, or as the tenant has it. */
export function newUserCode({ random }: Pick<Deps, 'random'>, tenant: TenantRecord): string {
  const { alphabet, mask } = styleOf(tenant);
  // A hundred is five times twenty, and ten times ten: no character is likelier than another.
  return mask.replaceAll('*', () => alphabet[Number(random.digits(2)) % alphabet.length] ?? '');
}

/** A code as devices show it, from its key. */
export function showUserCode(tenant: TenantRecord, key: string): string {
  const { mask } = styleOf(tenant);
  const left = [...key];
  return placesIn(mask) === key.length ? mask.replaceAll('*', () => left.shift() ?? '') : key;
}

/** What finds a code, however it was typed: in small or wide letters, with spaces, hyphens or without. */
export function userCodeKey(typed: string): string | undefined {
  const key = typed
    .slice(0, 200)
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\s\p{Pd}_.]/gu, '');
  return /^[A-Z0-9]{8,20}$/.test(key) ? key : undefined;
}

const isObject = (json: Json | undefined): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);
