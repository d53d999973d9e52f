// Server, hosted pages: what the two screens that ask for a key have in common.
import { ceremonyForm, otherMethod, readCeremony, readCeremonyError } from './ceremony-form.ts';
import type { Markup } from './page.ts';
import { type Fields, presentChallenge, type Reading, refused, type View } from './screen.ts';
import { challengeOptions } from './webauthn-options.ts';

type SayKey = (
  key:
    | 'awaitingConfirmation'
    | 'noJSErrorDescription'
    | 'continueButtonText'
    | 'pickAuthenticatorText'
    | 'rememberMeText',
) => string;

/** @param say the texts of the screen. */
export function keyChallengeForm(view: View, say: SayKey): Markup {
  const challenge = presentChallenge(view.login);
  const { person } = view.surroundings;
  if (!challenge?.ceremony || !person) throw new Error('a key is asked for, and of nobody or without a challenge');
  const posed = { ...challenge, ceremony: challenge.ceremony };
  return ceremonyForm(view, {
    ceremony: { kind: 'get', options: challengeOptions(posed, person, view.now) },
    waiting: say('awaitingConfirmation'),
    noScript: say('noJSErrorDescription'),
    button: say('continueButtonText'),
    remember: say('rememberMeText'),
    others: [otherMethod(view, say('pickAuthenticatorText'))],
  });
}

/** `try-again`: what was asked for has expired. */
export function readKeyChallenge(fields: Fields, view: View): Reading {
  const { action = 'default' } = fields;
  if (action === 'pick-authenticator') return { ok: true, input: { kind: 'reconsidered' } };
  if (action === 'try-again') return { ok: true, input: { kind: 'resent' } };
  if (action === 'default') return readCeremony(fields, view);
  return readCeremonyError(fields) ?? refused('authenticator-error');
}
