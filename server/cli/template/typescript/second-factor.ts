// Runs after the password was right: everybody proves a phone or an authenticator app.
//
// What is asked for happens after this function has ended. The login pauses there, and the next script sees the outcome.
import type { Event, PostLoginAPI } from 'sallyport/types/post-login';

export const onExecutePostLogin = async (event: Event, api: PostLoginAPI) => {
  console.log(`${event.user.email} has ${event.user.enrolledFactors.length} factors`);
  api.authentication.challengeWithAny([{ type: 'phone' }, { type: 'otp' }]);
};
