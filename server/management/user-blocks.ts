// Management: blocks of the brute-force protection, by what was typed or by whose it is. What was typed may be nobody's:
// it is shown like anybody else's.
import { z } from 'zod';
import { bruteForceOf } from '#runtime/protection/settings.ts';
import type { UserRecord } from '#storage/records.ts';
import { type Answer, answer, empty, NOT_FOUND } from './answer.ts';
import { text } from './fields.ts';
import { findUser } from './find-user.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';

const blockedShape = z.strictObject({
  blocked_for: z.array(z.strictObject({ identifier: z.string(), ip: z.string().optional() })),
});

const considering = { consider_brute_force_enablement: z.enum(['true', 'false']).optional() };
const identifier = text(320);

export const userBlockRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/user-blocks',
    scopes: ['read:users'],
    summary: 'List the blocks of what somebody signs in with',
    query: z.strictObject({ identifier, ...considering }),
    answers: { 200: blockedShape },
    handle: (call) => show(call, [call.query.identifier], call.query),
  }),

  route({
    method: 'DELETE',
    path: '/user-blocks',
    scopes: ['update:users'],
    summary: 'Lift the blocks of what somebody signs in with',
    query: z.strictObject({ identifier }),
    answers: { 204: NOTHING },
    handle: (call) => lift(call, [call.query.identifier]),
  }),

  route({
    method: 'GET',
    path: '/user-blocks/:id',
    scopes: ['read:users'],
    summary: 'List the blocks of a user',
    query: z.strictObject(considering),
    answers: { 200: blockedShape },
    async handle(call) {
      const user = await findUser(call.deps.store, call.tenant.id, call.param('id'));
      return user ? show(call, identifiersOf(user), call.query) : NOT_FOUND.user;
    },
  }),

  route({
    method: 'DELETE',
    path: '/user-blocks/:id',
    scopes: ['update:users'],
    summary: 'Lift the blocks of a user',
    answers: { 204: NOTHING },
    async handle(call) {
      const user = await findUser(call.deps.store, call.tenant.id, call.param('id'));
      return user ? lift(call, identifiersOf(user)) : NOT_FOUND.user;
    },
  }),
];

/** Everything that a person signs in with. */
function identifiersOf({ email, username, phoneNumber }: UserRecord): string[] {
  return [email, username, phoneNumber].filter((name) => name !== undefined);
}

async function show(
  { deps, tenant }: Incoming,
  identifiers: string[],
  { consider_brute_force_enablement: considers }: { consider_brute_force_enablement?: 'true' | 'false' | undefined },
): Promise<Answer> {
  const { enabled, shields, max_attempts: least } = bruteForceOf(tenant);
  if (considers === 'true' && !(enabled && shields.includes('block'))) return answer({ blocked_for: [] });
  const found = await deps.store.loginBlocks.list(tenant.id, identifiers, { least, now: deps.clock.now() });
  const blocked = found.map((block) => ({
    identifier: block.identifier,
    ...(block.network === '' ? {} : { ip: block.network }),
  }));
  return answer({ blocked_for: blocked });
}

async function lift({ deps, tenant }: Incoming, identifiers: string[]): Promise<Answer> {
  await deps.store.commit([{ kind: 'login-block.lift', tenantId: tenant.id, identifiers }]);
  return empty();
}
