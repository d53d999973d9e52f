// Management: refresh tokens as they were looked at before they had an address of their own: as credentials of the devices
// that hold them. Public keys of devices do not exist here. Source of the shapes: Auth0's client libraries.
import { z } from 'zod';
import type { RefreshTokenRecord } from '#storage/records.ts';
import { empty } from './answer.ts';
import { text } from './fields.ts';
import { listing } from './listing.ts';
import { integer, slice } from './paging.ts';
import { endToken, findToken, readTokens } from './refresh-token-rows.ts';
import { NOTHING, type Route, route } from './route.ts';

const credentialShape = z
  .strictObject({
    id: z.string(),
    device_name: z.string().optional(),
    type: z.string(),
    user_id: z.string(),
    client_id: z.string(),
  })
  .meta({ id: 'DeviceCredential' });

const CREDENTIALS = listing('device_credentials', credentialShape, { paging: 'page', fields: true });

type Kind = 'refresh_token' | 'rotating_refresh_token';

export const deviceCredentialRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/device-credentials',
    scopes: ['read:device_credentials'],
    summary: 'List the device credentials of a user',
    query: z.strictObject({
      ...CREDENTIALS.query,
      per_page: integer(0, 1000).optional(),
      user_id: text(1000),
      client_id: text(200).optional(),
      type: z.enum(['public_key', 'refresh_token', 'rotating_refresh_token']).optional(),
    }),
    answers: CREDENTIALS.answers,
    async handle(call) {
      const { query } = call;
      const clientId = query.client_id;
      const tokens = await readTokens(call, query.user_id, clientId === undefined ? {} : { clientId });
      const shown = tokens.filter((token) => kindOf(token) === (query.type ?? 'refresh_token'));
      // Without a kind the list is whole and bare, whatever page was asked for.
      const paging = query.type === undefined ? { per_page: shown.length } : query;
      return CREDENTIALS.answer(
        { ...paging, fields: query.fields, include_fields: query.include_fields },
        { read: async (page) => slice(shown, page), show: showCredential },
      );
    },
  }),

  route({
    method: 'DELETE',
    path: '/device-credentials/:id',
    scopes: ['delete:device_credentials'],
    summary: 'Revoke a device credential',
    answers: { 204: NOTHING },
    async handle(call) {
      const token = await findToken(call, call.param('id'));
      if (token) await endToken(call, token);
      return empty();
    },
  }),
];

const kindOf = ({ rotating }: RefreshTokenRecord): Kind => (rotating ? 'rotating_refresh_token' : 'refresh_token');

function showCredential(token: RefreshTokenRecord): Record<string, unknown> {
  const { id, device, userId, clientId } = token;
  return {
    id,
    ...(device.initialUserAgent === undefined ? {} : { device_name: device.initialUserAgent }),
    type: kindOf(token),
    user_id: userId,
    client_id: clientId,
  };
}
