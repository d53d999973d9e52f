// Owner management: the body of an onboarding, under the original's names, and what of it means something here. Whatever
// else it holds is left out, and said. Source: idp-server reference, §1.5.
import { z } from 'zod';
import type { JsonObject } from '#storage/records.ts';
import { email, text } from '../management/fields.ts';
import { clientBody } from './clients.ts';
import { isJsonObject, isUuid } from './owner-body.ts';

const uuid = z
  .string()
  .refine((value) => isUuid(value), { error: 'must be a UUID' })
  .transform((value) => value.toLowerCase());
/** It stands in addresses, and no id of another may look like it. */
const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}$/)
  .refine((value) => !isUuid(value), { error: 'must not be a UUID' });

const organization = z.object({ id: uuid.exactOptional(), name });

const tenant = z.object({ id: uuid.exactOptional(), name, domain: text(255) });

const authorizationServer = z.object({
  issuer: text(300).exactOptional(),
  /** Read by `readImportedKeys`. */
  jwks: z.unknown().optional(),
  token_signed_key_id: text(128).exactOptional(),
  id_token_signed_key_id: text(128).exactOptional(),
});

const user = z.object({
  sub: z
    .string()
    .regex(/^(auth0\|)?[a-zA-Z0-9@._+-]{1,200}$/)
    .exactOptional(),
  email,
  email_verified: z.boolean().exactOptional(),
  preferred_username: text(128).exactOptional(),
  name: text(300).exactOptional(),
  nickname: text(300).exactOptional(),
  given_name: text(150).exactOptional(),
  family_name: text(150).exactOptional(),
  raw_password: text(1024),
});

export const onboardingBody = z.object({
  organization,
  tenant,
  authorization_server: authorizationServer.prefault({}),
  user,
  client: clientBody.extend({ client_name: clientBody.shape.client_name.exactOptional() }),
});

export type OnboardingBody = z.output<typeof onboardingBody>;

/** Everybody who is made here is one of ours, whatever the original calls them. */
const ACCEPTED = { user: ['provider_id'], tenant: ['authorization_provider'] };

const PARTS: readonly [part: string, known: string[]][] = [
  ['organization', Object.keys(organization.shape)],
  ['tenant', [...Object.keys(tenant.shape), ...ACCEPTED.tenant]],
  ['authorization_server', Object.keys(authorizationServer.shape)],
  ['user', [...Object.keys(user.shape), ...ACCEPTED.user]],
  ['client', Object.keys(clientBody.shape)],
];

/** What the body says beyond that. */
export function unusedMembers(body: JsonObject): string[] {
  const known = PARTS.map(([part]) => part);
  const outside = Object.keys(body).filter((member) => !known.includes(member));
  const inside = PARTS.flatMap(([part, names]) => {
    const value = body[part];
    const members = isJsonObject(value) ? Object.keys(value) : [];
    return members.filter((member) => !names.includes(member)).map((member) => `${part}.${member}`);
  });
  return [...outside, ...inside].map((member) => `${member} is not used`);
}
