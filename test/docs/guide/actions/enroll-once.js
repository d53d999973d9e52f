// Whoever has a second factor shows it; whoever has none sets one up.

exports.onExecutePostLogin = async (event, api) => {
  if (event.user.multifactor.length === 0) api.authentication.enrollWithAny([{ type: 'otp' }, { type: 'phone' }]);
  else api.authentication.challengeWithAny(event.user.enrolledFactors);
};
