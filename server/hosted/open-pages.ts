// Server, hosted pages: the way into a login of the JSON flow by its id, for the browser that began it. From there on the login
// is shown like any other; what a program has done for it so far stands.
import type { Context } from 'hono';
import type { Deps, Env } from '../deps.ts';
import { show } from '../door.ts';
import { readBinding } from './binding.ts';
import { errorPage } from './error-page.ts';
import { hostedDoor } from './hosted.ts';
import { chooseLanguage } from './language.ts';
import { showBusy } from './show-screen.ts';

/** `GET /authorize?id=` */
export async function openPagesOf(c: Context<Env>, deps: Deps, id: string): Promise<Response> {
  const { tenant, caller } = c.var;
  const binding = readBinding(c);
  const opened = await deps.runtime.openPages(tenant, { key: id, heldBy: 'flow', binding, headless: false });
  switch (opened.found) {
    case 'present':
    case 'stale': {
      const { shown } = opened;
      const { state, subject } = shown.login;
      // Somebody is known already: what is missing is found out now, or nothing is, and the login goes on.
      const isWaiting = state.name === 'gated' && !state.ask && state.factor === undefined && subject.kind !== 'none';
      if (!isWaiting) return show(hostedDoor, { c, deps }, shown);
      const submitted = await deps.runtime.submit(tenant, { key: shown.key, binding }, { kind: 'authorized' }, caller);
      if ('shown' in submitted) return show(hostedDoor, { c, deps }, submitted.shown);
      return submitted.outcome === 'busy' ? busy(c) : nothing(c, submitted.outcome);
    }
    case 'busy':
      return busy(c);
    case 'expired':
    case 'nothing':
      return nothing(c, opened.found);
  }
}

function busy(c: Context<Env>): Promise<Response> {
  return showBusy(c, chooseLanguage(c.var.tenant.enabledLocales, [], c.req.header('accept-language')));
}

function nothing(c: Context<Env>, found: 'expired' | 'nothing'): Response | Promise<Response> {
  return errorPage(c, { status: 400, key: found === 'expired' ? 'expired' : 'unknown-login' });
}
