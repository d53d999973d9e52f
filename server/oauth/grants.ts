// Server, protocol: the ways to get tokens, in one table: name on the wire, who does it, how it is logged.
import { grantToClient } from './client-credentials-grant.ts';
import { exchangeCode } from './code-grant.ts';
import type { Grant } from './grant.ts';

export const GRANTS: ReadonlyMap<string, Grant> = new Map([
  ['authorization_code', { run: exchangeCode, log: { succeeded: 'seacft', failed: 'feacft' }, public: true }],
  ['client_credentials', { run: grantToClient, log: { succeeded: 'seccft', failed: 'feccft' }, public: false }],
]);
