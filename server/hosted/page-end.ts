// Server, hosted pages: how a login that no application waits for ends without success: where the person began it, or with a
// page that says why and what to do next.
import { html } from 'hono/html';
import { CHALLENGE_FIRST } from '#runtime/factors/select.ts';
import type { Shown } from '#runtime/runtime.ts';
import { ACCOUNT_PATH } from '../account/paths.ts';
import { type EnrollmentProblem, enrollmentProblemPage } from './enrollment-problem.ts';
import { sendPage, sendTo } from './page.ts';
import type { HostedContext } from './show-screen.ts';
import { speak } from './speak.ts';
import { spokenBy, voiceAt } from './voice.ts';

/** Somebody who wanted to change how they sign in, or to see it, does not get to. */
export async function denyAtPage({ c }: HostedContext, { login }: Shown): Promise<Response> {
  const { state, request, purpose } = login;
  if (state.name !== 'denied' || request.reply.by !== 'page') {
    throw new Error(`a ${purpose} was told off while it is ${state.name}`);
  }
  const { reply, locale } = request;
  if (purpose === 'enrollment') {
    if (reply.ticketId === undefined) return sendTo(c, `${ACCOUNT_PATH}?done=nothing-changed`);
    return enrollmentProblemPage(c, problemOf(state), locale);
  }
  const voice = await voiceAt(c, { prompt: 'status', name: 'login-refused' }, { locale });
  const say = speak(voice, 'status', 'login-refused');
  return sendPage(c, {
    status: 400,
    ...spokenBy(voice),
    // What a script says at a refusal, it says to the person; what we say of a wrong person, we say to applications.
    body: html`<h1>${say('title')}</h1>
${state.code === 'access_denied' ? html`<p class="lead">${state.reason}</p>` : ''}
<p>${say('description')}</p>
<p class="turn"><a href="${ACCOUNT_PATH}">${speak(voice, 'common', 'redirecting')('buttonText')}</a></p>`,
  });
}

function problemOf({ code, reason }: { code: string; reason: string }): EnrollmentProblem {
  if (code === 'invalid_grant') return 'already-used';
  // By another way, while this one was open.
  return reason === CHALLENGE_FIRST ? 'already-enrolled' : 'refused';
}
