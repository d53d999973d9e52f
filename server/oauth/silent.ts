// Server, protocol: the door for `prompt=none`. Nobody is there: whatever would need a person is an error for the
// client, and no page is ever shown.
import type { Context } from 'hono';
import type { Shown } from '#runtime/runtime.ts';
import type { LoginRequest } from '#runtime/transaction/transaction.ts';
import type { Deps, Env } from '../deps.ts';
import { type Door, show } from '../door.ts';
import { readBinding } from '../hosted/binding.ts';
import { answerClient } from './answer-client.ts';
import { handOut } from './hand-out.ts';
import { usableSession } from './usable-session.ts';

/** A request with `prompt=none`, checked. */
export async function authorizeSilently(c: Context<Env>, deps: Deps, request: LoginRequest): Promise<Response> {
  const session = await usableSession(c, deps, request);
  // Bound like every login, but a browser without the cookie is not given one: nobody will come back with it.
  const binding = readBinding(c) ?? deps.random.key();
  const opening = { door: 'silent', selection: 'nobody', request, binding, ...session } as const;
  const shown = await deps.runtime.begin(c.var.tenant, opening, c.var.caller);
  return show(silentDoor, { c, deps, binding }, shown);
}

/** `binding`: the value that the login was opened with, whether or not the browser has it as a cookie. */
type SilentContext = { c: Context<Env>; deps: Deps; binding: string };

const silentDoor: Door<SilentContext> = {
  identifying: ({ c, deps }, { login }) =>
    answerClient({ c, deps }, login.request.reply, { error: 'login_required', error_description: 'Login required' }),
  gated: interaction('User interaction required'),
  expecting: interaction('User interaction required'),
  choosing: interaction('Multifactor authentication required'),
  challenging: interaction('Multifactor authentication required'),
  enrolling: interaction('Multifactor authentication required'),
  redirected: interaction('User interaction required'),
  suggesting: interaction('User interaction required'),
  informing: interaction('User interaction required'),
  consenting: interaction('Consent required', 'consent_required'),
  resetting: interaction('User interaction required'),
  completed: async ({ c, deps, binding }, { login, key }) => {
    const finished = await deps.runtime.finish(c.var.tenant, { key, binding });
    if (finished.outcome !== 'finished') {
      return answerClient({ c, deps }, login.request.reply, {
        error: 'login_required',
        error_description: 'Login required',
      });
    }
    return handOut(c, deps, finished);
  },
  denied: ({ c, deps }, { login }) =>
    answerClient({ c, deps }, login.request.reply, { error: login.state.code, error_description: login.state.reason }),
};

function interaction(description: string, error = 'interaction_required') {
  return ({ c, deps }: SilentContext, { login }: { login: Pick<Shown['login'], 'request'> }) =>
    answerClient({ c, deps }, login.request.reply, { error, error_description: description });
}
