// One factor for everybody, a second one for a role.
//
// Both commands are met in the order they are called: everybody enters a code from the authenticator app, and people
// with the role then receive a code on their phone as well. A factor passed in this login is never asked for twice.

const ROLE = 'admin';

exports.onExecutePostLogin = async (event, api) => {
  api.authentication.challengeWith({ type: 'otp' });
  const roles = event.authorization?.roles ?? [];
  if (roles.includes(ROLE)) api.authentication.challengeWith({ type: 'phone' });
};
