// What cannot be phished first: this device's own authenticator, then a security key. Codes only where there is neither.
//
// A key signs for our address alone, so a forged page gets nothing from it. A way round it by a code would give that away
// again: whoever has a key shows it, or the recovery code that they wrote down. Everybody else is asked for what they
// have; pages offer them to set up this device once they are in.

const KEYS = ['webauthn-platform', 'webauthn-roaming'];
const WITHOUT_KEY = ['recovery-code'];

exports.onExecutePostLogin = async (event, api) => {
  const enrolled = event.user.enrolledFactors.map(({ type }) => type);
  const [first, ...others] = KEYS.filter((type) => enrolled.includes(type));
  if (first) {
    const ways = [...others, ...WITHOUT_KEY].map((type) => ({ type }));
    api.authentication.challengeWith({ type: first }, { additionalFactors: ways });
  } else if (enrolled.length > 0) {
    api.authentication.challengeWithAny(enrolled.map((type) => ({ type })));
  }
};
