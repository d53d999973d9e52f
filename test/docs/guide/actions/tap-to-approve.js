// A tap on the phone; a code from the app for whoever cannot tap.

exports.onExecutePostLogin = async (event, api) => {
  api.authentication.challengeWith({ type: 'push-notification' }, { additionalFactors: [{ type: 'otp' }] });
};
