// Management: credentials of a Duo integration. We have no Duo: they are kept, sealed, and given back, so that tools which
// write a whole tenant go through. Source: mfa-wire reference, section 3, and recordings.
import { z } from 'zod';
import type { JsonObject } from '#storage/records.ts';
import { type Answer, answer, NOT_FOUND } from './answer.ts';
import { optional } from './fields.ts';
import { type Incoming, type Route, route } from './route.ts';

const PATH = '/guardian/factors/duo/settings';
const NAME = 'guardian:duo';

const key = z.string().min(1).max(255).optional();
const settings = z.strictObject({ ikey: key, skey: key, host: key });
type Given = z.output<typeof settings>;

export const guardianDuoRoutes: Route[] = [
  route({
    method: 'GET',
    path: PATH,
    scopes: ['read:guardian_factors'],
    async handle({ deps, tenant }) {
      const kept = await deps.store.providers.findByKey(tenant.id, NAME);
      return answer(kept?.settings ?? {});
    },
  }),
  route({
    method: 'PUT',
    path: PATH,
    scopes: ['update:guardian_factors'],
    body: settings,
    async handle(call) {
      return write(call, () => ({}));
    },
  }),
  route({
    method: 'PATCH',
    path: PATH,
    scopes: ['update:guardian_factors'],
    body: settings,
    async handle(call) {
      return write(call, (kept) => kept);
    },
  }),
];

/** @param base what stays of the settings that were there. */
async function write(
  { deps, ports, tenant, body }: Incoming & { body: Given },
  base: (kept: JsonObject) => JsonObject,
): Promise<Answer> {
  const { providers } = deps.store;
  const at = ports.now();
  const given: JsonObject = {
    ...optional('ikey', body.ikey),
    ...optional('skey', body.skey),
    ...optional('host', body.host),
  };
  const row = { tenantId: tenant.id, id: ports.random.uuid(), name: NAME, settings: given };
  if ((await providers.insert({ ...row, createdAt: at, updatedAt: at })) === 'inserted') return answer(given);
  const kept = await providers.findByKey(tenant.id, NAME);
  const updated =
    kept &&
    (await providers.update(tenant.id, kept.id, (current) => ({
      ...current,
      settings: { ...base(current.settings), ...given },
      updatedAt: at,
    })));
  return updated === undefined || typeof updated === 'string' ? NOT_FOUND.page : answer(updated.settings);
}
