// Tells the application what it wants to know, and keeps out whom the shop has shut out.

exports.onExecutePostLogin = async (event, api) => {
  if (event.user.app_metadata.shut_out) {
    api.access.deny('Your account is closed. Please write to us.');
    return;
  }
  api.idToken.setCustomClaim('https://example.com/roles', event.authorization?.roles ?? []);
  api.user.setUserMetadata('seen_from', event.request.geoip.countryCode ?? 'unknown');
};
