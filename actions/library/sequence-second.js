// The second of two: decide by what the person did. Bind it after `sequence-first.js`.
//
// A phone can be lost or its number taken over, so administrators who used it confirm by e-mail as well. Who used the
// authenticator app passes. `methods` also holds what the session proved before, hence the look at the newest entry.

exports.onExecutePostLogin = async (event, api) => {
  const isAdmin = event.authorization?.roles.includes('admin') ?? false;
  const passed = event.authentication.methods.filter((method) => method.name === 'mfa');
  const newest = passed.at(-1);
  if (isAdmin && newest?.type === 'phone') api.authentication.challengeWith({ type: 'email' });
};
