// Each organization names the factor that it wants; members show that one.

exports.onExecutePostLogin = async (event, api) => {
  const wanted = event.organization?.metadata.factor;
  if (wanted) api.authentication.challengeWith({ type: wanted });
};
