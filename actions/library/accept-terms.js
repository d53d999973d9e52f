// Sends people who have not accepted the terms to a page of yours, and goes on when they come back.
//
// Bind it last. The page gets a signed token that says who is there, and must send the person back to
// `https://<your tenant>/continue?state=<state>` with a token of its own, signed with the same secret, that holds
// `accepted: true`, the `state` and the same `iss` and `sub`. What comes back without a good token is refused.

exports.onExecutePostLogin = async (event, api) => {
  if (event.user.app_metadata.terms_accepted_at) return;
  const token = api.redirect.encodeToken({
    secret: event.secrets.TERMS_SECRET,
    payload: { email: event.user.email },
    expiresInSeconds: 300,
  });
  api.redirect.sendUserTo(event.secrets.TERMS_PAGE, { query: { session_token: token } });
};

exports.onContinuePostLogin = async (event, api) => {
  const answer = api.redirect.validateToken({ secret: event.secrets.TERMS_SECRET });
  if (answer.accepted !== true) return api.access.deny('You need to accept the terms.');
  api.user.setAppMetadata('terms_accepted_at', new Date().toISOString());
};
