// Administrators are signed out sooner: after an hour, and after ten minutes without a login in between.
//
// A script may shorten what the tenant grants, never lengthen it. The session's metadata says why, for whoever reads it
// through the Management API.

const MINUTE = 60 * 1000;

exports.onExecutePostLogin = async (event, api) => {
  // Without a browser there is no session to shorten.
  if (!event.session || !event.authorization?.roles.includes('admin')) return;
  api.session.setExpiresAt(Date.now() + 60 * MINUTE);
  api.session.setIdleExpiresAt(Date.now() + 10 * MINUTE);
  api.session.setMetadata('limited_by', 'role');
};
