// Ask each person the way they like to be asked.
//
// The application writes what somebody has chosen into their user_metadata: `mfa_method` is `sms`, `voice`, `both` (they
// choose each time) or the name of a factor, such as `otp`. Whoever has chosen nothing, or something they are not enrolled
// in, gets the first factor they have. Everything else they have stands behind "Try another method".

const PHONE = ['sms', 'voice', 'both'];

exports.onExecutePostLogin = async (event, api) => {
  const chosen = event.user.user_metadata.mfa_method;
  const enrolled = event.user.enrolledFactors.map(({ type }) => type);
  if (enrolled.length === 0) return;

  const preferredMethod = PHONE.find((method) => method === chosen);
  const liked = preferredMethod ? 'phone' : chosen;
  const first = enrolled.find((type) => type === liked) ?? enrolled[0];
  api.authentication.challengeWith(
    first === 'phone' && preferredMethod ? { type: first, options: { preferredMethod } } : { type: first },
    { additionalFactors: enrolled.filter((type) => type !== first).map((type) => ({ type })) },
  );
};
