// Sends people who have not accepted the terms to a page of the shop, and goes on when they come back.

exports.onExecutePostLogin = async (event, api) => {
  if (event.user.app_metadata.terms_accepted_at) return;
  const token = api.redirect.encodeToken({
    secret: event.secrets.TERMS_KEY,
    payload: { email: event.user.email },
    expiresInSeconds: 300,
  });
  api.redirect.sendUserTo('https://shop.example.com/terms', { query: { session_token: token } });
};

exports.onContinuePostLogin = async (event, api) => {
  if (event.request.query.accepted !== 'yes') return api.access.deny('You need to accept the terms.');
  api.user.setAppMetadata('terms_accepted_at', new Date().toISOString());
};
