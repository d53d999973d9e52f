// Server, hosted pages: what the screens on which a key or a passkey is made have in common.
import { ceremonyForm, readCeremony, readCeremonyError } from './ceremony-form.ts';
import type { Markup } from './page.ts';
import { type Fields, presentEnrollment, type Reading, refused, type View } from './screen.ts';
import type { PutOff } from './this-browser.ts';
import { creationOptions, type Pending } from './webauthn-options.ts';

/** @param others quieter buttons: their actions and texts. */
export function newKeyForm(
  view: View,
  said: { waiting: string; noScript: string; button: string; others: [action: string, text: string | undefined][] },
): Markup {
  const { person, organization, brand } = view.surroundings;
  const pending = pendingOf(view);
  if (!pending || !person) throw new Error('a key is made, and for nobody or nothing');
  const site = organization?.displayName ?? organization?.name ?? brand;
  return ceremonyForm(view, { ...said, ceremony: { kind: 'create', options: creationOptions(pending, person, site) } });
}

/** What a browser made. `name`: what it is called at first; at most 20 characters of it are kept. */
export function readNewKey(fields: Fields, view: View, name: string | undefined): Reading {
  const { action = 'default' } = fields;
  const called = name === undefined ? {} : { name: [...name].slice(0, NAME_LENGTH).join('') };
  if (action === 'default') return readCeremony(fields, view, called);
  return readCeremonyError(fields) ?? refused('authenticator-error');
}

/** What was only suggested is not wanted now. Whoever came for it by themselves has not put anything off. */
export function skip({ login }: View, how: PutOff): Reading {
  return { ok: true, input: { kind: 'skipped' }, ...(login.purpose === 'login' ? { putOff: how } : {}) };
}

/** Longest name of a key. */
export const NAME_LENGTH = 20;

function pendingOf({ login }: View): Pending | undefined {
  if (login.state.name === 'suggesting') return login.state.suggestion;
  const enrollment = presentEnrollment(login);
  return enrollment && 'ceremony' in enrollment ? enrollment : undefined;
}
