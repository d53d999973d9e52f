// Management: how risk is judged, and the signals of a firewall in front. How long a browser counts as known is acted on;
// the two switches are kept: risk is judged at every login, and headers of Akamai are not read.
import { z } from 'zod';
import { NEW_DEVICE_DAYS } from '#runtime/risk/risk.ts';
import type { TenantRecord } from '#storage/records.ts';
import { answer, NOT_FOUND } from './answer.ts';
import { wholeNumber } from './fields.ts';
import { type Call, type Route, route } from './route.ts';

type Kept = NonNullable<TenantRecord['riskAssessments']>;

/** Of a singleton with one property: what it is called, where it is kept, and what it is where nobody has said. */
function settingRoutes<K extends keyof Kept>(
  setting: { path: string; property: string; title: string; kept: K; usual: Required<Kept>[K] },
  value: z.ZodType<Required<Kept>[K]>,
): Route[] {
  const { path, property, title, kept, usual } = setting;
  const shape = z.strictObject({ [property]: value });
  const show = ({ riskAssessments }: TenantRecord) => ({ [property]: riskAssessments?.[kept] ?? usual });
  return [
    route({
      method: 'GET',
      path,
      scopes: ['read:attack_protection'],
      summary: `Get ${title}`,
      answers: { 200: shape },
      async handle({ tenant }) {
        return answer(show(tenant));
      },
    }),
    route({
      method: 'PATCH',
      path,
      scopes: ['update:attack_protection'],
      summary: `Update ${title}`,
      answers: { 200: shape },
      body: shape as z.ZodType<Record<string, unknown>>,
      async handle({ deps, tenant, body }: Call<undefined, Record<string, unknown>>) {
        const updated = await deps.store.tenants.update(tenant.id, (current) => ({
          ...current,
          riskAssessments: { ...current.riskAssessments, [kept]: body[property] },
          updatedAt: deps.clock.now(),
        }));
        return typeof updated === 'string' ? NOT_FOUND.page : answer(show(updated));
      },
    }),
  ];
}

const SETTINGS = '/risk-assessments/settings';

export const riskAssessmentRoutes: Route[] = [
  ...settingRoutes(
    { path: SETTINGS, property: 'enabled', title: 'whether risk is assessed', kept: 'enabled', usual: true },
    z.boolean(),
  ),
  ...settingRoutes(
    {
      path: `${SETTINGS}/new-device`,
      property: 'remember_for',
      title: 'how many days a device counts as known',
      kept: 'rememberForDays',
      usual: NEW_DEVICE_DAYS.usual,
    },
    wholeNumber(1, NEW_DEVICE_DAYS.most),
  ),
  ...settingRoutes(
    {
      path: '/supplemental-signals',
      property: 'akamai_enabled',
      title: 'which signals of a firewall are read',
      kept: 'akamaiEnabled',
      usual: false,
    },
    z.boolean(),
  ),
];
