// A tap on the phone first, everything else behind "Try another method".
//
// `otpFallback` lets people type a code from the same phone while it has no network. Those who administer have to see the
// number and tap it: a code can be asked for by a page that only looks like ours. Who has set up no phone is asked for
// what they have, and who has nothing sets something up.

exports.onExecutePostLogin = async (event, api) => {
  const enrolled = event.user.enrolledFactors.map(({ type }) => ({ type }));
  if (enrolled.length === 0) {
    api.authentication.enrollWithAny([{ type: 'push-notification' }, { type: 'otp' }]);
    return;
  }
  const others = enrolled.filter(({ type }) => type !== 'push-notification');
  if (others.length === enrolled.length) {
    api.authentication.challengeWithAny(enrolled);
    return;
  }
  const isAdmin = event.authorization?.roles.includes('admin') ?? false;
  api.authentication.challengeWith(
    { type: 'push-notification', options: { otpFallback: !isAdmin } },
    { additionalFactors: others },
  );
};
