// Server, protocol: an application on a server logs people in with their passwords, so that all of them come from its
// address. It may say whose address it speaks for, if the tenant trusts it to and it has shown its secret: otherwise
// anybody could have as many addresses to guess from as they like.
import { isIP } from 'node:net';
import type { Caller } from '#runtime/runtime.ts';
import type { ClientRecord } from '#storage/records.ts';

/** @param forwarded the header `auth0-forwarded-for`. */
export function endUserOf(caller: Caller, client: ClientRecord, forwarded: string | undefined): Caller {
  const ip = forwarded?.trim() ?? '';
  const isTrusted = client.authMethod !== 'none' && client.settings.is_token_endpoint_ip_header_trusted === true;
  return isTrusted && isIP(ip) !== 0 ? { ...caller, ip } : caller;
}
