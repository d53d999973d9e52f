// Server, protocol: what the authentication of a client comes to, by whichever way it proves itself.
import type { ClientRecord } from '#storage/records.ts';
import type { TokenRefusal } from './token-answer.ts';

/** The client that a request comes from, or why it is not believed. */
export type Authenticated = { ok: true; client: ClientRecord } | TokenRefusal;
