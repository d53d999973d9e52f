// Server, hosted pages: what a browser can do, as a script on our page found out and wrote into the form. Empty fields say
// nothing: no script runs, or none has answered yet.
import { html } from 'hono/html';
import type { Capabilities } from '#runtime/transaction/transaction.ts';
import type { Markup } from './page.ts';
import type { Fields, View } from './screen.ts';

const NAMES = [
  'js-available',
  'is-brave',
  'webauthn-available',
  'webauthn-platform-available',
  'allow-passkeys',
] as const;

/** The fields that the script fills in. */
export function capabilityFields(): Markup {
  return html`${NAMES.map((name) => html`<input type="hidden" name="${name}" value="">`)}`;
}

/** Undefined where nothing was said. */
export function readCapabilities(fields: Fields, { browser }: Pick<View, 'browser'>): Capabilities | undefined {
  if (fields['js-available'] === undefined) return undefined;
  const can = (name: (typeof NAMES)[number]) => fields['js-available'] === 'true' && fields[name] === 'true';
  const webauthn = can('webauthn-available');
  return {
    webauthn,
    platform: webauthn && can('webauthn-platform-available'),
    passkeys: webauthn && can('allow-passkeys') && !browser.hasPutOff,
  };
}
