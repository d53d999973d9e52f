// Server, hosted pages: the gate of a policy as people meet it. They are shown the pages that every login has: identifier and
// password or a new account, then the picker or the code that is waited for. Here is which one, and what it says of a
// refusal that came from an interaction.
import type { Notice } from '#runtime/codes.ts';
import type { RestedLogin, Shown } from '#runtime/runtime.ts';
import { awaitedCode } from '#runtime/transaction/gated.ts';
import type { GatedFactor } from '#runtime/transaction/transaction.ts';
import type { Screen } from './screen.ts';
import { loginScreen } from './screens/login.ts';
import { mfaEmailChallengeScreen } from './screens/mfa-email-challenge.ts';
import { mfaLoginOptionsScreen } from './screens/mfa-login-options.ts';
import { mfaSmsChallengeScreen } from './screens/mfa-sms-challenge.ts';
import { signupScreen } from './screens/signup.ts';

const CODES: Record<GatedFactor, Screen> = { phone: mfaSmsChallengeScreen, email: mfaEmailChallengeScreen };

export function gateScreensOf(
  login: RestedLogin,
  { offers }: Extract<RestedLogin['state'], { name: 'gated' }>,
): readonly Screen[] {
  const { request, subject } = login;
  const awaited = awaitedCode(login);
  if (awaited) return [CODES[awaited.factor]];
  if (offers.length > 0) return [mfaLoginOptionsScreen];
  if (subject.kind !== 'none') return [loginScreen];
  const isNew = request.query.screen_hint === 'signup' || request.prompt.includes('create');
  return isNew ? [signupScreen, loginScreen] : [loginScreen, signupScreen];
}

/** What became of the message that such a login waits for, or that it could not be sent. */
export function undeliveredAtGate(login: RestedLogin): Notice | undefined {
  const awaited = awaitedCode(login);
  if (awaited?.code.unconfirmed) return { key: 'message-unconfirmed' };
  if (awaited?.code.undelivered) return unsent(awaited.factor);
  return login.state.name === 'gated' && login.state.unsent ? unsent(login.state.unsent) : undefined;
}

/** Why the step was refused, also where an interaction has said so only in the words of its wire. */
export function noticeOf({ login, notice, answer }: Shown): Notice | undefined {
  if (notice || !answer || answer.status < 400 || login.state.name !== 'gated') return notice;
  const { error } = answer.body;
  if (error === 'invalid_credentials') return { key: 'wrong-credentials' };
  if (error === 'invalid_grant') return { key: 'invalid-code' };
  const factor = login.state.factor ?? login.state.unsent;
  if (factor === undefined) return { key: 'authenticator-error' };
  if (answer.status === 429) return { key: factor === 'phone' ? 'too-many-sms' : 'too-many-email' };
  return answer.status >= 500 ? unsent(factor) : { key: 'authenticator-error' };
}

function unsent(factor: GatedFactor): Notice {
  return { key: factor === 'phone' ? 'send-sms-failed' : 'send-email-failed' };
}
