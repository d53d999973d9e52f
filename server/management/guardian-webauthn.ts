// Management: how security keys and the devices' own authenticators are asked. A PUT changes what it names and echoes it.
// Source: mfa-wire reference, section 3, and recordings.
import { z } from 'zod';
import type { TenantRecord, WebAuthnSettingsRecord } from '#storage/records.ts';
import { type Answer, answer, invalidBody, NOT_FOUND } from './answer.ts';
import { optional } from './fields.ts';
import { type Incoming, type Route, route } from './route.ts';

/** A domain as browsers compare it (WebAuthn Level 3 §5.1.2): lower case, no port, no trailing dot. */
const domain = z
  .string()
  .max(253)
  .regex(/^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/);

const relyingParty = { overrideRelyingParty: z.boolean().optional(), relyingPartyIdentifier: domain.optional() };
const platform = z.strictObject(relyingParty);
const roaming = z.strictObject({
  userVerification: z.enum(['preferred', 'required', 'discouraged']).optional(),
  ...relyingParty,
});

type Given = z.output<typeof roaming>;
type Kept = NonNullable<WebAuthnSettingsRecord['roaming' | 'platform']>;

/** Keys are a second factor here: the person has been asked for a secret of theirs already. */
const USUAL = 'discouraged';
const UPDATE = { method: 'PUT', scopes: ['update:guardian_factors'] } as const;
const READ = { method: 'GET', scopes: ['read:guardian_factors'] } as const;
const PARTY_SHOWN = { overrideRelyingParty: z.boolean(), relyingPartyIdentifier: z.string().optional() };
const platformShape = z.strictObject(PARTY_SHOWN);
const roamingShape = z.strictObject({ userVerification: z.string(), ...PARTY_SHOWN });
/** A PUT answers what was sent. */
const roamingEcho = roamingShape.partial();
const platformEcho = platformShape.partial();
const ROAMING_PATH = '/guardian/factors/webauthn-roaming/settings';
const PLATFORM_PATH = '/guardian/factors/webauthn-platform/settings';

export const guardianWebAuthnRoutes: Route[] = [
  route({
    ...READ,
    path: ROAMING_PATH,
    summary: 'Get how security keys are asked',
    answers: { 200: roamingShape },
    async handle({ tenant: { webauthn } }) {
      const { roaming: kept } = webauthn ?? {};
      return answer({ userVerification: kept?.userVerification ?? USUAL, ...showParty(kept) });
    },
  }),

  route({
    ...UPDATE,
    path: ROAMING_PATH,
    summary: 'Update how security keys are asked',
    answers: { 200: roamingEcho },
    body: roaming,
    async handle(call) {
      return write(call, call.body, (current) => ({
        ...current,
        roaming: {
          ...merge(current.roaming, call.body),
          userVerification: call.body.userVerification ?? current.roaming?.userVerification ?? USUAL,
        },
      }));
    },
  }),

  route({
    ...READ,
    path: PLATFORM_PATH,
    summary: 'Get how authenticators of devices are asked',
    answers: { 200: platformShape },
    async handle({ tenant: { webauthn } }) {
      return answer(showParty(webauthn?.platform));
    },
  }),

  route({
    ...UPDATE,
    path: PLATFORM_PATH,
    summary: 'Update how authenticators of devices are asked',
    answers: { 200: platformEcho },
    body: platform,
    async handle(call) {
      return write(call, call.body, (current) => ({ ...current, platform: merge(current.platform, call.body) }));
    },
  }),
];

function showParty(kept: Kept | undefined) {
  return {
    overrideRelyingParty: kept?.overrides ?? false,
    ...optional('relyingPartyIdentifier', kept?.relyingPartyId),
  };
}

function merge(kept: Kept | undefined, given: Given): { overrides: boolean; relyingPartyId?: string } {
  const relyingPartyId = given.relyingPartyIdentifier ?? kept?.relyingPartyId;
  return {
    overrides: given.overrideRelyingParty ?? kept?.overrides ?? false,
    ...optional('relyingPartyId', relyingPartyId),
  };
}

async function write(
  { deps, tenant }: Incoming,
  given: Given,
  edit: (current: WebAuthnSettingsRecord) => WebAuthnSettingsRecord,
): Promise<Answer> {
  const id = given.relyingPartyIdentifier;
  if (id !== undefined && !mayClaim(tenant, id)) {
    return invalidBody('relyingPartyIdentifier must be the domain of the tenant, or one that it lies in.');
  }
  const updated = await deps.store.tenants.update(tenant.id, (current) => ({
    ...current,
    webauthn: edit(current.webauthn ?? {}),
    updatedAt: deps.clock.now(),
  }));
  return typeof updated === 'string' ? NOT_FOUND.page : answer(given);
}

/** WebAuthn Level 3 §5.1.3, step 8: with any other, every browser refuses every key. A top-level domain is nobody's. */
function mayClaim({ baseUrl }: TenantRecord, id: string): boolean {
  const { hostname } = new URL(baseUrl);
  return hostname === id || (id.includes('.') && hostname.endsWith(`.${id}`));
}
