// Management: accounts of one person, linked and parted again. Source: mfa-wire reference, sections 4.3 and 4.5.
import { z } from 'zod';
import { accountId, type LinkRefusal, linkAccounts, unlinkAccount } from '#runtime/lifecycle/account-links.ts';
import { answer, created, invalidBody, NOT_FOUND, type Refusal, refuse } from './answer.ts';
import { text } from './fields.ts';
import { refuseLiftedPerson } from './lifted-people.ts';
import { type Route, route } from './route.ts';
import { identityShape, showIdentity } from './show-user.ts';
import { invalid } from './validation.ts';

const UNKNOWN_IDENTITY = refuse(400, 'Linking with an inexistent identity is not allowed.', 'inexistent_identity');
const OWN_IDENTITY = refuse(400, 'The main identity of a user cannot be unlinked.', 'main_identity');

export const identityRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/users/:id/identities',
    scopes: ['update:users'],
    summary: 'Link an account to a user',
    answers: { 201: z.array(identityShape) },
    body: z.strictObject({
      provider: text(64).optional(),
      user_id: text(255).optional(),
      connection_id: text(64).optional(),
      link_with: z.string().max(16_384).optional(),
    }),
    async handle(call) {
      const { deps, ports, tenant, param, body } = call;
      const { provider, user_id: userId, connection_id: connectionId, link_with: token } = body;
      if (token !== undefined) {
        return invalidBody('link_with is not supported; use provider and user_id with the scope update:users.');
      }
      if (provider === undefined) return invalid('payload', 'Missing required property: provider');
      if (userId === undefined) return invalid('payload', 'Missing required property: user_id');
      const secondaryId = accountId(provider, userId);
      if (connectionId !== undefined) {
        const connection = await deps.store.connections.find(tenant.id, connectionId);
        if (!connection) return invalidBody('The connection does not exist.');
        const secondary = await deps.store.users.find(tenant.id, secondaryId);
        if (secondary?.connection !== connection.name) return UNKNOWN_IDENTITY;
      }
      // Whoever signs in to the one is the other from then on.
      const lifted = await refuseLiftedPerson(call, param('id'));
      if (lifted) return lifted;
      const outcome = await linkAccounts(ports, tenant.id, { primaryId: param('id'), secondaryId });
      return outcome.linked ? created(outcome.identities.map(showIdentity)) : wordRefusal(outcome.reason);
    },
  }),

  route({
    method: 'DELETE',
    path: '/users/:id/identities/:provider/:user',
    scopes: ['update:users'],
    summary: 'Part an account from a user',
    answers: { 200: z.array(identityShape) },
    async handle({ ports, tenant, param }) {
      const outcome = await unlinkAccount(ports, tenant.id, {
        primaryId: param('id'),
        provider: param('provider'),
        userId: param('user'),
      });
      if (outcome.unlinked) return answer(outcome.identities.map(showIdentity));
      switch (outcome.reason) {
        case 'missing-primary':
          return NOT_FOUND.user;
        case 'missing-identity':
          return refuse(400, 'The identity is not linked to the user.', 'inexistent_identity');
        case 'own-identity':
          return OWN_IDENTITY;
      }
    },
  }),
];

function wordRefusal(reason: LinkRefusal): Refusal {
  switch (reason) {
    case 'missing-primary':
      return NOT_FOUND.user;
    case 'missing-secondary':
      return UNKNOWN_IDENTITY;
    case 'same-account':
      return refuse(400, 'A user cannot be linked to itself.', 'invalid_body');
    case 'already-linked':
      return refuse(409, 'The specified identity is already linked.', 'identity_conflict');
    case 'has-identities':
      return refuse(
        409,
        'The specified user has linked identities of its own; unlink them first.',
        'identity_conflict',
      );
  }
}
