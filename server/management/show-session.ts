// Management: a session on the wire. Source: mfa-wire reference, section 4.3; the names are those of `event.session`.
import { z } from 'zod';
import type { Json, SessionRecord, TenantRecord } from '#storage/records.ts';
import { iso, optional } from './fields.ts';
import { deviceShape } from './show-refresh-token.ts';

const at = z.string();

export const sessionShape = z
  .strictObject({
    id: z.string(),
    user_id: z.string(),
    created_at: at,
    updated_at: at,
    authenticated_at: at,
    idle_expires_at: at,
    expires_at: at,
    last_interacted_at: at,
    device: deviceShape,
    clients: z.array(z.strictObject({ client_id: z.string() })),
    authentication: z.strictObject({
      methods: z.array(z.strictObject({ name: z.string(), timestamp: at, type: z.string().optional() })),
    }),
    cookie: z.strictObject({ mode: z.string() }),
    session_metadata: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'Session' });

export function showSession(session: SessionRecord, tenant: TenantRecord): Record<string, unknown> {
  const { initialIp, initialUserAgent, lastIp, lastUserAgent } = session.device;
  return {
    id: session.id,
    user_id: session.userId,
    created_at: iso(session.createdAt),
    updated_at: iso(session.updatedAt),
    authenticated_at: iso(session.authenticatedAt),
    idle_expires_at: iso(session.idleExpiresAt),
    expires_at: iso(session.expiresAt),
    // What moves the idle limit is an interaction, and it is written down with it.
    last_interacted_at: iso(session.updatedAt),
    device: {
      ...optional('initial_user_agent', initialUserAgent),
      ...optional('initial_ip', initialIp),
      ...optional('last_user_agent', lastUserAgent),
      ...optional('last_ip', lastIp),
    },
    clients: session.clients.map((clientId) => ({ client_id: clientId })),
    authentication: { methods: session.methods.flatMap(showMethod) },
    cookie: { mode: session.cookieMode ?? tenant.session.cookieMode },
    ...(Object.keys(session.metadata ?? {}).length === 0 ? {} : { session_metadata: session.metadata }),
  };
}

/** Which authenticator proved a method is nothing that others need to know. */
function showMethod(method: Json): Record<string, unknown>[] {
  if (typeof method !== 'object' || method === null || Array.isArray(method)) return [];
  const { name, at, type } = method;
  if (typeof name !== 'string' || typeof at !== 'number') return [];
  return [{ name, timestamp: iso(at), ...(typeof type === 'string' ? { type } : {}) }];
}
