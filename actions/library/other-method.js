// Show one factor, and leave one way round it.
//
// The authenticator app is asked first. "Try another method" offers a code by e-mail to whoever left the phone at home;
// the link is there only for people whose address is verified.

exports.onExecutePostLogin = async (event, api) => {
  api.authentication.challengeWith({ type: 'otp' }, { additionalFactors: [{ type: 'email' }] });
};
