// What a connection says of passkeys, under the names that its options have on the wire.
import type { ConnectionRecord, Json, JsonObject } from '#storage/records.ts';

/** Whether people of a connection may come in by a passkey. */
export function takesPasskeys(connection: ConnectionRecord | undefined): connection is ConnectionRecord {
  const methods = objectOf(connection?.options.authentication_methods);
  return objectOf(methods.passkey).enabled === true;
}

/** Whether somebody who came by a password is offered one. */
export function suggestsPasskeys(connection: ConnectionRecord | undefined): boolean {
  return takesPasskeys(connection) && settingsOf(connection).progressive_enrollment_enabled !== false;
}

/** Where pages offer to come in by one: in the browser's list below the field for the name, by a button, or by both. */
export function passkeyUi(connection: ConnectionRecord): 'both' | 'autofill' | 'button' {
  const { challenge_ui: ui } = settingsOf(connection);
  return ui === 'autofill' || ui === 'button' ? ui : 'both';
}

function settingsOf({ options }: ConnectionRecord): JsonObject {
  return objectOf(options.passkey_options);
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
