// Tell another system of every new account.
//
// The secret `WEBHOOK_URL` is where the news go, as JSON. Nobody waits for it: when the other system does not answer,
// the account is made all the same, and the tenant's log says what went wrong.

exports.onExecutePostUserRegistration = async (event) => {
  const answer = await fetch(event.secrets.WEBHOOK_URL, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user_id: event.user.user_id, email: event.user.email }),
  });
  if (!answer.ok) throw new Error(`the webhook answered ${answer.status}`);
};
