// Server, harness: where a login is and what it waits for, in words, for whoever called the wrong method.
import type { RestedLogin } from '#runtime/runtime.ts';
import type { StoredState } from '#runtime/transaction/transaction.ts';

type Words = {
  [Name in StoredState['name']]: (login: RestedLogin, state: Extract<StoredState, { name: Name }>) => string;
};

const WORDS: Words = {
  identifying: () => 'it waits for the password. Call signIn() or wrong().',
  gated: () => 'it waits at the gate of a policy, which no method of a simulation opens.',
  expecting: () => 'it waits for a code of a passwordless connection, which no method of a simulation enters.',
  choosing: (_login, { offers }) =>
    `it waits for a choice. Call choose() with one of ${offers.map(({ factor }) => `'${factor}'`).join(', ')}.`,
  challenging: ({ challenges }, { challengeId, offers }) => {
    const factor = challenges.find(({ id }) => id === challengeId)?.factor ?? 'a factor';
    const push = factor === 'push-notification' ? ', approvePush(), rejectPush()' : '';
    const others = offers.length > 1 ? ', reconsider()' : '';
    return `it waits for an answer to ${factor}. Call answer(), wrong()${push}, resend()${others}.`;
  },
  enrolling: (_login, { enrollment }) =>
    `it waits for ${enrollment.factor} to be set up. Call enroll()${
      enrollment.factor === 'phone' || enrollment.factor === 'email'
        ? ' with an address, or without for the usual one'
        : ''
    }.`,
  redirected: (_login, { ask }) =>
    ask.kind === 'form'
      ? `the person is at the form ${ask.formId}. Call submit() with its fields.`
      : `the person is at ${new URL(ask.url).origin}. Call continue({ query }) or continue({ body }).`,
  consenting: () => "it waits for the person's consent. Call consent() or consent(false).",
  suggesting: () => 'it offers to make the next login easier. Call skip().',
  informing: () => 'the person reads something first. Call acknowledge().',
  resetting: () => 'it waits for a new password, which no method of a simulation gives.',
  completed: () => 'it is completed. Read login.tokens, or call again() for another one.',
  denied: (_login, { code, reason }) => `it is denied (${code}: ${reason}). Read login.denied, or call again().`,
};

/** A sentence or two: the state by its name, what it waits for, and the methods that it takes. */
export function describeState(login: RestedLogin): string {
  const words = WORDS[login.state.name] as (login: RestedLogin, state: StoredState) => string;
  return `login.state is '${login.state.name}': ${words(login, login.state)}`;
}
