// Asks a service of the shop how risky this login is. When the service does not answer, the login counts as risky.

const { isRisky } = require('actions:risk');

exports.onExecutePostLogin = async (event, api) => {
  const answer = await fetch('https://risk.example.com/score', {
    method: 'POST',
    headers: { authorization: `Bearer ${event.secrets.RISK_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ip: event.request.ip }),
  });
  const { score } = answer.ok ? await answer.json() : {};
  console.log('risk score', score);
  if (isRisky(score)) api.authentication.challengeWithAny(event.user.enrolledFactors);
};
