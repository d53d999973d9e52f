// The authenticator app, and for the day it is lost the recovery code behind "Try another method".

exports.onExecutePostLogin = async (event, api) => {
  api.authentication.challengeWith({ type: 'otp' }, { additionalFactors: [{ type: 'recovery-code' }] });
};
