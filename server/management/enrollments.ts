// Management: second factors as they were looked at before they were called authentication methods: as enrollments of a
// user or of the tenant's Guardian, by their bare ids. Source: mfa-wire reference, sections 3 and 4.4.
import { z } from 'zod';
import { maskPhone } from '#runtime/factors/mask.ts';
import type { AuthenticatorRecord, AuthenticatorType, TenantRecord } from '#storage/records.ts';
import { answer, empty, NOT_FOUND, refuse } from './answer.ts';
import { iso, optional } from './fields.ts';
import { findUser } from './find-user.ts';
import { removeMethods } from './remove-methods.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';
import { isOpen } from './show-method.ts';
import { invalid } from './validation.ts';

/** What each is called here. A recovery code is no factor of its own, and a passkey no second one. */
const KINDS: Partial<Record<AuthenticatorType, { type: string; authMethod?: string }>> = {
  totp: { type: 'authenticator', authMethod: 'authenticator' },
  phone: { type: 'sms', authMethod: 'sms' },
  email: { type: 'email' },
  push: { type: 'pn', authMethod: 'guardian' },
  'webauthn-roaming': { type: 'webauthn-roaming', authMethod: 'webauthn-roaming' },
  'webauthn-platform': { type: 'webauthn-platform', authMethod: 'webauthn-platform' },
};

/** What each provider's name stands for; nothing of Duo's is kept here. */
const PROVIDERS: ReadonlyMap<string, AuthenticatorType[]> = new Map([
  ['duo', []],
  ['google-authenticator', ['totp']],
]);

const enrollment = {
  id: z.string(),
  status: z.enum(['confirmed', 'pending']),
  name: z.string().optional(),
  phone_number: z.string().optional(),
  enrolled_at: z.string().optional(),
  last_auth: z.string().optional(),
};
const enrollmentShape = z.strictObject(enrollment).meta({ id: 'Enrollment' });
const ofUserShape = z
  .strictObject({ ...enrollment, type: z.string(), auth_method: z.string().optional() })
  .meta({ id: 'UserEnrollment' });

const NO_ENROLLMENT = refuse(404, 'Enrollment not found', 'enrollment_not_found');

export const enrollmentRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/users/:id/enrollments',
    scopes: ['read:users'],
    summary: 'List the enrollments of a user',
    answers: { 200: z.array(ofUserShape) },
    async handle({ deps, tenant, param }) {
      if (!(await findUser(deps.store, tenant.id, param('id')))) return NOT_FOUND.user;
      const records = await deps.store.authenticators.ofUser(tenant.id, param('id'));
      return answer(
        records.flatMap((record) => {
          const kind = KINDS[record.type];
          if (!kind) return [];
          const { id, status, ...more } = showEnrollment(record, tenant);
          return [{ id, status, type: kind.type, ...optional('auth_method', kind.authMethod), ...more }];
        }),
      );
    },
  }),

  route({
    method: 'DELETE',
    path: '/users/:id/authenticators',
    scopes: ['delete:guardian_enrollments'],
    summary: 'Remove all second factors of a user',
    subject: '/users/:id/authentication-methods',
    answers: { 204: NOTHING },
    async handle(call) {
      const { deps, tenant, param } = call;
      if (!(await findUser(deps.store, tenant.id, param('id')))) return NOT_FOUND.user;
      const records = await deps.store.authenticators.ofUser(tenant.id, param('id'));
      await removeMethods(
        call,
        records.filter(({ type }) => type !== 'passkey'),
      );
      return empty();
    },
  }),

  route({
    method: 'DELETE',
    path: '/users/:id/multifactor/:provider',
    scopes: ['update:users'],
    summary: "Remove a user's second factors of a provider",
    subject: '/users/:id/authentication-methods',
    answers: { 204: NOTHING },
    async handle(call) {
      const { deps, tenant, param } = call;
      const types = PROVIDERS.get(param('provider'));
      if (!types) return invalid('path', `No enum match for: ${JSON.stringify(param('provider'))}`, 'provider');
      if (!(await findUser(deps.store, tenant.id, param('id')))) return NOT_FOUND.user;
      const records = await deps.store.authenticators.ofUser(tenant.id, param('id'));
      await removeMethods(
        call,
        records.filter(({ type }) => types.includes(type)),
      );
      return empty();
    },
  }),

  route({
    method: 'GET',
    path: '/guardian/enrollments/:id',
    scopes: ['read:guardian_enrollments'],
    summary: 'Get an enrollment',
    answers: { 200: enrollmentShape },
    async handle(call) {
      const record = await findEnrollment(call);
      return record ? answer(showEnrollment(record, call.tenant)) : NO_ENROLLMENT;
    },
  }),

  route({
    method: 'DELETE',
    path: '/guardian/enrollments/:id',
    scopes: ['delete:guardian_enrollments'],
    summary: 'Remove an enrollment',
    answers: { 204: NOTHING },
    async handle(call) {
      const record = await findEnrollment(call);
      if (!record) return NO_ENROLLMENT;
      await removeMethods(call, [record]);
      return empty();
    },
  }),
];

async function findEnrollment({ deps, tenant, param }: Incoming): Promise<AuthenticatorRecord | undefined> {
  const record = await deps.store.authenticators.find(tenant.id, param('id'));
  if (!record || !KINDS[record.type]) return undefined;
  return (await findUser(deps.store, tenant.id, record.userId)) ? record : undefined;
}

function showEnrollment(record: AuthenticatorRecord, tenant: TenantRecord): Record<string, unknown> {
  const { phoneNumber } = record;
  return {
    id: record.id,
    status: record.confirmed ? 'confirmed' : 'pending',
    ...optional('name', record.name),
    ...(phoneNumber === undefined ? {} : { phone_number: isOpen(tenant) ? phoneNumber : maskPhone(phoneNumber) }),
    ...(record.enrolledAt === undefined ? {} : { enrolled_at: iso(record.enrolledAt) }),
    ...(record.lastAuthAt === undefined ? {} : { last_auth: iso(record.lastAuthAt) }),
  };
}
