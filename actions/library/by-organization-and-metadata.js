// Let each organization say which factors it accepts, and refuse whom none of them fits.
//
// The organization's metadata holds them in `factors`, comma-separated and best first, e.g. `phone,email`. A phone counts
// only when the person's own number is verified. What the person is not enrolled in is passed over; the best of the rest
// is shown, the others stand behind "Try another method". Logins outside an organization are left alone.

const list = (text) =>
  (text ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);

exports.onExecutePostLogin = async (event, api) => {
  if (!event.organization) return;
  const enrolled = new Set(event.user.enrolledFactors.map((factor) => factor.type));
  const hasVerifiedPhone = Boolean(event.user.phone_number && event.user.phone_verified);
  const usable = list(event.organization.metadata.factors)
    .filter((type) => enrolled.has(type))
    .filter((type) => type !== 'phone' || hasVerifiedPhone)
    .map((type) => ({ type }));

  const [first, ...others] = usable;
  if (!first) {
    api.access.deny(`${event.organization.display_name} accepts none of your sign-in methods.`);
    return;
  }
  api.authentication.challengeWith(first, { additionalFactors: others });
};
