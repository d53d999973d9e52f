// Tests, the reference model: the words that a reference fixes, written down a second time so that a change of the product's
// cannot go unseen. Sources: the log texts and signatures of Auth0's Actions, and `docs/compatibility.md`.

export const NOTHING_USABLE =
  'An MFA challenge is used in a PostLogin action but the requested factors are not properly set up. To perform MFA, enable the requested factors and ensure the user is enrolled with them.';
export const NOTHING_ENROLLABLE =
  'An MFA enrollment is used in a PostLogin action but the requested factors are not properly set up. To perform MFA, enable the requested factors and ensure the user is not already enrolled with them.';
export const CHALLENGE_FIRST =
  'An MFA enrollment was requested but the user is already enrolled in MFA. Challenge with at least one existing factor before enrolling a new one.';
export const OVER_FOUR = 'The scripts asked for more MFA challenges than the limit of four in one login.';
export const REDIRECT_AND_RENDER = 'Redirect and render commands cannot be used in the same action.';
export const RENDER_TWICE = 'Only 1 render command per action is allowed.';

export const unusableToChallenge = (factor: string) =>
  `An MFA challenge is used in a PostLogin action, but the requested factor ${factor} is not properly set up. Enable the requested factor and ensure the user is enrolled with it.`;

export const unusableToEnroll = (factor: string) =>
  `An MFA enrollment is used in a PostLogin action, but the requested factor ${factor} is not properly set up. Enable the requested factor and ensure the user is not already enrolled with it.`;

export const badSignature = (handler: string) =>
  `Invalid function signature for the "${handler}" handler. Use "exports.${handler} = async function(event, api) { }" as the signature.`;
