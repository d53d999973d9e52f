// Management: a recovery code for somebody who has lost theirs. Source: mfa-wire reference, section 2.6.
import { z } from 'zod';
import { answer, NOT_FOUND, refuse } from './answer.ts';
import { findUser } from './find-user.ts';
import { type Route, route } from './route.ts';

const NOT_ENROLLED = refuse(404, 'The user is not enrolled in multi-factor authentication.', 'inexistent_enrollment');

export const recoveryCodeRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/users/:id/recovery-code-regeneration',
    scopes: ['update:users'],
    summary: 'Give a user a new recovery code',
    subject: '/users/:id/authentication-methods',
    answers: { 200: z.strictObject({ recovery_code: z.string() }) },
    async handle({ deps, tenant, param }) {
      const user = await findUser(deps.store, tenant.id, param('id'));
      if (!user) return NOT_FOUND.user;
      const code = await deps.runtime.renewRecoveryCode(tenant, user);
      return code === undefined ? NOT_ENROLLED : answer({ recovery_code: code });
    },
  }),
];
