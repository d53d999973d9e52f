// Server, harness: the page that a person sees now, by the real door. The application is put together when a test asks for
// the first page, which most never do.
import type { RestedLogin } from '#runtime/runtime.ts';
import { SimulationError } from './misuse.ts';
import type { SimulatedHouse } from './open-simulation.ts';
import type { SimulatedRequest } from './simulation.ts';
import { describeState } from './step-words.ts';

/** From the address of a login to its present screen there are two redirects at most. */
const MOST_REDIRECTS = 5;
const AT_PAGES = ['identifying', 'choosing', 'challenging', 'enrolling', 'consenting', 'suggesting', 'informing'];

/** Throws where there is none: the person is elsewhere, or the login is over. */
export async function showPage(
  { deps, tenant, person }: SimulatedHouse,
  { key, binding }: { key: string; binding: string },
  login: RestedLogin,
  { userAgent, language }: SimulatedRequest,
): Promise<string> {
  if (!AT_PAGES.includes(login.state.name)) {
    throw new SimulationError(`there is no page of ours to show for ${person.called}: ${describeState(login)}`);
  }
  const { createApp } = await import('../app.ts');
  const app = createApp(deps);
  let url = new URL(`/u/login?state=${key}`, tenant.baseUrl);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const headers = {
      host: url.host,
      cookie: `__Host-sallyport_browser=${binding}`,
      ...(userAgent === undefined ? {} : { 'user-agent': userAgent }),
      ...(language === undefined ? {} : { 'accept-language': language }),
    };
    const answer = await app.request(url, { headers });
    const to = answer.headers.get('location');
    if (to === null) return answer.text();
    url = new URL(to, url);
  }
  throw new Error('the page of a login redirects for ever');
}
