// Show one factor, and let the person use any other they are enrolled in.
//
// `event.user.enrolledFactors` holds what is active and switched on. A factor that is named twice is offered once, so
// the first one may stand in the list again.

exports.onExecutePostLogin = async (event, api) => {
  const others = event.user.enrolledFactors.map((factor) => ({ type: factor.type }));
  api.authentication.challengeWith({ type: 'otp' }, { additionalFactors: others });
};
