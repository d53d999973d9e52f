// Somebody asks to be let through the gate of a policy: whether it is met, and if not, what is missing. Nothing is let
// through by being asked twice: the policy is judged anew each time, by the copy that the login carries.
import type { JsonObject } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { AuthenticationPolicy } from '../authentication-policy.ts';
import type { World } from '../pipeline/world.ts';
import { documentOf } from '../policies/document.ts';
import { judge } from '../policies/judge.ts';
import { acrOf, performedMethods, scopesOutOfReach } from '../policies/level.ts';
import type { Judged } from '../policies/policy.ts';
import { toldOf } from '../policies/told.ts';
import type { Caller, Ports } from '../ports.ts';
import { securityEvent } from '../security-event.ts';
import { INTERACTIONS } from '../transaction/gated.ts';
import type { WorkInput } from '../transaction/input.ts';
import type { GatedFactor, LoginTransaction, Offer } from '../transaction/transaction.ts';
import { isDraftTaken } from './draft-taken.ts';

type Login = { tx: LoginTransaction; world: World; caller: Caller };
type Opened = Extract<WorkInput, { kind: 'opened' }>;
type Unopened = Extract<WorkInput, { kind: 'unopened' }>;

export async function opensFor(
  ports: Pick<Ports, 'store' | 'now' | 'random'>,
  login: Login,
): Promise<Opened | Unopened> {
  const { tx, world } = login;
  if (tx.gate.kind !== 'policy') throw new Error('a login without a policy was asked to open');
  const judged = judge(tx.gate.policies, documentOf(tx, world.user, world.roles));
  const refuse = (status: number, text: string, more: JsonObject = {}): Unopened => {
    const error = status === 403 ? 'access_denied' : 'invalid_request';
    const body = { error, error_description: text, ...more };
    const changes = refusedEvents(ports, login, body);
    return { kind: 'unopened', answer: { status, body }, offers: offersFor(judged), changes, logs: [] };
  };
  if (judged.standing === 'locked') return refuse(403, 'The authentication is locked.');
  if (judged.standing === 'failure') return refuse(403, 'The authentication has failed.');
  if (!world.user) return refuse(400, 'user is required', { next: judged.next });
  if (judged.standing !== 'success') return refuse(400, 'authentication is required', detailsOf(judged));
  if (tx.draft && (await isDraftTaken(ports.store, tx.draft))) {
    return refuse(400, 'user is conflict with username and password');
  }
  return { kind: 'opened', ...levelOf(judged.policy, tx), changes: [], logs: [] };
}

/** What the login amounts to by what was shown until now. */
function levelOf(
  policy: AuthenticationPolicy | undefined,
  { interactions, request }: LoginTransaction,
): Pick<Opened, 'acr' | 'withheld'> {
  if (!policy) return { withheld: [] };
  const performed = performedMethods(interactions);
  const acr = acrOf(policy, performed);
  const withheld = scopesOutOfReach(policy, performed).filter((scope) => request.scope.includes(scope));
  return { withheld, ...(acr === undefined ? {} : { acr }) };
}

function detailsOf({ policy, unmet, next }: Judged): JsonObject {
  const { description } = policy ?? {};
  const named = description === undefined ? {} : { policy: description };
  return { details: { ...named, unmet: unmet.map(toldOf) }, next };
}

/** What a page can ask for: codes that go to the person. */
function offersFor({ next }: Judged): Offer[] {
  return (Object.keys(INTERACTIONS) as GatedFactor[])
    .filter((factor) => next.includes(INTERACTIONS[factor].challenge))
    .map((factor) => ({ factor, authenticators: [] }));
}

/** A page asks by itself whenever something was shown: that is no failure of anybody's. */
function refusedEvents(ports: Pick<Ports, 'now' | 'random'>, login: Login, result: JsonObject): Change[] {
  if (login.tx.selection !== 'client') return [];
  const draft = {
    type: 'authorize_failure',
    description: 'The policy of the login is not met.',
    detail: { execution_result: result },
  };
  return [securityEvent(ports, login, draft)];
}
