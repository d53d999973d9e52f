// Tests of storage: records of the protocol layer, with every property set.
import type {
  ConsentRecord,
  KeptDocumentRecord,
  RefreshTokenRecord,
  TicketRecord,
  TokenExchangeProfileRecord,
} from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import { AT, aClient, aUser, fresh, LATER } from './samples.ts';

/** Whose and for whom: what tokens and consents hang on. */
export type Parties = { tenantId: string; userId: string; clientId: string };

/** A user and a client, stored. */
export async function parties(store: Store, tenantId = fresh('ten')): Promise<Parties> {
  const [user, client] = [aUser(tenantId, { passwordHash: 'old' }), aClient(tenantId)];
  await store.users.insert(user);
  await store.clients.insert(client);
  return { tenantId, userId: user.id, clientId: client.id };
}

export const aRefreshToken = (of: Parties, changes: Partial<RefreshTokenRecord> = {}): RefreshTokenRecord => ({
  ...of,
  id: fresh('rt'),
  sessionId: fresh('ses'),
  connectionId: fresh('con'),
  connection: 'Directory',
  strategy: 'auth0',
  audience: 'https://api.example.com/',
  scope: ['openid', 'offline_access', 'read:orders'],
  organizationId: fresh('org'),
  methods: [{ name: 'pwd', at: AT }],
  authenticatedAt: AT - 5,
  rotating: true,
  generation: 1,
  rotatedAt: AT,
  keyThumbprint: 'thumb',
  device: { initialIp: '203.0.113.7', lastUserAgent: 'Browser/1' },
  metadata: { place: 'home' },
  createdAt: AT,
  updatedAt: AT,
  lastExchangedAt: AT + 1,
  expiresAt: LATER,
  idleExpiresAt: LATER,
  ...changes,
});

/** A refresh token without anything that may be left out: it never expires. */
export const aBareRefreshToken = (of: Parties): RefreshTokenRecord => ({
  ...of,
  id: fresh('rt'),
  connectionId: fresh('con'),
  connection: 'Directory',
  strategy: 'auth0',
  scope: [],
  methods: [],
  authenticatedAt: AT,
  rotating: false,
  generation: 1,
  rotatedAt: AT,
  device: {},
  createdAt: AT,
  updatedAt: AT,
});

export const aTicket = (tenantId: string, changes: Partial<TicketRecord> = {}): TicketRecord => ({
  tenantId,
  id: fresh('tic'),
  kind: 'device',
  revision: 1,
  content: { request: { scope: 'plain-ticket-content', deep: [null, 1] } },
  createdAt: AT,
  expiresAt: LATER,
  ...changes,
});

export const anExchangeProfile = (
  tenantId: string,
  changes: Partial<TokenExchangeProfileRecord> = {},
): TokenExchangeProfileRecord => ({
  tenantId,
  id: fresh('tep'),
  name: 'Tokens of the old shop',
  subjectTokenType: fresh('urn:old-shop:token'),
  actionId: fresh('act'),
  createdAt: AT,
  updatedAt: AT,
  ...changes,
});

export const aKeptDocument = (tenantId: string, changes: Partial<KeptDocumentRecord> = {}): KeptDocumentRecord => ({
  tenantId,
  id: fresh('kept'),
  // Kinds are few, and a test lists one of them.
  kind: fresh('kind') as KeptDocumentRecord['kind'],
  name: fresh('name'),
  document: { colour: 'red', deep: [null, 1] },
  createdAt: AT,
  updatedAt: AT,
  ...changes,
});

export const aConsent = (of: Parties, changes: Partial<ConsentRecord> = {}): ConsentRecord => ({
  ...of,
  id: fresh('grant'),
  audience: 'https://api.example.com/',
  scope: ['openid', 'read:orders'],
  createdAt: AT,
  updatedAt: AT,
  ...changes,
});

/** Every value above that must never lie on a disk as it is. */
export const PLAIN_PROTOCOL_SECRETS = ['plain-ticket-content'];
