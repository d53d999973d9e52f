// Server, hosted pages: which keys the browser can ask for, before any is offered to somebody who came with a session and so
// passed no page of ours. A script finds out and goes on; without one the button does, and no key is offered.
import { html } from 'hono/html';
import { scriptPath } from '../assets.ts';
import { capabilityFields, readCapabilities } from '../capabilities.ts';
import { form } from '../form.ts';
import { refused, type Screen } from '../screen.ts';
import { speak } from '../speak.ts';

const NONE = { webauthn: false, platform: false, passkeys: false } as const;

export const mfaDetectBrowserCapabilitiesScreen: Screen = {
  prompt: 'mfa',
  name: 'mfa-detect-browser-capabilities',
  scripts: () => [scriptPath('capabilities')],
  body: (view) => {
    const say = speak(view, 'mfa', 'mfa-detect-browser-capabilities');
    return html`<h1>${say('title')}</h1>
<p class="lead" role="status">${say('description')}</p>
<noscript><p class="alert">${say('noJSErrorDescription')}</p></noscript>
${form(
  view,
  html`${capabilityFields()}
<button type="submit" name="action" value="pick-authenticator" data-goes-on>${say('buttonText')}</button>`,
)}`;
  },
  read: (fields, view) => {
    const { action = 'pick-authenticator' } = fields;
    return action === 'pick-authenticator' || action === 'default'
      ? { ok: true, input: { kind: 'detected', capabilities: readCapabilities(fields, view) ?? NONE } }
      : refused('authenticator-error');
  },
};
