// Server, hosted pages: the form by which a browser's answer to a key's ceremony comes back. What it is asked for stands in
// the page as data; a script asks the browser and fills the form in (browser/webauthn.ts).
import { html } from 'hono/html';
import type { DoorInput } from '#runtime/transaction/input.ts';
import type { JsonObject } from '#storage/records.ts';
import { scriptPath, WEBAUTHN_SCRIPT_PATH } from './assets.ts';
import { canBeRemembered, rememberBox } from './code-form.ts';
import { form } from './form.ts';
import type { Markup } from './page.ts';
import { type Fields, hasOthers, type Reading, refused, type View } from './screen.ts';
import type { CreationOptions, RequestOptions } from './webauthn-options.ts';

type Ceremony = { kind: 'get'; options: RequestOptions } | { kind: 'create'; options: CreationOptions };

type CeremonyForm = {
  ceremony: Ceremony;
  /** Said while the browser waits for the person. */
  waiting: string;
  /** Said where no script runs. */
  noScript: string;
  button: string;
  remember?: string;
  /** Quieter buttons: their actions and texts. */
  others?: [action: string, text: string | undefined][];
};

export const CEREMONY_SCRIPTS: readonly string[] = [WEBAUTHN_SCRIPT_PATH, scriptPath('webauthn')];

/** Begun without being asked where the page opens for the first time and has nothing to be filled in before. */
export function ceremonyForm(view: View, said: CeremonyForm): Markup {
  const { ceremony, waiting, noScript, button, remember, others = [] } = said;
  const box = remember !== undefined && canBeRemembered(view) ? rememberBox(view, remember) : undefined;
  const begins = ceremony.kind === 'get' && ceremony.options.timeout > 0 && !box && !view.notice;
  return html`<noscript><p class="alert">${noScript}</p></noscript>
${form(
  view,
  html`${ceremonyFields(ceremony, begins)}
${box ?? ''}
<p role="status" data-waiting="${waiting}"></p>
<button type="submit" name="action" value="default" data-ceremony-start autofocus>${button}</button>
${others.map(([action, text]) => (text === undefined ? '' : quiet(action, text)))}`,
)}`;
}

function ceremonyFields({ kind, options }: Ceremony, begins: boolean): Markup {
  return html`<input type="hidden" name="response" value="">
<div hidden data-ceremony="${kind}" data-options="${JSON.stringify(options)}"${begins ? ' data-begins=ask' : ''}></div>`;
}

function quiet(action: string, text: string): Markup {
  return html`<button class="quiet-button" type="submit" name="action" value="${action}">${text}</button>
`;
}

/** The way to another method, where there is one. */
export function otherMethod(view: View, text: string): [action: string, text: string | undefined] {
  return ['pick-authenticator', hasOthers(view.login) ? text : undefined];
}

const SHOW_ERROR = 'showError::';
/** What browsers say where they have no keys at all, or may not use them here. */
const UNABLE: readonly string[] = ['NotSupportedError', 'SecurityError'];

/**
 * What the page says of a browser that did not answer: why, in the browser's word for it.
 * @returns undefined where the form says something else.
 */
export function readCeremonyError({ action = '' }: Fields): Reading | undefined {
  if (!action.startsWith(SHOW_ERROR)) return undefined;
  const { name } = parsed(action.slice(SHOW_ERROR.length)) ?? {};
  if (typeof name === 'string' && UNABLE.includes(name)) {
    return { ok: true, turnTo: 'mfa-webauthn-not-available-error' };
  }
  return { ok: true, turnTo: 'mfa-webauthn-error' };
}

/** @param name what a new key is called at first. */
export function readCeremony(fields: Fields, view: View, more: { name?: string } = {}): Reading {
  const remember = fields.rememberBrowser === 'true' && canBeRemembered(view) ? { remember: true } : {};
  return readAnswer(fields, 'webauthn-not-accepted', { ...remember, ...more });
}

/**
 * What the browser answered, which is judged elsewhere.
 * @param key of the refusal where there is nothing to judge.
 */
export function readAnswer(
  { response = '' }: Fields,
  key: 'webauthn-not-accepted' | 'passkey-not-accepted',
  more: Omit<Extract<DoorInput, { kind: 'asserted' }>, 'kind' | 'response'>,
): Reading {
  const answer = parsed(response);
  return answer ? { ok: true, input: { kind: 'asserted', response: answer, ...more } } : refused(key);
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch (_noJson) {
    return undefined;
  }
}
