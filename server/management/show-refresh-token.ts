// Management: a refresh token on the wire. The token itself is never shown: it is kept only as a hash. Source: mfa-wire
// reference, section 4.3, and recorded answers.
import { z } from 'zod';
import type { RefreshTokenRecord } from '#storage/records.ts';
import { iso, optional } from './fields.ts';

const said = z.string().optional();

/** Where a session or a token began, and where it was used last. */
export const deviceShape = z.strictObject({
  initial_user_agent: said,
  initial_ip: said,
  last_user_agent: said,
  last_ip: said,
});

export const refreshTokenShape = z
  .strictObject({
    id: z.string(),
    user_id: z.string(),
    created_at: z.string(),
    idle_expires_at: z.string().nullable(),
    expires_at: z.string().nullable(),
    client_id: z.string(),
    session_id: z.string().nullable(),
    rotating: z.boolean(),
    resource_servers: z.array(z.strictObject({ audience: z.string(), scopes: z.string() })),
    device: deviceShape,
    last_exchanged_at: said,
    refresh_token_metadata: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'RefreshToken' });

export function showRefreshToken(token: RefreshTokenRecord): Record<string, unknown> {
  const { initialIp, initialUserAgent, lastIp, lastUserAgent } = token.device;
  return {
    id: token.id,
    user_id: token.userId,
    created_at: iso(token.createdAt),
    idle_expires_at: token.idleExpiresAt === undefined ? null : iso(token.idleExpiresAt),
    expires_at: token.expiresAt === undefined ? null : iso(token.expiresAt),
    client_id: token.clientId,
    session_id: token.sessionId ?? null,
    rotating: token.rotating,
    resource_servers: token.audience === undefined ? [] : [{ audience: token.audience, scopes: token.scope.join(' ') }],
    device: {
      ...optional('initial_user_agent', initialUserAgent),
      ...optional('initial_ip', initialIp),
      ...optional('last_user_agent', lastUserAgent),
      ...optional('last_ip', lastIp),
    },
    ...(token.lastExchangedAt === undefined ? {} : { last_exchanged_at: iso(token.lastExchangedAt) }),
    ...(Object.keys(token.metadata ?? {}).length === 0 ? {} : { refresh_token_metadata: token.metadata }),
  };
}
