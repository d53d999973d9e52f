// The first of two: ask for any of two factors. Bind `sequence-second.js` after it.
//
// The login pauses when this script has run; the next one starts with what the person did.

exports.onExecutePostLogin = async (event, api) => {
  api.authentication.challengeWithAny([{ type: 'phone' }, { type: 'otp' }]);
};
