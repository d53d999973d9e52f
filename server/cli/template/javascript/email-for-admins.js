// Runs when the second factor was proven: administrators confirm by email as well.

/** @import { Event, PostLoginAPI } from 'sallyport/types/post-login' */

/**
 * @param {Event} event
 * @param {PostLoginAPI} api
 */
exports.onExecutePostLogin = async (event, api) => {
  const proven = event.authentication?.methods.findLast(({ name }) => name === 'mfa');
  if (proven?.type) api.idToken.setCustomClaim('https://example.com/second_factor', proven.type);

  const isAdmin = event.authorization?.roles.includes('admin') ?? false;
  if (isAdmin) api.authentication.challengeWith({ type: 'email' });
};
