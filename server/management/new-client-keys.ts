// Management: keys that a client brings along when it is made. Each becomes a credential of it, and the property that brought
// it names the credential instead.
import type { LifecyclePorts } from '#runtime/lifecycle/ports.ts';
import type { ClientCredentialRecord, Json, JsonObject } from '#storage/records.ts';
import type { Refusal } from './answer.ts';
import { readCredential, showCredential } from './client-credentials.ts';
import type { ClientCreation } from './client-schema.ts';

/** The properties that name credentials, for whoever spreads them over a body. */
export const NO_KEYS = {
  client_authentication_methods: undefined,
  signed_request_object: undefined,
  token_vault_privileged_access: undefined,
};

export type HandedInKeys = {
  credentials: ClientCredentialRecord[];
  /** What the client keeps: ids. */
  settings: { [name: string]: Json };
  /** What is answered once: the credentials whole. */
  shown: { [name: string]: unknown };
};

/** The credentials of a new client, or what is wrong with one. */
export async function handInKeys(ports: LifecyclePorts, body: ClientCreation): Promise<HandedInKeys | Refusal> {
  const found: HandedInKeys = { credentials: [], settings: {}, shown: {} };
  const take = async (inputs: Parameters<typeof readCredential>[1][]) => {
    const read: ClientCredentialRecord[] = [];
    for (const input of inputs) {
      const credential = await readCredential(ports, input);
      if ('ok' in credential) return credential;
      read.push(credential);
    }
    found.credentials.push(...read);
    return { ids: read.map(({ id }) => ({ id })), whole: read.map(showCredential) };
  };
  const { client_authentication_methods: methods } = body;
  for (const [way, method] of Object.entries(methods ?? {})) {
    if (!method) continue;
    const taken = await take(method.credentials);
    if ('ok' in taken) return taken;
    found.settings.client_authentication_methods = { [way]: { credentials: taken.ids } };
    found.shown.client_authentication_methods = { [way]: { credentials: taken.whole } };
  }
  for (const name of ['signed_request_object', 'token_vault_privileged_access'] as const) {
    const property = body[name];
    if (!property) continue;
    const { credentials, ...rest } = property;
    const taken = await take(credentials ?? []);
    if ('ok' in taken) return taken;
    const plain = rest as JsonObject;
    found.settings[name] = credentials ? { ...plain, credentials: taken.ids } : plain;
    if (credentials) found.shown[name] = { ...plain, credentials: taken.whole };
  }
  return found;
}
