// Server, hosted pages: why a link by which somebody was to set up a second factor leads nowhere, and what to do next.
import type { Context } from 'hono';
import { html } from 'hono/html';
import { ACCOUNT_PATH } from '../account/paths.ts';
import type { Env } from '../deps.ts';
import { icon } from './icons.ts';
import { sendPage } from './page.ts';
import { speak } from './speak.ts';
import { spokenBy, voiceAt } from './voice.ts';

/** `expired-ticket` is also what a used one is called before it is followed: keys are not told apart from what never was. */
export type EnrollmentProblem = 'invalid-ticket' | 'expired-ticket' | 'already-used' | 'already-enrolled' | 'refused';

const SCREEN = 'mfa-enroll-result';

const WORDS = {
  'invalid-ticket': ['invalidTicketTitle', 'invalidTicketDescription'],
  'expired-ticket': ['expiredTicketTitle', 'expiredTicketDescription'],
  'already-used': ['alreadyUsedTitle', 'alreadyUsedDescription'],
  'already-enrolled': ['enrolledTitle', 'alreadyEnrolledDescription'],
  refused: ['invalidTicketTitle', 'genericError'],
} as const satisfies Record<EnrollmentProblem, readonly [title: string, description: string]>;

/** @param locale of the enrollment; without one the browser says. */
export async function enrollmentProblemPage(
  c: Context<Env>,
  problem: EnrollmentProblem,
  locale?: string,
): Promise<Response> {
  const voice = await voiceAt(c, { prompt: 'mfa', name: SCREEN }, locale === undefined ? {} : { locale });
  const say = speak(voice, 'mfa', SCREEN);
  const [title, description] = WORDS[problem];
  const isFine = problem === 'already-enrolled';
  return sendPage(c, {
    // Somebody who is set up already made no mistake.
    status: isFine ? 200 : 400,
    ...spokenBy(voice),
    body: html`<div class="mark ${isFine ? 'good' : 'bad'}">${icon(isFine ? 'check' : 'warning')}</div>
<h1>${say(title)}</h1>
<p class="lead">${say(description)}</p>
<p class="turn"><a href="${ACCOUNT_PATH}">${say('accountLinkText')}</a></p>`,
  });
}
