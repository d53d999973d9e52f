// Everybody ends up with a second factor: who has one shows it, who has none sets one up.
//
// An address that is verified receives codes by itself but counts as nothing of one's own, so `multifactor` and not
// `enrolledFactors` says who still has to set something up.

exports.onExecutePostLogin = async (event, api) => {
  if (event.user.multifactor.length === 0) api.authentication.enrollWithAny([{ type: 'otp' }, { type: 'phone' }]);
  else api.authentication.challengeWithAny(event.user.enrolledFactors);
};
