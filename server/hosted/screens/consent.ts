// Server, hosted pages: an application that is not the tenant's own asks to act for the person. The page says which one and
// what for; nothing is chosen beforehand.
import { html } from 'hono/html';
import { form } from '../form.ts';
import { refused, type Screen, type View } from '../screen.ts';
import type { PersonScope } from '../texts/texts.ts';

export const consentScreen: Screen = {
  path: '/u/consent',
  title: ({ texts }) => texts.consent.title,
  images: (view) => logoOf(view) ?? [],
  body: (view) => {
    const { texts, surroundings } = view;
    const logo = logoOf(view);
    return html`${logo ? html`<p><img src="${logo[0]}" alt="" width="64" height="64"></p>\n` : ''}<h1>${texts.consent.title}</h1>
<p class="lead">${texts.consent.lead(surroundings.application)}</p>
<ul>
${descriptions(view).map((text) => html`<li>${text}</li>\n`)}</ul>
${form(
  view,
  html`<button type="submit" name="action" value="accept">${texts.consent.accept}</button>
<button class="quiet-button" type="submit" name="action" value="decline">${texts.consent.decline}</button>`,
)}`;
  },
  read: ({ action }) => {
    if (action !== 'accept' && action !== 'decline') return refused('authenticator-error');
    return { ok: true, input: { kind: 'consented', allowed: action === 'accept' } };
  },
};

/** What is asked for in people's words. A scope that nobody offers is never granted, and is not shown. */
function descriptions({ login, texts, surroundings }: View): string[] {
  const asked = login.state.name === 'consenting' ? login.state.scope : [];
  const { scopes } = texts.consent;
  const said = asked.flatMap((scope) => {
    if (isPersonScope(scope, scopes)) return [scopes[scope]];
    const offered = surroundings.apiScopes?.find(({ value }) => value === scope);
    return offered ? [offered.description || offered.value] : [];
  });
  return said.length > 0 ? said : [scopes.openid];
}

function isPersonScope(scope: string, scopes: Record<PersonScope, string>): scope is PersonScope {
  return Object.hasOwn(scopes, scope);
}

/** The address of the application's picture, where a page of ours may show it. */
function logoOf({ surroundings: { client } }: View): [string] | undefined {
  const { logo_uri: address } = client?.settings ?? {};
  return typeof address === 'string' && URL.parse(address)?.protocol === 'https:' ? [address] : undefined;
}
