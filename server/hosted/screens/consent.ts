// Server, hosted pages: an application that is not the tenant's own asks to act for the person. The page says which one and
// what for; nothing is chosen beforehand.
import { html } from 'hono/html';
import { form } from '../form.ts';
import { refused, type Screen, type View } from '../screen.ts';
import { speak } from '../speak.ts';

export const consentScreen: Screen = {
  prompt: 'consent',
  name: 'consent',
  images: (view) => logoOf(view) ?? [],
  body: (view) => {
    const say = speak(view, 'consent', 'consent');
    const logo = logoOf(view);
    return html`${logo ? html`<p><img src="${logo[0]}" alt="" width="64" height="64"></p>\n` : ''}<h1>${say('title')}</h1>
<p class="lead">${say('messageSingleTenant')}</p>
<ul>
${descriptions(view).map((text) => html`<li>${text}</li>\n`)}</ul>
${form(
  view,
  html`<button type="submit" name="action" value="accept">${say('acceptButtonText')}</button>
<button class="quiet-button" type="submit" name="action" value="decline">${say('declineButtonText')}</button>`,
)}`;
  },
  read: ({ action }) => {
    if (action !== 'accept' && action !== 'decline') return refused('authenticator-error');
    return { ok: true, input: { kind: 'consented', allowed: action === 'accept' } };
  },
};

/** What is asked for in people's words. A scope that nobody offers is never granted, and is not shown. */
function descriptions(view: View): string[] {
  const { login, surroundings } = view;
  const say = speak(view, 'consent', 'consent');
  const asked = login.state.name === 'consenting' ? login.state.scope : [];
  const said = asked.flatMap((scope) => {
    if (isPersonScope(scope)) return [say(`scope-${scope}`)];
    const offered = surroundings.apiScopes?.find(({ value }) => value === scope);
    return offered ? [offered.description || offered.value] : [];
  });
  return said.length > 0 ? said : [say('scope-openid')];
}

/** Scopes that say something about the person, or for how long. */
const PERSON_SCOPES = ['openid', 'profile', 'email', 'phone', 'offline_access'] as const;

function isPersonScope(scope: string): scope is (typeof PERSON_SCOPES)[number] {
  return PERSON_SCOPES.some((each) => each === scope);
}

/** The address of the application's picture, where a page of ours may show it. */
function logoOf({ surroundings: { client } }: View): [string] | undefined {
  const { logo_uri: address } = client?.settings ?? {};
  return typeof address === 'string' && URL.parse(address)?.protocol === 'https:' ? [address] : undefined;
}
