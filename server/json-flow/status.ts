// Server, JSON flow: how a login stands, what was called in it, and why it is not let through yet.
import type { Context } from 'hono';
import type { PolicyStanding } from '#runtime/authentication-policy.ts';
import { countsOf } from '#runtime/policies/document.ts';
import { performedMethods } from '#runtime/policies/level.ts';
import { toldOf } from '#runtime/policies/told.ts';
import type { Deps, Env } from '../deps.ts';
import { awaitedOf } from './awaited.ts';
import { type Looked, lookAt } from './read-login.ts';
import { send } from './refusals.ts';

/** `GET …/{id}/authentication-status` */
export async function showStatus(c: Context<Env>, deps: Deps): Promise<Response> {
  const looked = await lookAt(c, deps);
  if (!looked.ok) return looked.answer;
  const { login, judged } = looked;
  const { state } = login;
  // The policy is met already; a script wants more.
  const awaiting = state.name === 'gated' && state.ask ? { awaiting: awaitedOf(state.offers) } : {};
  return send(c, {
    status: 200,
    body: {
      status: standingOf(looked),
      interaction_results: countsOf(login.interactions),
      authentication_methods: performedMethods(login.interactions),
      explanation: { unmet: judged.unmet.map(toldOf), next: judged.next, ...awaiting },
    },
  });
}

/** Of a login that has passed the gate: how that ended, or that it still waits for something. */
function standingOf({ login: { state }, judged }: Looked): PolicyStanding {
  if (state.name === 'completed') return 'success';
  if (state.name === 'denied') return 'failure';
  if (state.name === 'gated' && !state.ask) return judged.standing;
  return 'in_progress';
}
