// Management: credentials of a Duo integration. We have no Duo: they are kept, sealed, and given back, so that tools which
// write a whole tenant go through. Source: mfa-wire reference, section 3, and recordings.
import { z } from 'zod';
import type { JsonObject } from '#storage/records.ts';
import { type Answer, answer } from './answer.ts';
import { optional } from './fields.ts';
import { keepProvider } from './kept-provider.ts';
import { type Incoming, type Route, route } from './route.ts';

const PATH = '/guardian/factors/duo/settings';
const NAME = 'guardian:duo';

/** Empty: not set up. */
const key = z.string().max(255).optional();
const settings = z.strictObject({ ikey: key, skey: key, host: key });
type Given = z.output<typeof settings>;

/** The wire has the three at all times. */
const shape = z.strictObject({ ikey: z.string(), skey: z.string(), host: z.string() }).meta({ id: 'DuoSettings' });
const show = (kept: JsonObject) => ({ ikey: '', skey: '', host: '', ...kept });

export const guardianDuoRoutes: Route[] = [
  route({
    method: 'GET',
    path: PATH,
    scopes: ['read:guardian_factors'],
    summary: 'Get the credentials of Duo',
    answers: { 200: shape },
    async handle({ deps, tenant }) {
      const kept = await deps.store.providers.findByKey(tenant.id, NAME);
      return answer(show(kept?.settings ?? {}));
    },
  }),
  writing('PUT', 'Set the credentials of Duo', () => ({})),
  writing('PATCH', 'Update the credentials of Duo', (kept) => kept),
];

/** @param base what stays of the settings that were there. */
function writing(method: 'PUT' | 'PATCH', summary: string, base: (kept: JsonObject) => JsonObject): Route {
  return route({
    method,
    path: PATH,
    scopes: ['update:guardian_factors'],
    summary,
    answers: { 200: shape },
    body: settings,
    handle: ({ ports, tenant, body }: Incoming & { body: Given }) => keep({ ports, tenant }, body, base),
  });
}

async function keep(
  { ports, tenant }: Pick<Incoming, 'ports' | 'tenant'>,
  { ikey, skey, host }: Given,
  base: (kept: JsonObject) => JsonObject,
): Promise<Answer> {
  const given: JsonObject = { ...optional('ikey', ikey), ...optional('skey', skey), ...optional('host', host) };
  const { settings: kept } = await keepProvider(ports, { tenantId: tenant.id, name: NAME }, (current) => ({
    ...base(current),
    ...given,
  }));
  return answer(show(kept));
}
