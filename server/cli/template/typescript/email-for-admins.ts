// Runs when the second factor was proven: administrators confirm by email as well.
import type { Event, PostLoginAPI } from 'sallyport/types/post-login';

export const onExecutePostLogin = async (event: Event, api: PostLoginAPI) => {
  const proven = event.authentication?.methods.findLast(({ name }) => name === 'mfa');
  if (proven?.type) api.idToken.setCustomClaim('https://example.com/second_factor', proven.type);

  const isAdmin = event.authorization?.roles.includes('admin') ?? false;
  if (isAdmin) api.authentication.challengeWith({ type: 'email' });
};
