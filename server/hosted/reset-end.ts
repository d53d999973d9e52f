// Server, hosted pages: how a reset ends for the person, who came by a link and goes back to no application: with a page
// that says so, or at the site that an administrator or a script has named.
import type { Shown } from '#runtime/runtime.ts';
import { goTo } from './away.ts';
import { sendTo } from './page.ts';
import { resetProblemPage } from './reset-pages.ts';
import { addressAt, pathOf } from './screen.ts';
import { resetSuccessScreen } from './screens/reset-password.ts';
import type { HostedContext } from './show-screen.ts';

/** The password is set. What a script says comes before what the link said. */
export function endReset({ c }: HostedContext, { login, key }: Shown): Response | Promise<Response> {
  const { request, outcome } = login;
  const named = request.reply.by === 'page' ? request.reply.resultUrl : undefined;
  const url = outcome.resultUrl ?? named;
  return url === undefined ? sendTo(c, addressAt(pathOf(resetSuccessScreen), key)) : goTo(c, request.locale, url);
}

/** The way to a new password is closed: the reason is the script's, and for the person. */
export function denyReset({ c }: HostedContext, { login }: Shown): Response | Promise<Response> {
  const { state, request } = login;
  if (state.name !== 'denied') throw new Error(`a reset was told off while it is ${state.name}`);
  return state.code === 'invalid_grant'
    ? resetProblemPage(c, request.locale, 'gone')
    : resetProblemPage(c, request.locale, 'denied', state.reason);
}
