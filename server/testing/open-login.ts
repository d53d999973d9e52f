// Server, harness: the authorization request of a simulated browser, checked by the rules of the real one, and what begins
// with it: a login at a page, or one that nobody is asked about (`prompt=none`).
import type { Caller, Opening, Shown } from '#runtime/runtime.ts';
import { chooseLanguage } from '../hosted/language.ts';
import { checkAuthorizationRequest } from '../oauth/authorization-request.ts';
import { mayStandIn } from '../oauth/usable-session.ts';
import { parseForm, readBrowser } from '../request.ts';
import { SimulationError } from './misuse.ts';
import type { SimulatedHouse } from './open-simulation.ts';
import type { SimulatedRequest } from './simulation.ts';

/** What one browser has: the cookie that logins are bound to, and that of a session. */
export type SimulatedBrowser = { binding: string; sessionKey?: string };

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

export const callerOf = ({ ip = '203.0.113.7', userAgent = FIREFOX, language = 'en' }: SimulatedRequest): Caller => ({
  ip,
  method: 'POST',
  ...readBrowser(userAgent, language),
});

/** Throws `SimulationError` where the request is refused, with what the application is told. */
export async function openLogin(
  { deps, tenant, client, organization, callback }: SimulatedHouse,
  { binding, sessionKey }: SimulatedBrowser,
  request: SimulatedRequest,
): Promise<Shown> {
  const parameters = {
    client_id: client.id,
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid profile email',
    state: 'state-of-the-application',
    ...(organization ? { organization: organization.id } : {}),
    ...request.query,
  };
  // As a browser sends them: a parameter without a value counts as left out, and what no address can say is not said.
  const sent = Object.entries(parameters).filter(([, value]) => value !== undefined);
  const read = parseForm(new URLSearchParams(sent).toString());
  const locale = (uiLocales: string[]) => chooseLanguage(tenant.enabledLocales, uiLocales, request.language);
  const checked = await checkAuthorizationRequest(deps, tenant, read, locale);
  if (!checked.ok) {
    throw new SimulationError(
      `the authorization request is refused: ${checked.to === 'page' ? checked.reason : `${checked.error}: ${checked.description}`}`,
    );
  }
  const live = sessionKey === undefined ? undefined : await deps.runtime.recognise(tenant, sessionKey);
  const session = live && mayStandIn(live, checked.request, deps.clock.now()) ? { session: live } : {};
  const how: Pick<Opening, 'door' | 'selection'> = checked.request.prompt.includes('none')
    ? { door: 'silent', selection: 'nobody' }
    : { door: 'hosted', selection: 'server' };
  const caller = { ...callerOf(request), method: 'GET' };
  return deps.runtime.begin(tenant, { ...how, binding, request: checked.request, ...session }, caller);
}
