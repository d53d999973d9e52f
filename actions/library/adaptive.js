// Ask for a second factor when a login looks unlike its person, and let everybody else through.
//
// Three opinions count: whether the browser is known, whether somebody can have come here since the last login, and
// whether the address is on the operator's list. `neutral` means that nothing can be said, as at a first login, and asks
// for nothing. Who has a factor shows one; who has none sets one up, unless two opinions speak against them at once:
// then it is somebody else too likely to be given a factor of their own.

/** Which confidence is too little, by opinion. Somebody's new phone is common; a flight faster than a plane is not. */
const TOO_LITTLE = {
  NewDevice: ['low', 'medium'],
  ImpossibleTravel: ['low'],
  UntrustedIP: ['low'],
};

exports.onExecutePostLogin = async (event, api) => {
  const { assessments } = event.authentication.riskAssessment;
  const doubts = Object.keys(TOO_LITTLE).filter((name) => TOO_LITTLE[name].includes(assessments[name]?.confidence));
  if (doubts.length === 0) return;

  const factors = event.user.enrolledFactors.map(({ type }) => ({ type }));
  if (factors.length > 0) {
    // What was remembered of this browser is part of what is doubted.
    api.multifactor.enable('any', { allowRememberBrowser: false });
    api.authentication.challengeWithAny(factors);
  } else if (doubts.length === 1) {
    api.authentication.enrollWithAny([{ type: 'otp' }, { type: 'phone' }]);
  } else {
    api.access.deny('This sign-in does not look like you. Please sign in from a device that you have used before.');
  }
};
