// The first of two: an authenticator app, and the recovery code for the day the phone is lost.
//
// The code stands behind "Try another method". It works once and is replaced at once. What follows is for the next Action,
// which sees what the person did. Bind it before `recovery-second.js`.

exports.onExecutePostLogin = async (event, api) => {
  api.authentication.challengeWith({ type: 'otp' }, { additionalFactors: [{ type: 'recovery-code' }] });
};
