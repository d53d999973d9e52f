// Ask for a second factor that the person already has.
//
// Name the factors you accept, best first. Who is enrolled in several of them chooses; who is enrolled in one is asked
// for that one at once; who is enrolled in none is not let in, and the tenant log says why.
// The switches of these factors must be on in the tenant.

const ACCEPTED = [{ type: 'otp' }, { type: 'phone' }];

exports.onExecutePostLogin = async (event, api) => {
  api.authentication.challengeWithAny(ACCEPTED);
};
