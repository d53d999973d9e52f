// Asks for a second factor when the application wants one and the session has none to show.

const PAYMENT = 'urn:shop:payment';

exports.onExecutePostLogin = async (event, api) => {
  const isWanted = event.transaction.acr_values.includes(PAYMENT);
  const isShown = event.authentication.methods.some(({ name }) => name === 'mfa');
  if (isWanted && !isShown) api.authentication.challengeWithAny(event.user.enrolledFactors);
};
