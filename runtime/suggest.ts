// Whether this browser could take its person in more easily the next time: by a passkey in place of the password, or by its
// own authenticator in place of the factor that was just shown. Offered once everything else is done, and only where a
// script on our page has said that it would work and the person has not put it off there.
import { usable } from './factors/catalogue.ts';
import { mayHavePasskey } from './factors/enrolled.ts';
import { suggestsPasskeys } from './factors/passkey-settings.ts';
import { newCeremony, userHandleOf, webauthnPlatform } from './factors/webauthn.ts';
import { personOf, type World } from './pipeline/world.ts';
import type { Ports } from './ports.ts';
import type { LoginTransaction, Suggestion } from './transaction/transaction.ts';

export function suggestionFor(
  { random, now }: Pick<Ports, 'random' | 'now'>,
  tx: LoginTransaction,
  world: World,
): Suggestion | undefined {
  const factor = suggestible(tx, world);
  if (!factor || !world.user) return undefined;
  return {
    factor,
    authenticatorId: `dev_${random.letters(16)}`,
    createdAt: now(),
    ceremony: newCeremony(world.tenant, factor, random),
    userHandle: userHandleOf(world.user, factor),
  };
}

function suggestible(tx: LoginTransaction, world: World): Suggestion['factor'] | undefined {
  const { selection, suggested, capabilities, purpose, wants, methods } = tx;
  if (selection !== 'server' || suggested || !world.user) return undefined;
  if (purpose === 'enrollment') return wants;
  if (purpose !== 'login' || !capabilities?.passkeys || !capabilities.platform) return undefined;
  const shown = methods.filter((method) => method.in === 'transaction');
  const person = personOf(world);
  const hasPasskey = person.authenticators.some(({ type }) => type === 'passkey');
  // A passkey is looked for where its account is: of somebody who came by a linked account's password none would be found.
  const isOwn = world.user.connection === world.connection?.name;
  const mayHave = isOwn && !hasPasskey && mayHavePasskey(methods, person);
  if (mayHave && shown.some(({ name }) => name === 'pwd') && suggestsPasskeys(world.connection)) return 'passkey';
  const { factors } = world.tenant;
  const byAnother = shown.some(({ name, type }) => name === 'mfa' && type !== 'webauthn-platform');
  return factors['webauthn-platform'] && byAnother && usable(webauthnPlatform, person).length === 0
    ? 'webauthn-platform'
    : undefined;
}
