// Runs after the password was right: everybody proves a phone or an authenticator app.
//
// What is asked for happens after this function has ended. The login pauses there, and the next script sees the outcome.

/** @import { Event, PostLoginAPI } from 'sallyport/types/post-login' */

/**
 * @param {Event} event
 * @param {PostLoginAPI} api
 */
exports.onExecutePostLogin = async (event, api) => {
  console.log(`${event.user.email} has ${event.user.enrolledFactors.length} factors`);
  api.authentication.challengeWithAny([{ type: 'phone' }, { type: 'otp' }]);
};
